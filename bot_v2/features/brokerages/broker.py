"""What the bot asks of a broker, whichever it is, and the three ways in which a request can end.

::

    BrokerError
    ├── NotDone          surely not done: it may be asked again
    │   ├── Rejected         the broker said no, and why
    │   ├── RateLimited      too many requests; says when to come back
    │   ├── Unauthorized     the key was not accepted
    │   └── Unavailable      it never left, or the broker said that it cannot
    └── Unknown          it left, and no answer that can be believed came back: ask before asking again
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, Protocol, runtime_checkable

Side = Literal["buy", "sell"]
Status = Literal["open", "filled", "cancelled", "expired", "failed"]

OVER: Final[frozenset[Status]] = frozenset(("filled", "cancelled", "expired", "failed"))
"""States that an order never leaves."""


class BrokerError(Exception):
    """Base of everything that a broker raises."""


class NotDone(BrokerError):
    """The request was surely not carried out."""


class Rejected(NotDone):
    """The broker refused it.

    Attributes:
        reason: the broker's own name for it: ``INSUFFICIENT_FUND``.
        message: for people.
    """

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(f"{reason}: {message}" if message else reason)
        self.reason = reason
        self.message = message


class RateLimited(NotDone):
    """Too many requests.

    Attributes:
        retry_after: seconds to wait, or None if the broker did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unauthorized(NotDone):
    """The key was not accepted. It may be an overload in disguise: a key is not thrown away for it."""


class Unavailable(NotDone):
    """The broker cannot be reached, or says that it cannot serve."""


class Unknown(BrokerError):
    """The request left, and whether it was carried out is not known."""


@dataclass(frozen=True)
class Balance:
    """One currency: what may be spent, and what open orders hold."""

    available: Decimal
    hold: Decimal

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.available + self.hold


@dataclass(frozen=True)
class Account:
    """The balances by currency."""

    balances: Mapping[str, Balance]


@dataclass(frozen=True)
class Quote:
    """A price as the broker tells it.

    Attributes:
        symbol: of the product.
        price: of the last trade, or the middle of bid and ask.
        bid: the best one.
        ask: the best one.
        at: when it was so, in seconds since 1970.
    """

    symbol: str
    price: Decimal
    bid: Decimal
    ask: Decimal
    at: float


@dataclass(frozen=True)
class OrderRequest:
    """An order to be placed.

    Attributes:
        client_order_id: our own name for it. The same name is the same order, however often it is sent.
        symbol: of the product.
        side: buy or sell.
        quantity: in the base currency, or in contracts.
        limit_price: the worst price; None for a market order.
        post_only: whether it may only rest.
    """

    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    limit_price: Decimal | None = None
    post_only: bool = False


@dataclass(frozen=True)
class OrderReport:
    """An order as the broker tells of it.

    Attributes:
        order_id: the broker's name for it.
        client_order_id: ours.
        symbol: of the product.
        side: buy or sell.
        quantity: that was asked for; what it cost, of a market buy by cost.
        filled: of it, in the base currency.
        average_price: of what is filled, or None.
        status: see `Status`. A cancel that is only queued leaves an order open.
        limit_price: if it has one.
    """

    order_id: str
    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    filled: Decimal
    average_price: Decimal | None
    status: Status
    limit_price: Decimal | None = None

    @property
    def over(self) -> bool:
        """Whether it can never change again."""
        return self.status in OVER


@dataclass(frozen=True)
class Fill:
    """One match of an order; `at` in seconds since 1970, `fee` in the quote currency."""

    fill_id: str
    order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    at: float


@runtime_checkable
class Broker(Protocol):
    """What the bot needs of a broker. Reading raises `BrokerError` too; `NotDone` then means: nothing was read."""

    async def get_account(self) -> Account:
        """Return the balances."""

    async def get_position(self, symbol: str) -> Decimal:
        """Return what is held of a product: of a spot product its base currency, holds included; short is below zero."""

    async def get_positions(self) -> Mapping[str, Decimal]:
        """Return what is held, by symbol, of the products that the bot trades."""

    async def get_quote(self, symbol: str) -> Quote:
        """Return the present price."""

    async def place_order(self, request: OrderRequest) -> OrderReport:
        """Place an order, or return the one that was placed under this name before.

        Raises:
            NotDone: it was surely not placed.
            Unknown: it may have been.
        """

    async def cancel_order(self, order_id: str) -> None:
        """Ask for the end of an order. That it is over only `get_order` tells: it may be filled meanwhile.

        Raises:
            NotDone: it was surely not cancelled.
            Unknown: it may have been.
        """

    async def get_order(self, order_id: str) -> OrderReport | None:
        """Return an order, or None if the broker says that there is none of this name."""

    async def find_order(self, client_order_id: str, since: float) -> OrderReport | None:
        """Return an order by our name for it, whatever became of it, or None if the broker shows none.

        Args:
            client_order_id: ours.
            since: seconds since 1970; it was not placed before.
        """

    async def open_orders(self) -> Sequence[OrderReport]:
        """Return the open orders of all products."""

    async def get_fills(self, since: float) -> Sequence[Fill]:
        """Return the fills since an instant in seconds since 1970, oldest first."""

    async def close(self) -> None:
        """Let go of every connection."""
