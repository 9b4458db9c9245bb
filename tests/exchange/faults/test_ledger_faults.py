"""What becomes of orders behind the client's back, and books that are not those of now."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import pytest

from downtick.exchange.ledger import Entry, Order
from tests.exchange.faults.trader import Trader
from tests.exchange.orders import AT


def history(trader: Trader) -> list[str]:
    """Return what was journalled of the ledger since it was opened."""
    return [
        event["change"]
        for event in trader.events("ledger")
        if event["change"] not in ("opened", "credited")
    ]


async def test_a_cancel_is_queued_until_it_is_done() -> None:
    """Acknowledged, seen as queued everywhere, and done after its time."""
    trader = Trader()
    await trader.place("a")
    trader.start("cancel_queued", seconds=60.0)
    assert await trader.cancel("a") == [None]
    assert await trader.status("a") == "CANCEL_QUEUED"
    assert await trader.cancel("a") == ["DUPLICATE_CANCEL_REQUEST"]
    trader.wait(59.0)
    assert trader.truth("a") == "CANCEL_QUEUED"
    trader.wait(1.0)
    assert trader.truth("a") == "CANCELLED"
    assert trader.told == ["a OPEN", "a CANCEL_QUEUED", "a CANCELLED"]
    assert trader.struck("request", "order_id") == [(2, trader.order("a").order_id)]


async def test_an_order_whose_cancel_is_queued_may_fill() -> None:
    """And then the cancel that comes due changes nothing."""
    trader = Trader()
    await trader.place("a")
    trader.start("cancel_queued", seconds=60.0)
    await trader.cancel("a")
    trader.fill("a", "0.4")
    assert trader.truth("a") == "CANCEL_QUEUED 0.4"
    trader.fill("a")
    trader.wait(60.0)
    assert trader.truth("a") == "FILLED 1"
    assert history(trader) == ["accepted", "cancelqueued", "matched", "matched"]


async def test_queued_cancels_are_done_when_the_fault_ends() -> None:
    """All of them, and nothing comes after it."""
    trader = Trader()
    await trader.place("a")
    await trader.place("b")
    handle = trader.start("cancel_queued")
    assert await trader.cancel("a", "b") == [None, None]
    trader.book.stop(handle)
    assert (trader.truth("a"), trader.truth("b")) == ("CANCELLED", "CANCELLED")
    trader.wait(200.0)
    assert trader.over == [("cancel_queued", 2)]


async def test_a_cancel_that_was_done_with_the_fault_is_not_done_again() -> None:
    """Also if the venue goes back to before it, and the order is open once more."""
    trader = Trader()
    await trader.place("a")
    trader.wait(5.0)
    handle = trader.start("cancel_queued", seconds=60.0)
    await trader.cancel("a")
    trader.book.stop(handle)
    trader.start("rollback", back=2.0)
    trader.wait(60.0)
    assert trader.truth("a") == "OPEN"


@pytest.mark.parametrize("fault", ["cancel_queued", "fill_after_cancel"])
async def test_one_cancel_of_a_batch_is_taken(fault: str) -> None:
    """The selector counts orders, not requests, and knows their products; the fault is over when that one is settled."""
    trader = Trader()
    for name, product in (("a", "BTC-USD"), ("b", "ETH-USD"), ("c", "ETH-USD")):
        await trader.place(name, product=product)
    trader.start(fault, {"product": "ETH-USD", "nth": 2})
    assert await trader.cancel("a", "b", "c") == [None, None, None]
    assert [trader.truth(name) for name in "abc"] == ["CANCELLED", "CANCELLED", "CANCEL_QUEUED"]
    assert not trader.over
    trader.wait(500.0)
    assert trader.over == [(fault, 1)]


async def test_a_cancel_of_what_is_over_or_unknown_is_no_opportunity() -> None:
    """It is answered as always."""
    trader = Trader()
    await trader.place("a")
    await trader.cancel("a")
    trader.start("cancel_queued", {"once": True})
    assert await trader.cancel("a") == ["UNKNOWN_CANCEL_ORDER"]
    assert not trader.struck()


async def test_a_cancelled_order_is_filled() -> None:
    """Everything said cancelled, and its money was free; then there is a fill, and everything says so."""
    trader = Trader()
    await trader.place("a")
    before = await trader.account("USD")
    trader.start("fill_after_cancel", after=2.0)
    assert await trader.cancel("a") == [None]
    assert await trader.status("a") == "CANCELLED"
    assert await trader.listed("OPEN") == []
    available, held = await trader.account("USD")
    assert Decimal(available) > Decimal(before[0])
    assert Decimal(held) == 0
    assert await trader.cancel("a") == ["UNKNOWN_CANCEL_ORDER"]
    assert trader.truth("a") == "CANCEL_QUEUED"
    assert trader.book.told(trader.order("a")).hold == 0 < trader.order("a").hold
    trader.wait(2.0)
    assert await trader.status("a") == "FILLED"
    assert await trader.fills() == ["1"]
    assert trader.told == ["a OPEN", "a CANCELLED", "a FILLED 1"]
    assert trader.struck("order_id") == [(trader.order("a").order_id,)]
    assert history(trader) == ["accepted", "cancelqueued", "matched"]


async def test_a_cancelled_order_is_filled_in_part() -> None:
    """The fill comes, and the rest stays cancelled."""
    trader = Trader()
    await trader.place("a", size="0.3")
    trader.start("fill_after_cancel", after=2.0, part=0.5)
    await trader.cancel("a")
    trader.wait(2.0)
    assert trader.truth("a") == "CANCELLED 0.15"
    assert trader.told == ["a OPEN", "a CANCELLED", "a CANCELLED 0.15", "a CANCELLED 0.15"]


async def test_a_fill_of_the_market_in_between_is_shown_and_the_rest_filled() -> None:
    """Booked once: nothing is filled beyond the order's size."""
    trader = Trader()
    await trader.place("a")
    trader.start("fill_after_cancel", after=2.0)
    await trader.cancel("a")
    trader.fill("a", "0.25")
    assert await trader.status("a") == "CANCELLED"
    trader.wait(2.0)
    assert trader.truth("a") == "FILLED 1"
    await trader.place("b")
    await trader.cancel("b")
    trader.fill("b")
    trader.wait(2.0)
    assert trader.truth("b") == "FILLED 1"


