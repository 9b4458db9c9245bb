"""What both of Coinbase's APIs can do for the bot, whichever of them it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Protocol

from bot_v2.features.brokerages.broker import (
    Account,
    Fill,
    OrderReport,
    OrderRequest,
    Quote,
    Rejected,
    Unavailable,
)
from bot_v2.features.brokerages.coinbase.figures import Malformed


class NameTaken(Exception):
    """An order of this client_order_id is said to be there already. Not an end: it must be looked for."""


class Venue(Protocol):
    """One API. Whatever reads raises `NotDone` if nothing was read, and tries again within its time.

    Every `deadline` is an instant of ``time.monotonic``.
    """

    def check(self, request: OrderRequest) -> None:
        """Refuse, before anything leaves, what this API cannot be asked.

        Raises:
            Rejected: it cannot.
        """

    async def submit(self, request: OrderRequest, deadline: float) -> str:
        """Send an order, once, and return its id; or the id of the order that this name has already.

        Raises:
            NameTaken: this name is said to have an order, which is not told.
            NotDone: it was surely not placed by this.
            Unknown: it may have been.
        """

    async def insist(self, request: OrderRequest, since: float, deadline: float) -> str:
        """Return the id of an order that an earlier attempt may have placed; send it again only where that is safe.

        Args:
            request: the order.
            since: when the first attempt was made, in seconds since 1970.
            deadline: until when.

        Raises:
            as `submit`.
        """

    async def cancel(self, order_id: str, deadline: float) -> None:
        """Send a cancel, once.

        Raises:
            NotDone: this cancelled nothing.
            Unknown: it may have.
        """

    async def account(self) -> Account:
        """Return the balances."""

    async def positions(self, symbols: Sequence[str]) -> Mapping[str, Decimal]:
        """Return what is held of some products."""

    async def quote(self, symbol: str) -> Quote:
        """Return the present price."""

    async def time(self) -> float:
        """Return the exchange's time in seconds since 1970, to the millisecond."""

    async def order(self, order_id: str, deadline: float | None = None) -> OrderReport | None:
        """Return an order by its id."""

    async def order_named(
        self, client_order_id: str, since: float, deadline: float | None = None
    ) -> OrderReport | None:
        """Return an order by our name for it, from wherever it may show: the history, or the fills."""

    async def open_orders(self) -> Sequence[OrderReport]:
        """Return everything that is not over."""

    async def fills(self, since: float) -> Sequence[Fill]:
        """Return the fills since an instant, oldest first."""


@contextmanager
def believed(what: object) -> Iterator[None]:
    """Turn what cannot be read of an answer into `Unavailable`: nothing was read.

    Args:
        what: was asked.
    """
    try:
        yield
    except Malformed as problem:
        raise Unavailable(f"{what}: the answer cannot be read: {problem}") from problem


def check_figures(request: OrderRequest) -> None:
    """Refuse an order with figures that no exchange takes.

    Raises:
        Rejected: that is so.
    """
    if not request.quantity.is_finite() or request.quantity <= 0:
        raise Rejected("INVALID_QUANTITY", f"quantity is {request.quantity}")
    price = request.limit_price
    if price is None:
        if request.post_only:
            raise Rejected("INVALID_POST_ONLY", "a market order cannot rest")
    elif not price.is_finite() or price <= 0:
        raise Rejected("INVALID_LIMIT_PRICE", f"limit_price is {price}")
    if not request.client_order_id:
        raise Rejected("INVALID_CLIENT_ORDER_ID", "an order needs a name of ours")


def middle(symbol: str, bid: Decimal, ask: Decimal, at: float) -> Quote:
    """Return the price between the best quotes.

    Raises:
        Malformed: they are none that a market can have.
    """
    if not 0 < bid <= ask:
        raise Malformed(f"the best bid of {symbol} is {bid}, the best ask {ask}")
    return Quote(symbol, (bid + ask) / 2, bid, ask, at)
