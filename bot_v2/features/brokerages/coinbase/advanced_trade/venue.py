"""Advanced Trade as a `Venue` (docs: Advanced Trade REST API)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal

from bot_v2.features.brokerages.broker import (
    Account,
    Fill,
    OrderReport,
    OrderRequest,
    Quote,
    Rejected,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.advanced_trade import words
from bot_v2.features.brokerages.coinbase.advanced_trade.holdings import Holdings
from bot_v2.features.brokerages.coinbase.advanced_trade.pages import API, entries
from bot_v2.features.brokerages.coinbase.figures import (
    Malformed,
    decimal,
    instant,
    mapping,
    not_negative,
    rfc3339,
    sequence,
    text,
)
from bot_v2.features.brokerages.coinbase.rest import Call, Rate, Refused, RestClient
from bot_v2.features.brokerages.coinbase.venue import (
    NameTaken,
    believed,
    check_figures,
    middle,
)

RATES: Final[Mapping[Literal["private", "public"], Rate]] = {
    "private": Rate(24, 20),
    "public": Rate(8, 8),
}
"""A little under what is allowed: 30 a second and user, 10 a second and address (docs: REST rate limits)."""

_HISTORY: Final = "/orders/historical/batch"
_FILLS: Final = "/orders/historical/fills"

# In the order in which an order passes through them, so that none slips by between two questions. OPEN must be
# asked for alone (docs: List Orders).
_STATES: Final = (("PENDING", "QUEUED"), ("OPEN",), ("CANCEL_QUEUED", "EDIT_QUEUED"))


class AdvancedTrade:
    """See `Venue`.

    Args:
        client: of the endpoint.
    """

    def __init__(self, client: RestClient) -> None:
        self._client = client
        self._holdings = Holdings(client)

    def check(self, request: OrderRequest) -> None:
        """Refuse figures that nobody takes; see `Venue`."""
        check_figures(request)

    async def submit(self, request: OrderRequest, deadline: float) -> str:
        """Send an order, once; see `Venue`."""
        call = Call("POST", f"{API}/orders", body=words.order_body(request))
        reply = await self._client.once(call, deadline)
        try:
            order_id = words.order_id_of(reply.data, request)
        except Malformed as problem:
            raise Unknown(f"{call}: the answer cannot be read: {problem}") from problem
        if order_id is not None:
            return order_id
        reason, message = words.refusal(reply.data)
        if reason == "DUPLICATE_CLIENT_ORDER_ID":
            raise NameTaken(request.client_order_id)
        raise Rejected(reason, message)

    async def insist(self, request: OrderRequest, since: float, deadline: float) -> str:
        """Look for it; send it again only if it does not show.

        Of an id that was used before its order is returned, and none is made (docs: Create Order); but an order that
        shows need not be sent.
        """
        found = await self.order_named(request.client_order_id, since, deadline)
        return found.order_id if found is not None else await self.submit(request, deadline)

    async def cancel(self, order_id: str, deadline: float) -> None:
        """Send a cancel, once; see `Venue`."""
        call = Call("POST", f"{API}/orders/batch_cancel", body={"order_ids": [order_id]})
        reply = await self._client.once(call, deadline)
        try:
            refused = _cancel_refused(reply.data, order_id)
        except Malformed as problem:
            raise Unknown(f"{call}: the answer cannot be read: {problem}") from problem
        if refused not in {None, "DUPLICATE_CANCEL_REQUEST"}:  # a cancel of it is under way already
            raise Rejected(str(refused), f"order {order_id}")

    async def account(self) -> Account:
        """Return the balances."""
        return await self._holdings.account()

    async def positions(self, symbols: Sequence[str]) -> Mapping[str, Decimal]:
        """Return what is held of some products."""
        return await self._holdings.positions(symbols)

    async def quote(self, symbol: str) -> Quote:
        """Return the middle of the best quotes, from the book that knows its own time and no cache."""
        call = Call("GET", f"{API}/product_book", (("product_id", symbol), ("limit", "1")))
        reply = await self._client.read(call)
        with believed(call):
            book = mapping(mapping(reply.data, "the answer").get("pricebook"), "pricebook")
            if text(book, "product_id") != symbol:
                raise Malformed(f"asked for {symbol}, told of {book['product_id']!r:.40}")
            return middle(symbol, _best(book, "bids"), _best(book, "asks"), instant(book, "time"))

    async def time(self) -> float:
        """Return the exchange's time (docs: Get Server Time)."""
        call = Call("GET", f"{API}/time", public=True)
        reply = await self._client.read(call)
        with believed(call):
            return float(not_negative(mapping(reply.data, "the answer"), "epochMillis")) / 1000

    async def order(self, order_id: str, deadline: float | None = None) -> OrderReport | None:
        """Return an order, or None if the API says in its own words that there is none."""
        call = Call("GET", f"{API}/orders/historical/{order_id}")
        try:
            reply = await self._client.read(call, deadline)
        except Refused as refused:
            if refused.status == 404 and _no_order(refused):
                return None
            raise
        with believed(call):
            found = words.report(mapping(reply.data, "the answer").get("order"))
            if found.order_id != order_id:
                raise Malformed(f"asked for {order_id}, told of {found.order_id:.40}")
            return found

    async def order_named(
        self, client_order_id: str, since: float, deadline: float | None = None
    ) -> OrderReport | None:
        """Look through the history, then behind every fill whose order the history did not show."""
        start = rfc3339(since - self._client.settings.clock_margin)
        shown = set()
        query = [("start_date", start)]
        async for entry in entries(self._client, _HISTORY, "orders", query, deadline):
            with believed(_HISTORY):
                if text(entry, "client_order_id", empty=True) == client_order_id:
                    return words.report(entry)
                shown.add(text(entry, "order_id"))
        fills = await self._fills(start, deadline)
        for order_id in dict.fromkeys(fill.order_id for fill in fills):
            if order_id not in shown:
                found = await self.order(order_id, deadline)
                if found is not None and found.client_order_id == client_order_id:
                    return found
        return None

    async def open_orders(self) -> Sequence[OrderReport]:
        """Return everything that is not over, of all products; what only waits to be opened or cancelled too."""
        found: dict[str, OrderReport] = {}
        for states in _STATES:
            query = [("order_status", state) for state in states]
            async for entry in entries(self._client, _HISTORY, "orders", query):
                with believed(_HISTORY):
                    report = words.report(entry)
                    found[report.order_id] = report
        return [report for report in found.values() if not report.over]

    async def fills(self, since: float) -> Sequence[Fill]:
        """Return the fills since an instant, oldest first. What was taken back (REVERSAL) is none."""
        return await self._fills(rfc3339(since))

    async def _fills(self, start: str, deadline: float | None = None) -> Sequence[Fill]:
        found: dict[tuple[str, str], Fill] = {}  # each once, though pages may overlap
        undone: set[tuple[str, str]] = set()
        query = [("start_sequence_timestamp", start)]
        async for entry in entries(self._client, _FILLS, "fills", query, deadline):
            with believed(_FILLS):
                name = text(entry, "order_id"), text(entry, "trade_id")
                if text(entry, "trade_type") == "REVERSAL":
                    undone.add(name)
                else:
                    found[name] = words.fill(entry)
        real = (fill for name, fill in found.items() if name not in undone)
        return sorted(real, key=lambda fill: fill.at)


def _best(book: Mapping[str, Any], side: str) -> Decimal:
    quotes = sequence(book.get(side), side)
    if not quotes:
        raise Malformed(f"there are no {side}")
    return decimal(mapping(quotes[0], side), "price")


def _cancel_refused(data: Any, order_id: str) -> str | None:
    """Return why a cancel was refused, or None if it was not.

    Raises:
        Malformed: the answer does not say.
    """
    results = sequence(mapping(data, "the answer").get("results"), "results")
    ours = [r for each in results if (r := mapping(each, "a result")).get("order_id") == order_id]
    if len(ours) != 1 or not isinstance(ours[0].get("success"), bool):
        raise Malformed("no result for this order")
    return None if ours[0]["success"] else text(ours[0], "failure_reason")


def _no_order(refused: Refused) -> bool:
    """Tell whether a 404 is about the order, not about the path."""
    return refused.reason == "NOT_FOUND" or "order" in refused.message.lower()
