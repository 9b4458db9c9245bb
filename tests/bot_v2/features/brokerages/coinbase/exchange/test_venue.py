from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from bot_v2.features.brokerages.broker import (
    NotDone,
    OrderRequest,
    Rejected,
    Unavailable,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.exchange import Exchange
from bot_v2.features.brokerages.coinbase.rest import Answer, Refused
from tests.bot_v2.features.brokerages.coinbase.in_process import (
    InProcess,
    client,
    of_floor,
    without,
)
from tests.exchange.brokerage.site import SECONDS
from tests.exchange.pro.floor import Floor

NAME = "0b0f2f8c-4a3b-4c53-8a53-0d9d5d3c6d10"
RESTING = OrderRequest(NAME, "BTC-USD", "buy", Decimal("0.001"), Decimal("10000.00"))
MARKET = OrderRequest(str(uuid4()), "BTC-USD", "buy", Decimal("0.002"))


class Desk:
    """The venue under test, and the stub behind it."""

    def __init__(self, **settings: Any) -> None:
        self.floor = Floor()
        self.wire = InProcess(of_floor(self.floor))
        self.client = client(self.wire, **settings)
        self.venue = Exchange(self.client, ("BTC-USD", "ETH-USD"))

    async def submit(self, request: OrderRequest) -> str:
        return await self.venue.submit(request, soon())

    def asked(self, start: str) -> int:
        return sum(line.startswith(start) for line in self.wire.lines)


def soon() -> float:
    return time.monotonic() + 5


def another(request: OrderRequest) -> OrderRequest:
    return replace(request, client_order_id=str(uuid4()))


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.client.close()


async def test_an_order_is_looked_for_by_name_and_then_placed(desk: Desk) -> None:
    """Nobody promises that a name is one order, so it is asked for before it is sent."""
    order_id = await desk.submit(replace(RESTING, post_only=True))
    assert desk.wire.lines == [f"GET /orders/client:{NAME}", "POST /orders"]
    told = desk.floor.ask(f"GET /orders/{order_id}")
    assert (told["client_oid"], told["type"], told["post_only"]) == (NAME, "limit", True)
    assert (told["size"], told["price"]) == ("0.00100000", "10000.00000000")
    bought = await desk.venue.order(await desk.submit(MARKET))
    assert bought is not None
    assert (bought.status, bought.filled) == ("filled", Decimal("0.002"))
    assert bought.average_price is not None
    assert bought.average_price > 10_000


async def test_the_same_name_is_sent_once(desk: Desk) -> None:
    """Also when it is long filled; and what cannot be looked for is not sent."""
    first = await desk.submit(MARKET)
    assert await desk.submit(MARKET) == first
    assert await desk.venue.insist(MARKET, SECONDS, soon()) == first
    assert desk.asked("POST") == 1
    desk.wire.instead = [("GET", Answer(503, {}, None))] * 3
    with pytest.raises(Unavailable):
        await desk.submit(another(MARKET))
    assert desk.asked("POST") == 1


async def test_insisting_never_sends(desk: Desk) -> None:
    """What does not show stays unknown."""
    with pytest.raises(Unknown, match="not to be seen"):
        await desk.venue.insist(RESTING, SECONDS, soon())
    assert desk.asked("POST") == 0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"quantity": Decimal(500)}, "Insufficient funds"),
        ({"symbol": "XYZ-USD"}, "Product not found"),
        ({"limit_price": Decimal(10**6), "post_only": True}, "post only"),
    ],
)
async def test_a_refusal_has_the_exchanges_words(
    desk: Desk, changed: dict[str, Any], reason: str
) -> None:
    """Refused with an error, or taken and rejected at once."""
    with pytest.raises(Rejected) as refused:
        await desk.submit(replace(RESTING, **changed))
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "name", ["", "bot-1", NAME.upper(), NAME.replace("-", ""), f"{{{NAME}}}", f"{NAME} "]
)
def test_a_name_that_would_not_come_back_as_it_went_is_refused(desk: Desk, name: str) -> None:
    """Coinbase takes UUIDs, in any form, and tells them in one."""
    with pytest.raises(Rejected, match="INVALID_CLIENT_ORDER_ID"):
        desk.venue.check(replace(RESTING, client_order_id=name))


async def test_nobody_looks_for_a_name_that_was_never_sent(desk: Desk) -> None:
    """It cannot be there."""
    assert await desk.venue.order_named("bot-1", SECONDS) is None
    assert desk.wire.lines == []


@pytest.mark.parametrize(
    "changed",
    [{"client_oid": str(uuid4())}, {"product_id": "ETH-USD"}, {"side": "sell"}, {"id": ""}, {"status": None}],
)  # fmt: skip
async def test_an_answer_about_another_order_is_unknown(desk: Desk, changed: Any) -> None:
    """It was not ours that was answered."""
    told = desk.floor.place(client_oid=str(uuid4())) | {"client_oid": NAME}
    desk.wire.instead = [("POST", Answer(200, {}, told | changed))]
    with pytest.raises(Unknown):
        await desk.submit(RESTING)


