"""What the user's positions need and are worth, in Coinbase's figures. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from downtick.exchange import order_words
from downtick.exchange.ledger import Account, LedgerState, Order, Position, Side
from downtick.exchange.ledger.margin import folded, leverage_of
from downtick.exchange.ledger.model import ZERO
from downtick.exchange.market import Product

_MAINTENANCE: Final = Decimal("0.75")  # of the initial margin: the ratio of a real account by day
_MOST_BUFFER: Final = Decimal(1000)  # per cent: all that Coinbase shows of a higher share


Mark = Callable[[str], Decimal]
"""Returns the price at which a product is valued now."""

_DOLLARS: Final = "USD"


class Holding(msgspec.Struct, frozen=True):
    """A position in its market.

    Attributes:
        position: in a future or perpetual.
        product: of the position.
        mark: the price at which it is valued.
        buying: what is left of the user's open orders to buy it.
        selling: what is left of those to sell it.
    """

    position: Position
    product: Product
    mark: Decimal
    buying: Decimal = ZERO
    selling: Decimal = ZERO

    @property
    def notional(self) -> Decimal:
        """What the contracts are worth, whichever side."""
        return abs(self.position.size) * self.mark * self.product.contract_size

    @property
    def unrealized(self) -> Decimal:
        """What closing it at the mark would bring, below zero for a loss."""
        move = self.mark - self.position.entry_price
        return move * self.position.size * self.product.contract_size + ZERO  # never minus zero

    @property
    def maintenance(self) -> Decimal:
        """The margin below which it is liquidated."""
        return self.position.margin * _MAINTENANCE

    @property
    def liquidation_price(self) -> Decimal:
        """The mark at which nothing but the maintenance margin would be left of its margin; never below zero."""
        room = self.position.margin - self.maintenance
        step = room / (self.position.size * self.product.contract_size)
        return max(self.position.entry_price - step, ZERO)


class FuturesBalance(msgspec.Struct, frozen=True, kw_only=True):
    """The user's account for futures in US dollars (docs: Futures Balance Summary Channel).

    Attributes:
        futures_buying_power: the part of `available_margin` that no position needs.
        total_usd_balance: of both accounts.
        cbi_usd_balance: of the spot account.
        cfm_usd_balance: of the futures account: what the positions' margin moved there.
        total_open_orders_hold_amount: on hold for open orders.
        unrealized_pnl: of the open positions.
        daily_realized_pnl: of the trading day.
        initial_margin: that the positions were opened with.
        available_margin: both accounts and `unrealized_pnl`, less holds.
        liquidation_threshold: of `available_margin`: there positions are closed. The maintenance margin.
        liquidation_buffer_amount: the way down to it.
        liquidation_buffer_percentage: the same in per cent of the threshold, never above 1000.
    """

    futures_buying_power: Decimal
    total_usd_balance: Decimal
    cbi_usd_balance: Decimal
    cfm_usd_balance: Decimal
    total_open_orders_hold_amount: Decimal
    unrealized_pnl: Decimal
    daily_realized_pnl: Decimal
    initial_margin: Decimal
    available_margin: Decimal
    liquidation_threshold: Decimal
    liquidation_buffer_amount: Decimal
    liquidation_buffer_percentage: Decimal


def holdings(state: LedgerState, mark: Mark) -> Sequence[Holding]:
    """Return the user's positions in their market."""
    return [
        Holding(
            position,
            state.products[product_id],
            mark(product_id),
            buying=_left(state, product_id, "BUY"),
            selling=_left(state, product_id, "SELL"),
        )
        for product_id, position in state.positions.items()
    ]


def futures_balance(state: LedgerState, mark: Mark) -> FuturesBalance:
    """Return the balance of the account for futures, which are settled in US dollars.

    All profit that was realised counts as of today: no exchange here lives longer than a trading day.
    """
    account = state.accounts.get(_DOLLARS, Account(_DOLLARS))
    mine = [each for each in holdings(state, mark) if each.product.quote_currency == _DOLLARS]
    futures = [
        product
        for product in state.products.values()
        if product.product_type == "FUTURE" and product.quote_currency == _DOLLARS
    ]
    realized = sum((_realized(state, product) for product in futures), ZERO)
    return balance(account, state.open_orders.values(), mine, realized)


def balance(
    account: Account, orders: Iterable[Order], holdings: Sequence[Holding], realized: Decimal
) -> FuturesBalance:
    """Return the figures of `FuturesBalance`.

    Args:
        account: the user's US dollars; its hold is for open orders and for positions.
        orders: open ones.
        holdings: positions in futures that are settled in US dollars.
        realized: profit of the trading day.
    """
    total = account.available + account.hold
    held = [order.hold for order in orders if order.hold_currency == account.currency]
    margin = sum((holding.position.margin for holding in holdings), ZERO)
    unrealized = sum((holding.unrealized for holding in holdings), ZERO)
    threshold = sum((holding.maintenance for holding in holdings), ZERO)
    available = total + unrealized - sum(held, ZERO)
    buffer = available - threshold
    return FuturesBalance(
        futures_buying_power=max(available - margin, ZERO),
        total_usd_balance=total,
        cbi_usd_balance=total - margin,
        cfm_usd_balance=margin,
        total_open_orders_hold_amount=sum(held, ZERO),
        unrealized_pnl=unrealized,
        daily_realized_pnl=realized,
        initial_margin=margin,
        available_margin=available,
        liquidation_threshold=threshold,
        liquidation_buffer_amount=buffer,
        liquidation_buffer_percentage=(
            min(round(buffer / threshold * 100, 2), _MOST_BUFFER) if threshold else _MOST_BUFFER
        ),
    )


def _left(state: LedgerState, product_id: str, side: Side) -> Decimal:
    """Return what is left of the open orders of one side."""
    sizes = (
        order_words.leaves(order)
        for order in state.open_orders.values()
        if (order.ticket.product_id, order.ticket.side) == (product_id, side)
    )
    return sum(sizes, ZERO)


def _realized(state: LedgerState, product: Product) -> Decimal:
    """Return the profit that closing positions brought, fees left out."""
    fills = [fill for fill in state.fills if fill.product_id == product.product_id]
    leverages = (state.orders[fill.order_id].ticket.leverage for fill in fills)
    return folded(
        product, zip(fills, (leverage_of(product, asked) for asked in leverages), strict=True)
    ).profit
