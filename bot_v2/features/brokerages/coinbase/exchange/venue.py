"""Coinbase Exchange as a `Venue` (docs: Exchange REST API). It trades spot products only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal

from bot_v2.features.brokerages.broker import (
    Account,
    Balance,
    Fill,
    OrderReport,
    OrderRequest,
    Quote,
    Rejected,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.exchange import words
from bot_v2.features.brokerages.coinbase.exchange.pages import entries
from bot_v2.features.brokerages.coinbase.figures import (
    Malformed,
    figure,
    instant,
    mapping,
    not_negative,
    rfc3339,
    sequence,
    text,
)
from bot_v2.features.brokerages.coinbase.rest import Call, Rate, Refused, RestClient
from bot_v2.features.brokerages.coinbase.venue import believed, check_figures, middle

RATES: Final[Mapping[Literal["private", "public"], Rate]] = {
    "private": Rate(8, 12),
    "public": Rate(8, 12),
}
"""A little under what is allowed, even of fills: 10 a second, 20 at once (docs: Exchange REST rate limits)."""

_ZERO: Final = Decimal(0)


class Exchange:
    """See `Venue`.

    Args:
        client: of the endpoint.
        symbols: the products whose fills are read: they can be asked for by product only.
    """

    def __init__(self, client: RestClient, symbols: Sequence[str]) -> None:
        self._client = client
        self._symbols = tuple(symbols)
        self._bases: dict[str, str] = {}  # they never change

    def check(self, request: OrderRequest) -> None:
        """Refuse figures that nobody takes, and a name that is no UUID; see `Venue`."""
        check_figures(request)
        if not words.is_name(request.client_order_id):
            raise Rejected("INVALID_CLIENT_ORDER_ID", "Coinbase Exchange takes UUIDs only")

    async def submit(self, request: OrderRequest, deadline: float) -> str:
        """Send an order, once, if there is none of this name; see `Venue`.

        Coinbase does not promise that a ``client_oid`` is one order, and was seen not to stop a second one
        (coinbase-pro-node issue 352). So it is asked first.
        """
        known = await self._order(f"client:{request.client_order_id}", deadline)
        return known.order_id if known is not None else await self._post(request, deadline)

    async def insist(self, request: OrderRequest, since: float, deadline: float) -> str:
        """Look for it, and never send it again: that could make it two. See `Venue`."""
        found = await self.order_named(request.client_order_id, since, deadline)
        if found is None:
            raise Unknown(f"order {request.client_order_id} was sent, and is not to be seen")
        return found.order_id

    async def cancel(self, order_id: str, deadline: float) -> None:
        """Send a cancel, once; see `Venue`."""
        call = Call("DELETE", f"/orders/{order_id}")
        reply = await self._client.once(call, deadline)
        if reply.data not in (order_id, [order_id]):
            raise Unknown(f"{call}: the answer is about something else")

    async def account(self) -> Account:
        """Return the balances."""
        call = Call("GET", "/accounts")
        reply = await self._client.read(call)
        balances: dict[str, Balance] = {}
        with believed(call):
            for each in sequence(reply.data, "the answer"):
                entry = mapping(each, "an account")
                currency = text(entry, "currency")
                before = balances.get(currency, Balance(_ZERO, _ZERO))
                available = not_negative(entry, "available") + before.available
                balances[currency] = Balance(available, not_negative(entry, "hold") + before.hold)
        return Account(balances)

    async def positions(self, symbols: Sequence[str]) -> Mapping[str, Decimal]:
        """Return what is held of some products: their base currencies."""
        bases = {symbol: await self._base(symbol) for symbol in symbols}
        balances = (await self.account()).balances
        return {
            symbol: balances[base].total if base in balances else _ZERO
            for symbol, base in bases.items()
        }

    async def quote(self, symbol: str) -> Quote:
        """Return the middle of the best quotes."""
        call = Call("GET", f"/products/{symbol}/book", (("level", "1"),), public=True)
        reply = await self._client.read(call)
        with believed(call):
            book = mapping(reply.data, "the answer")
            return middle(symbol, _best(book, "bids"), _best(book, "asks"), instant(book, "time"))

    async def time(self) -> float:
        """Return the exchange's time (docs: Get server time)."""
        call = Call("GET", "/time", public=True)
        reply = await self._client.read(call)
        with believed(call):
            return float(not_negative(mapping(reply.data, "the answer"), "epoch"))

    async def order(self, order_id: str, deadline: float | None = None) -> OrderReport | None:
        """Return an order, or None if the API says that there is none.

        It says so too of an order that was cancelled before any of it was filled (docs: Get single order).
        """
        return await self._order(order_id, deadline)

    async def order_named(
        self, client_order_id: str, since: float, deadline: float | None = None
    ) -> OrderReport | None:
        """Ask for it by name, then look through the orders, then behind every fill whose order was not shown."""
        if not words.is_name(client_order_id):
            return None  # none of this name was ever sent
        named = await self._order(f"client:{client_order_id}", deadline)
        if named is not None:
            return named
        since -= self._client.settings.clock_margin
        shown = set()
        async for entry in self._orders_since(since, deadline):
            with believed("GET /orders"):
                if entry.get("client_oid") == client_order_id:
                    return words.report(entry)
                shown.add(text(entry, "id"))
        fills = await self._fills(since, deadline)
        for order_id in dict.fromkeys(fill.order_id for fill in fills):
            if order_id not in shown:
                found = await self._order(order_id, deadline)
                if found is not None and found.client_order_id == client_order_id:
                    return found
        return None

    async def open_orders(self) -> Sequence[OrderReport]:
        """Return everything that is not over, of all products."""
        found = []
        async for entry in entries(self._client, "/orders"):
            with believed("GET /orders"):
                found.append(words.report(entry))
        return [report for report in found if not report.over]

    async def fills(self, since: float) -> Sequence[Fill]:
        """Return the fills of the bot's products since an instant, oldest first."""
        return await self._fills(since, None)

    async def _fills(self, since: float, deadline: float | None) -> Sequence[Fill]:
        found: list[Fill] = []
        for symbol in self._symbols:
            query = [("product_id", symbol), ("start_date", rfc3339(since))]
            async for entry in entries(self._client, "/fills", query, deadline):
                with believed("GET /fills"):
                    fill = words.fill(entry)
                if fill.at < since:
                    break  # newest first; the filter by date is not everywhere
                found.append(fill)
        return sorted(found, key=lambda fill: fill.at)

    async def _post(self, request: OrderRequest, deadline: float) -> str:
        call = Call("POST", "/orders", body=words.order_body(request))
        reply = await self._client.once(call, deadline)
        try:
            told = mapping(reply.data, "the answer")
            ours = (request.client_order_id, request.symbol, request.side)
            theirs = (text(told, "client_oid"), text(told, "product_id"), words.side(told, "side"))
            if theirs != ours:
                raise Malformed(f"the answer is about {theirs}, the order was {ours}")
            order_id, status = text(told, "id"), text(told, "status")
        except Malformed as problem:
            raise Unknown(f"{call}: the answer cannot be read: {problem}") from problem
        if status == "rejected":
            raise Rejected(str(told.get("reject_reason") or "rejected"))
        return order_id

    async def _order(self, name: str, deadline: float | None) -> OrderReport | None:
        call = Call("GET", f"/orders/{name}")
        try:
            reply = await self._client.read(call, deadline)
        except Refused as refused:
            if refused.status == 404 and _no_order(refused):
                return None
            raise
        with believed(call):
            found = words.report(reply.data)
            if name not in {found.order_id, f"client:{found.client_order_id}"}:
                raise Malformed(f"asked for {name}, told of {found.order_id:.40}")
            return found

    async def _orders_since(
        self, since: float, deadline: float | None
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the orders of all states that were made since an instant."""
        newest_first = [("status", "all"), ("sortedBy", "created_at"), ("sorting", "desc")]
        async for entry in entries(self._client, "/orders", newest_first, deadline):
            with believed("GET /orders"):
                if words.created(entry) < since:
                    return
            yield entry

    async def _base(self, symbol: str) -> str:
        known = self._bases.get(symbol)
        if known is not None:
            return known
        call = Call("GET", f"/products/{symbol}", public=True)
        reply = await self._client.read(call)
        with believed(call):
            told = mapping(reply.data, "the answer")
            if text(told, "id") != symbol:
                raise Malformed(f"asked for {symbol}, told of {told['id']!r:.40}")
            base = self._bases[symbol] = text(told, "base_currency")
        return base


def _best(book: Mapping[str, Any], side: str) -> Decimal:
    quotes = sequence(book.get(side), side)
    if not quotes:
        raise Malformed(f"there are no {side}")
    best = sequence(quotes[0], side)
    return figure(best[0] if best else None, side)


def _no_order(refused: Refused) -> bool:
    """Tell whether a 404 is about the order, not about the path (seen: ``NotFound``, ``order not found``)."""
    return refused.reason.lower().replace(" ", "") in {"notfound", "ordernotfound"}