@pytest.mark.parametrize("data", [{}, [], "text"])
async def test_an_answer_that_is_no_order_is_unknown(desk: Desk, data: Any) -> None:
    """HTTP 200 alone says nothing."""
    desk.wire.instead = [("POST", Answer(200, {}, data))]
    with pytest.raises(Unknown):
        await desk.submit(RESTING)


async def test_a_cancel_is_answered_with_the_orders_id(desk: Desk) -> None:
    """Refused by name if there is nothing to cancel; unknown if the answer is about something else."""
    order_id = await desk.submit(RESTING)
    desk.wire.instead = [("DELETE", Answer(200, {}, "another"))]
    with pytest.raises(Unknown):
        await desk.venue.cancel(order_id, soon())
    await desk.venue.cancel(order_id, soon())
    filled = await desk.submit(MARKET)
    for gone in (order_id, filled, str(uuid4())):
        with pytest.raises(Rejected):
            await desk.venue.cancel(gone, soon())


async def test_an_order_that_was_purged_is_none(desk: Desk) -> None:
    """Cancelled before any of it was filled, nobody finds it any more."""
    order_id = await desk.submit(RESTING)
    await desk.venue.cancel(order_id, soon())
    assert await desk.venue.order(order_id) is None
    assert await desk.venue.order_named(NAME, SECONDS) is None
    desk.wire.instead = [("GET", Answer(404, {}, {"message": "Route not found"}))]
    with pytest.raises(Refused):
        await desk.venue.order(order_id)
    desk.wire.instead = [("GET", Answer(404, {}, None, "<html>"))] * 3
    with pytest.raises(Unavailable):
        await desk.venue.order(order_id)


async def test_an_answer_about_another_order_is_no_order(desk: Desk) -> None:
    """Nobody is told of somebody else's."""
    order_id = await desk.submit(RESTING)
    other = desk.floor.ask(f"GET /orders/{await desk.submit(another(RESTING))}")
    desk.wire.instead = [("GET", Answer(200, {}, other))] * 2
    with pytest.raises(Unavailable, match="told of"):
        await desk.venue.order(order_id)
    with pytest.raises(Unavailable, match="told of"):
        await desk.venue.order_named(NAME, SECONDS)


async def test_what_is_held_counts_holds(desk: Desk) -> None:
    """The base currency, what open orders hold included."""
    await desk.submit(OrderRequest(NAME, "BTC-USD", "sell", Decimal("0.5"), Decimal(90_000)))
    balance = (await desk.venue.account()).balances["BTC"]
    assert balance.hold == Decimal("0.5")
    assert balance.available == Decimal("1.5")
    assert await desk.venue.positions(("BTC-USD", "ETH-USD")) == {"BTC-USD": 2, "ETH-USD": 20}
    before = len(desk.wire.lines)
    await desk.venue.positions(("BTC-USD", "ETH-USD"))
    assert len(desk.wire.lines) == before + 1, "what never changes is asked once"


async def test_the_price_lies_between_the_best_quotes(desk: Desk) -> None:
    """With the book's own time."""
    quote = await desk.venue.quote("BTC-USD")
    assert quote.bid < quote.price < quote.ask
    assert quote.at == pytest.approx(SECONDS, abs=1)


@pytest.mark.parametrize(
    "book",
    [
        {"bids": []},
        {"bids": [["70000", "1", 1]], "asks": [["1", "1", 1]]},
        {"asks": [[]]},
        {"asks": [["0", "1", 1]]},
        {"time": "now"},
    ],
)
async def test_a_book_that_cannot_be_is_no_price(desk: Desk, book: dict[str, Any]) -> None:
    """Empty, crossed, free of charge, of no time."""
    desk.wire.twists["GET"] = lambda data: data | book
    with pytest.raises(Unavailable):
        await desk.venue.quote("BTC-USD")


async def test_an_order_is_found_by_our_name_on_a_later_page() -> None:
    """When it cannot be asked for by its name: up to the time when it was placed, and no further."""
    desk = Desk(page=2)
    first = await desk.submit(RESTING)
    for _ in range(4):
        await desk.submit(another(RESTING))
    assert len(await desk.venue.open_orders()) == 5
    missing = Answer(404, {}, {"message": "NotFound"})
    by_name = f"GET /orders/client:{NAME}"
    desk.wire.instead = [(by_name, missing)]
    before = desk.asked("GET /orders?")
    found = await desk.venue.order_named(NAME, SECONDS)
    assert found is not None
    assert found.order_id == first
    assert desk.asked("GET /orders?") == before + 3
    desk.wire.instead = [(by_name, missing)]
    assert await desk.venue.order_named(NAME, SECONDS + 120) is None
    assert desk.asked("GET /orders?") == before + 4
    desk.client.close()