async def test_a_fill_that_was_to_come_comes_with_the_end_of_the_fault() -> None:
    """At once."""
    trader = Trader()
    await trader.place("a")
    handle = trader.start("fill_after_cancel", after=2.0)
    await trader.cancel("a")
    trader.book.stop(handle)
    assert trader.truth("a") == "FILLED 1"


async def test_a_fill_is_taken_back_and_its_notice_comes_after() -> None:
    """The books know; the feed tells of the voiding first, and then of the fill, as if it counted."""
    trader = Trader()
    await trader.place("a")
    dollars, coins = await trader.account("USD"), await trader.account("BTC")
    trader.start("voided_fill", after=1.0)
    trader.fill("a")
    assert await trader.status("a") == "FILLED"
    assert trader.told == ["a OPEN"]
    trader.wait(1.0)
    assert trader.truth("a") == "CANCELLED"
    assert (await trader.account("BTC")) == coins
    assert Decimal((await trader.account("USD"))[0]) > Decimal(dollars[0])
    assert trader.told == ["a OPEN", "a CANCELLED"]
    trader.wait(1.0)
    assert trader.told == ["a OPEN", "a CANCELLED", "a FILLED 1"]
    assert trader.struck("order_id", "fill") == [(trader.order("a").order_id, 1)]


