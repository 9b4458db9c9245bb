"""What the bot reads of its account, its orders and the market."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import (
    OrderRequest,
    Unavailable,
)
from bot_v2.features.brokerages.coinbase.rest import Answer
from tests.bot_v2.features.brokerages.coinbase.advanced_trade.desk import (
    MARKET,
    RESTING,
    Desk,
)
from tests.exchange.brokerage.site import BASE, FUTURE, PERPETUAL, SECONDS


async def test_balances_are_read_over_all_pages() -> None:
    """Two accounts in a currency are one balance."""
    desk = Desk(page=1)
    desk.wire.twists["GET"] = _accounts_in_twos
    balances = (await desk.venue.account()).balances
    assert set(balances) == {"USD", "USDC", "BTC", "ETH"}
    assert balances["BTC"].available == 4
    assert desk.asked("GET /accounts") == 4
    desk.client.close()


def _accounts_in_twos(data: Any) -> Any:
    return data | {"accounts": data["accounts"] * 2} if "accounts" in data else data


async def test_what_is_held_counts_holds_and_signs(desk: Desk) -> None:
    """Of a spot product both parts of the balance; of contracts long above and short below zero."""
    await desk.submit(OrderRequest("s", "BTC-USD", "sell", Decimal("0.5"), Decimal(90_000)))
    await desk.submit(OrderRequest("p", PERPETUAL, "sell", Decimal("0.25")))
    await desk.submit(OrderRequest("f", FUTURE, "buy", Decimal(3)))
    symbols = ("BTC-USD", PERPETUAL, FUTURE, "ETH-USD")
    wanted = {"BTC-USD": 2, PERPETUAL: Decimal("-0.25"), FUTURE: 3, "ETH-USD": 20}
    assert await desk.venue.positions(symbols) == wanted
    before = len(desk.wire.lines)
    assert await desk.venue.positions(symbols) == wanted
    assert len(desk.wire.lines) == before + 3, "what never changes is asked once"
    assert await desk.venue.positions((PERPETUAL,)) == {PERPETUAL: Decimal("-0.25")}


async def test_a_sign_may_stand_in_the_side_or_in_the_size(desk: Desk) -> None:
    """Short is short, whether ``net_size`` says it too or not."""
    await desk.submit(OrderRequest("p", PERPETUAL, "sell", Decimal("0.25")))
    for size in ("0.25", "-0.25"):
        desk.wire.twists[f"GET {BASE}/intx"] = partial(_of_size, size)
        assert await desk.venue.positions((PERPETUAL,)) == {PERPETUAL: Decimal("-0.25")}


async def test_the_price_lies_between_the_best_quotes(desk: Desk) -> None:
    """With the book's own time."""
    quote = await desk.venue.quote("BTC-USD")
    assert quote.bid < quote.price < quote.ask
    assert quote.at == pytest.approx(SECONDS, abs=1)


def _of_size(size: str, data: Any) -> Any:
    return {"positions": [{**data["positions"][0], "net_size": size}]}


@pytest.mark.parametrize(
    "book",
    [
        {"bids": [], "asks": [{"price": "1"}]},
        {"bids": [{"price": "2"}], "asks": [{"price": "1"}]},
        {"bids": [{"price": "0"}], "asks": [{"price": "1"}]},
        {"bids": [{"price": "x"}], "asks": [{"price": "1"}]},
        {"product_id": "ETH-USD"},
        {"time": "yesterday"},
    ],
)
async def test_a_book_that_cannot_be_is_no_price(desk: Desk, book: dict[str, Any]) -> None:
    """Empty, crossed, free of charge, of another product, of no time."""
    desk.wire.twists["GET"] = lambda data: {"pricebook": data["pricebook"] | book}
    with pytest.raises(Unavailable, match="cannot be read"):
        await desk.venue.quote("BTC-USD")


