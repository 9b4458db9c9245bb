"""What a ledger knows: tickets, orders, fills, accounts, positions. Frozen: a change makes a new one.

Money and sizes are exact decimals. Instants are nanoseconds since 1970, UTC, handed in: the ledger reads no clock.
Names are Coinbase's own (docs: Advanced Trade, Create Order and List Orders).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

import msgspec

Side = Literal["BUY", "SELL"]
Liquidity = Literal["MAKER", "TAKER"]

Status = Literal[
    "PENDING",
    "OPEN",
    "QUEUED",
    "CANCEL_QUEUED",
    "EDIT_QUEUED",
    "FILLED",
    "CANCELLED",
    "EXPIRED",
    "FAILED",
]
TERMINAL: Final[frozenset[Status]] = frozenset(("FILLED", "CANCELLED", "EXPIRED", "FAILED"))
"""States that an order never leaves."""

Configuration = Literal[
    "market_market_ioc",
    "market_market_fok",
    "sor_limit_ioc",
    "limit_limit_gtc",
    "limit_limit_gtd",
    "limit_limit_fok",
    "stop_limit_stop_limit_gtc",
    "stop_limit_stop_limit_gtd",
    "trigger_bracket_gtc",
    "trigger_bracket_gtd",
]
"""Keys of ``order_configuration`` that are carried out."""

StopDirection = Literal["STOP_DIRECTION_STOP_UP", "STOP_DIRECTION_STOP_DOWN"]

ZERO: Final = Decimal(0)


class Ticket(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a client asks for.

    Attributes:
        client_order_id: the client's own name for it; the same name is the same order.
        product_id: such as ``BTC-USD``.
        side: of the order.
        configuration: which kind of order.
        base_size: how much of the base currency (contracts, of a future), or None if `quote_size` says it.
        quote_size: how much of the quote currency to spend, fees included (market buys).
        limit_price: the worst price that is taken.
        stop_price: ``stop_price`` of a stop-limit order, ``stop_trigger_price`` of a bracket.
        stop_direction: from which side a stop-limit order's price is reached.
        end_time: when a GTD order expires.
        post_only: whether it may only rest.
        leverage: of a position that it opens; None for the product's own.
        reduce_only: whether it may only make a position smaller (close position).
    """

    client_order_id: str
    product_id: str
    side: Side
    configuration: Configuration
    base_size: Decimal | None = None
    quote_size: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_direction: StopDirection | None = None
    end_time: int | None = None
    post_only: bool = False
    leverage: Decimal | None = None
    reduce_only: bool = False


class Edit(msgspec.Struct, frozen=True, gc=False):
    """One accepted edit: the new price and size, and when."""

    price: Decimal | None
    size: Decimal | None
    at: int


class Order(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order as it stands.

    Attributes:
        order_id: the exchange's name for it.
        ticket: what was asked, with the price and size of the last edit.
        status: see `Status`.
        created: when it was accepted.
        hold: what is held for it, in `hold_currency`; zero once it is over.
        hold_currency: the quote currency of a buy, the base currency of a sell, the margin's of a future.
        filled_size: in the base currency.
        filled_value: in the quote currency, without fees.
        fees: paid so far, in the quote currency.
        number_of_fills: voided ones left out.
        voided_size: what was matched and taken back by the exchange; it is not matched again.
        triggered: whether the stop price of a stop or bracket order was reached.
        reason: why it is over, if it was not filled.
        last_fill: when it was last filled.
        edits: oldest first.
        maker_rate: the fee's share of a match's value, by the tier at which the order was placed.
        taker_rate: likewise.
        contract_size: how much of the base currency a size of one is.
    """

    order_id: str
    ticket: Ticket
    status: Status
    created: int
    hold: Decimal = ZERO
    hold_currency: str = ""
    filled_size: Decimal = ZERO
    filled_value: Decimal = ZERO
    fees: Decimal = ZERO
    number_of_fills: int = 0
    voided_size: Decimal = ZERO
    triggered: bool = False
    reason: str = ""
    last_fill: int | None = None
    edits: tuple[Edit, ...] = ()
    maker_rate: Decimal = ZERO
    taker_rate: Decimal = ZERO
    contract_size: Decimal = Decimal(1)

    @property
    def over(self) -> bool:
        """Whether it can never change again."""
        return self.status in TERMINAL

    @property
    def done(self) -> Decimal:
        """What was matched, voided or not, in the base currency: it is not matched again."""
        return self.filled_size + self.voided_size

    @property
    def remaining(self) -> Decimal:
        """What may still be matched, in the base currency; zero of an order whose size is in the quote currency."""
        if self.ticket.base_size is None:
            return ZERO
        return self.ticket.base_size - self.done

    @property
    def average_price(self) -> Decimal:
        """What one unit of the base currency cost in the mean; zero before the first fill."""
        size = self.filled_size * self.contract_size
        return self.filled_value / size if size else ZERO


class Fill(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One match of an order.

    Attributes:
        number: counted from 1 over all orders.
        trade_id: unique.
        order_id: of the order.
        product_id: of the order.
        side: of the order.
        price: at which it matched.
        size: in the base currency.
        commission: in the quote currency.
        liquidity: whether the order rested.
        at: when.
        voided: whether the exchange took it back.
    """

    number: int
    trade_id: str
    order_id: str
    product_id: str
    side: Side
    price: Decimal
    size: Decimal
    commission: Decimal
    liquidity: Liquidity
    at: int
    voided: bool = False


class Account(msgspec.Struct, frozen=True, gc=False):
    """One currency of the user.

    Attributes:
        currency: such as ``USD``.
        available: what may be spent.
        hold: what open orders need.
    """

    currency: str
    available: Decimal = ZERO
    hold: Decimal = ZERO


class Position(msgspec.Struct, frozen=True, gc=False):
    """An open position in a future or perpetual.

    Attributes:
        product_id: such as ``BTC-PERP-INTX``.
        size: in contracts; below zero if short.
        entry_price: volume-weighted, of what is open.
        margin: held for it, in the product's quote currency.
        leverage: at which it was opened.
    """

    product_id: str
    size: Decimal
    entry_price: Decimal
    margin: Decimal
    leverage: Decimal


class Flags(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What may be done with a product at the moment (docs: List Products)."""

    status: str = "online"
    is_disabled: bool = False
    cancel_only: bool = False
    limit_only: bool = False
    post_only: bool = False
    trading_disabled: bool = False
    auction_mode: bool = False
    view_only: bool = False


class Refused(msgspec.Struct, frozen=True, gc=False):
    """A business rejection.

    Attributes:
        reason: Coinbase's name for it: ``INSUFFICIENT_FUND``, ``UNKNOWN_CANCEL_ORDER``, ``ORDER_NOT_FOUND``, ...
        message: for people.
    """

    reason: str
    message: str


class Preview(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an order would do now.

    Attributes:
        base_size: that it would buy or sell.
        quote_size: that it would cost or bring, fees left out.
        commission: fees, in the quote currency.
        average_price: at which it would match; its limit price if it would rest.
        slippage: distance of the average from the best price, as a share of it.
        hold: what would be held or spent.
        best_bid: at the moment, zero if there is none.
        best_ask: likewise.
    """

    base_size: Decimal
    quote_size: Decimal
    commission: Decimal
    average_price: Decimal
    slippage: Decimal
    hold: Decimal
    best_bid: Decimal
    best_ask: Decimal