async def test_a_fill_can_be_taken_back_in_order() -> None:
    """The second of three, and the fault is over."""
    trader = Trader()
    await trader.place("a")
    trader.start("voided_fill", {"nth": 2}, after=1.0, out_of_order=False)
    for size in ("0.2", "0.3", "0.5"):
        trader.fill("a", size)
    trader.wait(1.0)
    fills = trader.venue.ledger.state.fills
    assert [(fill.size, fill.voided) for fill in fills] == [
        (Decimal("0.2"), False),
        (Decimal("0.3"), True),
        (Decimal("0.5"), False),
    ]
    assert trader.told == ["a OPEN", "a OPEN 0.2", "a OPEN 0.5", "a FILLED 1", "a CANCELLED 0.7"]
    assert trader.over == [("voided_fill", 1)]


async def test_a_fill_whose_coins_are_gone_stays_and_is_no_hit() -> None:
    """What was bought is held for an order to sell it, so that it cannot be given back."""
    trader = Trader()
    await trader.place("a")
    trader.start("voided_fill", {"once": True}, after=1.0)
    trader.fill("a")
    sell = {"limit_limit_gtc": {"base_size": "11", "limit_price": "900000"}}
    ticket = {"client_order_id": "s", "product_id": "BTC-USD", "side": "SELL"}
    assert (await trader.ask("POST", "orders", {**ticket, "order_configuration": sell}))["success"]
    trader.wait(1.0)
    assert trader.truth("a") == "FILLED 1"
    assert trader.over == [("voided_fill", 0)]


async def test_fills_that_were_to_be_taken_back_are_when_the_fault_ends() -> None:
    """And not a second time."""
    trader = Trader()
    await trader.place("a")
    handle = trader.start("voided_fill")
    trader.fill("a")
    trader.book.stop(handle)
    trader.wait(5.0)
    assert history(trader) == ["accepted", "matched", "voided"]
    assert trader.over == [("voided_fill", 1)]


async def test_the_venue_goes_back_and_says_nothing() -> None:
    """Orders and fills of the last seconds have not happened; each order that is not as it was is a hit."""
    trader = Trader()
    await trader.place("kept")
    await trader.place("filled")
    money = await trader.account("USD")
    trader.wait(10.0)
    trader.fill("filled")
    await trader.place("new")
    said = list(trader.told)
    ids = {name: trader.order(name).order_id for name in ("filled", "new")}
    trader.wait(1.0)
    trader.start("rollback", back=5.0)
    assert [trader.truth(name) for name in ("kept", "filled", "new")] == ["OPEN", "OPEN", None]
    assert await trader.account("USD") == money
    assert await trader.fills() == []
    assert trader.told == said
    assert trader.struck("order_id", "status", "now") == [
        (ids["filled"], "FILLED", "OPEN"),
        (ids["new"], "OPEN", None),
    ]
    assert trader.over == [("rollback", 2)]
    assert history(trader)[-1] == "rolledback"
    trader.fill("filled")
    assert trader.told[-1] == "filled FILLED 1"


async def test_a_rollback_without_anything_to_undo_hits_nothing() -> None:
    """No entry is written, and the money that the books were opened with is never touched."""
    trader = Trader()
    trader.start("rollback", back=3600.0)
    assert trader.over == [("rollback", 0)]
    trader.wait(1.0)
    await trader.place("a")
    trader.start("rollback", back=3600.0)
    assert trader.truth("a") is None
    assert await trader.account("USD") == ("100000", "0")
    assert history(trader) == ["accepted", "rolledback"]


async def test_a_replica_is_behind() -> None:
    """Each answer that is different by it is a hit; orders and cancels go to the true books."""
    trader = Trader()
    await trader.place("old")
    trader.wait(10.0)
    handle = trader.start("stale_replica", behind=5.0)
    await trader.place("new")
    assert await trader.listed() == ["old"]
    assert await trader.status("new") is None
    trader.fill("old")
    assert await trader.status("old") == "OPEN"
    assert await trader.fills() == []
    assert (await trader.ask("GET", "products")).status == 200
    assert await trader.cancel("new") == [None]
    assert len(trader.struck()) == 4
    trader.wait(4.9)
    assert await trader.status("new") is None
    trader.wait(0.1)
    assert await trader.status("new") == "CANCELLED"
    assert await trader.status("old") == "FILLED"
    assert len(trader.struck()) == 5
    trader.book.stop(handle)
    assert trader.over == [("stale_replica", 5)]


