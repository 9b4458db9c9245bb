"""What the user's positions need and are worth, in Coinbase's figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from downtick.exchange.ledger.model import ZERO, Account, Order, Position
from downtick.exchange.market import Product

_MAINTENANCE: Final = Decimal("0.75")  # of the initial margin: the ratio of a real account by day
_MOST_BUFFER: Final = Decimal(1000)  # per cent: all that Coinbase shows of a higher share


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


def futures_balance(
    account: Account, orders: Iterable[Order], holdings: Sequence[Holding], realized: Decimal
) -> FuturesBalance:
    """Return the balance of the futures account.

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