async def test_open_orders_are_those_that_wait_too(desk: Desk) -> None:
    """Pending, queued and being cancelled: each still can be filled."""
    ids = {await desk.submit(replace(RESTING, client_order_id=name)) for name in "abc"}
    await desk.submit(MARKET)
    assert {order.order_id for order in await desk.venue.open_orders()} == ids
    asked = [line for line in desk.wire.lines if "order_status" in line]
    assert len(asked) == 3
    for state in ("PENDING", "QUEUED", "OPEN", "CANCEL_QUEUED", "EDIT_QUEUED"):
        assert sum(f"order_status={state}" in line for line in asked) == 1
    assert sum("=OPEN&" in f"{line}&" and line.count("order_status") > 1 for line in asked) == 0


async def test_an_order_is_found_by_our_name_on_a_later_page() -> None:
    """And not beyond what is asked for: the list begins a little before it was placed."""
    desk = Desk(page=2)
    for number in range(5):
        await desk.submit(replace(RESTING, client_order_id=f"n{number}"))
    found = await desk.venue.order_named("n0", SECONDS)
    assert found is not None
    assert found.client_order_id == "n0"
    assert desk.asked("GET /orders/historical/batch") == 3
    assert await desk.venue.order_named("n0", SECONDS + 120) is None
    assert await desk.venue.order_named("nobody", SECONDS) is None
    desk.client.close()


async def test_an_order_that_no_list_shows_is_found_behind_its_fill(desk: Desk) -> None:
    """Its fill is there; the order of a fill that the list showed is not asked for."""
    shown = await desk.submit(replace(MARKET, client_order_id="shown"))
    hidden = await desk.submit(MARKET)
    desk.wire.twists[f"GET {BASE}/orders/historical/batch"] = lambda data: (
        data | {"orders": [order for order in data["orders"] if order["order_id"] != hidden]}
    )
    found = await desk.venue.order_named("m", SECONDS)
    assert found is not None
    assert found.order_id == hidden
    assert desk.asked(f"GET /orders/historical/{shown}") == 0


async def test_fills_come_oldest_first_and_without_what_was_taken_back(desk: Desk) -> None:
    """A reversal takes its fill with it."""
    for name in "abc":
        await desk.submit(replace(MARKET, client_order_id=name))
    fills = await desk.venue.fills(SECONDS - 1)
    assert len({fill.fill_id for fill in fills}) == len(fills) == 3
    assert [fill.at for fill in fills] == sorted(fill.at for fill in fills)
    assert all(fill.fee > 0 for fill in fills)
    undone = fills[0]

    def reversed_too(data: Any) -> Any:
        entry = next(e for e in data["fills"] if e["order_id"] == undone.order_id)
        return data | {"fills": [{**entry, "trade_type": "REVERSAL"}, *data["fills"]]}

    desk.wire.twists[f"GET {BASE}/orders/historical/fills"] = reversed_too
    assert await desk.venue.fills(SECONDS - 1) == fills[1:]


async def test_a_fill_in_quote_is_counted_in_base(desk: Desk) -> None:
    """Ten dollars at five are two."""
    await desk.submit(MARKET)
    desk.wire.twists[f"GET {BASE}/orders/historical/fills"] = lambda data: (
        data | {"fills": [data["fills"][0] | {"size_in_quote": True, "size": "10", "price": "5"}]}
    )
    (fill,) = await desk.venue.fills(SECONDS - 1)
    assert fill.quantity == 2
    assert fill.price == 5


async def test_a_list_whose_cursor_turns_in_a_circle_is_an_error() -> None:
    """And so is one that is longer than any should be."""
    desk = Desk(page=1, max_pages=3)
    for name in "abcde":
        await desk.submit(replace(RESTING, client_order_id=name))
    with pytest.raises(Unavailable, match="longer than 3 pages"):
        await desk.venue.open_orders()
    page = Answer(200, {}, {"fills": [], "cursor": "again"})
    desk.wire.instead = [(f"GET {BASE}/orders/historical/fills", page)] * 2
    with pytest.raises(Unavailable, match="no end"):
        await desk.venue.fills(SECONDS)
    desk.client.close()