async def test_a_replica_of_the_first_seconds_knows_what_the_user_has() -> None:
    """It never saw the books before they were open."""
    trader = Trader()
    trader.start("stale_replica", behind=60.0)
    assert await trader.account("BTC") == ("10", "0")
    assert not trader.struck()


async def test_an_answer_that_differs_in_its_time_only_is_no_lie(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The true one and the old one are asked for in one instant."""
    trader, ticks = Trader(), count(AT, 1_000_000)
    told = type(trader.venue).now
    monkeypatch.setattr(
        type(trader.venue),
        "now",
        lambda venue: next(ticks) if venue._instant is None else told(venue),
    )
    trader.start("stale_replica", behind=60.0)
    first, second = [
        await trader.ask("GET", "product_book", query={"product_id": "BTC-USD"}) for _ in range(2)
    ]
    assert first["pricebook"]["bids"] == second["pricebook"]["bids"]
    assert (first.fault, second.fault) == (None, None)


async def test_two_replicas_take_turns() -> None:
    """The second answer of each two that would differ is the old one."""
    trader = Trader()
    trader.start("stale_replica", every=2)
    trader.wait(1.0)
    await trader.place("a")
    assert [await trader.listed() for _ in range(4)] == [["a"], [], ["a"], []]
    assert len(trader.struck()) == 2


async def test_a_replica_can_be_that_of_one_route() -> None:
    """Selectors count the answers that differ."""
    trader = Trader()
    trader.start("stale_replica", {"nth": 2}, routes=["GET /orders/historical/batch"])
    trader.wait(1.0)
    await trader.place("a")
    assert await trader.status("a") == "OPEN"
    assert [await trader.listed() for _ in range(3)] == [["a"], [], ["a"]]
    assert trader.over == [("stale_replica", 1)]


async def test_a_replica_follows_a_rollback() -> None:
    """Also if it had seen what was undone."""
    trader = Trader()
    trader.wait(10.0)
    trader.start("stale_replica", behind=1.0)
    await trader.place("a")
    trader.wait(1.0)
    assert await trader.listed() == ["a"]
    trader.start("rollback", back=5.0)
    assert await trader.listed() == ["a"]
    trader.wait(1.0)
    assert await trader.listed() == []


async def test_lies_lie_on_top_of_each_other() -> None:
    """What one has hidden stays hidden in what the next one shows."""
    trader = Trader()
    await trader.place("a")
    await trader.place("b")
    trader.start("fill_after_cancel")
    trader.start("order_not_found")
    await trader.cancel("a")
    await trader.place("c")
    orders = (await trader.ask("GET", "orders/historical/batch"))["orders"]
    shown = [(order["client_order_id"], order["status"]) for order in orders]
    assert shown == [("b", "OPEN"), ("a", "CANCELLED")]
    assert trader.truth("a") == "CANCEL_QUEUED"


async def test_another_dialect_is_told_of_a_cancel_that_seems_done() -> None:
    """As of an order that ended; of the rest, as it happens."""
    trader = Trader()
    heard: list[tuple[str, str]] = []

    def hear(entry: Entry, order: Order) -> tuple[()]:
        heard.append((type(entry.change).__name__, order.status))
        return ()

    trader.user.also.append(hear)
    await trader.place("a")
    await trader.place("b")
    trader.start("fill_after_cancel", {"once": True}, part=0.5)
    await trader.cancel("a")
    trader.start("cancel_queued")
    await trader.cancel("b")
    trader.wait(2.0)
    assert heard == [
        ("Accepted", "OPEN"),
        ("Accepted", "OPEN"),
        ("Ended", "CANCELLED"),
        ("CancelQueued", "CANCEL_QUEUED"),
        ("Matched", "CANCELLED"),
        ("Ended", "CANCELLED"),
    ]