async def test_an_order_that_no_list_shows_is_found_behind_its_fill(desk: Desk) -> None:
    """Fills are asked for product by product."""
    hidden = await desk.submit(MARKET)
    name = MARKET.client_order_id
    desk.wire.instead = [(f"GET /orders/client:{name}", Answer(404, {}, {"message": "NotFound"}))]
    desk.wire.twists["GET /orders?"] = lambda _: []
    found = await desk.venue.order_named(name, SECONDS)
    assert found is not None
    assert found.order_id == hidden


async def test_fills_of_all_products_come_oldest_first(desk: Desk) -> None:
    """And none from before."""
    await desk.submit(MARKET)
    await desk.submit(another(replace(MARKET, symbol="ETH-USD")))
    fills = await desk.venue.fills(SECONDS - 1)
    assert {fill.symbol for fill in fills} == {"BTC-USD", "ETH-USD"}
    assert len({fill.fill_id for fill in fills}) == len(fills)
    assert all(fill.fee > 0 for fill in fills)
    desk.wire.twists["GET /fills"] = partial(_at, "2026-09-30T02:00:00.0Z")
    assert await desk.venue.fills(SECONDS - 1) == []


def _at(time: str, data: Any) -> Any:
    return [fill | {"created_at": time} for fill in data]


async def test_a_list_whose_cursor_turns_in_a_circle_is_an_error() -> None:
    """And so is one that is longer than any should be."""
    desk = Desk(page=1, max_pages=3)
    for _ in range(5):
        await desk.submit(another(RESTING))
    with pytest.raises(Unavailable, match="longer than 3 pages"):
        await desk.venue.open_orders()
    told = desk.floor.ask("GET /orders")
    desk.wire.instead = [("GET /orders?", Answer(200, {"cb-after": "7"}, told))] * 2
    with pytest.raises(Unavailable, match="no end"):
        await desk.venue.open_orders()
    desk.client.close()


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"status": "open"}, "open"),
        ({"status": "pending"}, "open"),
        ({"status": "active"}, "open"),
        ({"status": "suspended"}, "open"),
        ({"status": "rejected"}, "failed"),
        ({"status": "done", "done_reason": "filled"}, "filled"),
        ({"status": "done", "done_reason": "canceled"}, "cancelled"),
        ({"status": "done", "done_reason": "rejected"}, "failed"),
        ({"status": "settled", "filled_size": "0.00100000"}, "filled"),
        ({"status": "done"}, "cancelled"),
    ],
)
async def test_states_have_their_meaning(desk: Desk, told: dict[str, str], wanted: str) -> None:
    """A word that nobody knows is not an end."""
    order_id = await desk.submit(RESTING)
    desk.wire.twists["GET"] = lambda data: data | told
    found = await desk.venue.order(order_id)
    assert found is not None
    assert found.status == wanted


ORDER_KEYS = ("id", "product_id", "side", "status", "filled_size", "size")
FILL_KEYS = ("trade_id", "order_id", "product_id", "side", "price", "size", "fee", "created_at")


@pytest.mark.parametrize(
    ("key", "read"),
    [
        *((key, lambda venue: venue.open_orders()) for key in ORDER_KEYS),
        *((key, lambda venue: venue.fills(SECONDS - 1)) for key in FILL_KEYS),
        *((key, lambda venue: venue.account()) for key in ("currency", "available", "hold")),
        *((key, lambda venue: venue.quote("BTC-USD")) for key in ("bids", "asks", "time")),
        *((key, lambda venue: venue.positions(("BTC-USD",))) for key in ("id", "base_currency")),
        ("created_at", lambda venue: venue.order_named(str(uuid4()), SECONDS)),
    ],
)
async def test_a_member_that_is_missing_is_an_error(
    desk: Desk, key: str, read: Callable[[Exchange], Any]
) -> None:
    """Nothing is guessed and nothing is left out: a list with an entry that cannot be read is no list."""
    await desk.submit(RESTING)
    await desk.submit(MARKET)
    desk.wire.twists["GET"] = without(key)
    with pytest.raises(NotDone):
        await read(desk.venue)


@pytest.mark.parametrize("read", ["account", "open_orders"])
@pytest.mark.parametrize("data", [{}, "text", {"message": "x"}])
async def test_a_list_that_is_none_is_an_error(desk: Desk, read: str, data: Any) -> None:
    """An object where a list should be is not an empty list."""
    desk.wire.twists["GET"] = lambda _: data
    with pytest.raises(Unavailable):
        await getattr(desk.venue, read)()
