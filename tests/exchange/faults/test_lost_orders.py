"""Orders of which the client does not hear what is true: not found, refused by an error, duplicates of nothing."""

from __future__ import annotations

import pytest

from downtick.exchange.call import Delivery
from tests.exchange.faults.trader import Trader


async def test_an_accepted_order_is_not_found_for_a_while() -> None:
    """In no answer: not by its id, not in a list, not among the fills; each such answer is a hit."""
    trader = Trader()
    await trader.place("old")
    trader.fill("old")
    handle = trader.start("order_not_found", seconds=5.0)
    reply = await trader.place("new")
    assert (reply["success"], reply.fault) == (True, None)
    trader.fill("new")
    assert await trader.status("new") is None
    assert await trader.status("old") == "FILLED"
    assert await trader.listed() == ["old"]
    assert len(await trader.fills()) == 1
    assert await trader.listed("FILLED") == ["old"]
    assert trader.truth("new") == "FILLED 1"
    assert [request for (request,) in trader.struck("request")] == [3, 5, 6, 7]
    trader.wait(4.9)
    assert await trader.status("new") is None
    trader.wait(0.1)
    assert await trader.status("new") == "FILLED"
    assert await trader.listed() == ["new", "old"]
    trader.book.stop(handle)
    assert trader.over == [("order_not_found", 5)]


async def test_a_lookup_that_is_lied_to_carries_the_faults_handle() -> None:
    """And one that gets the same answer anyway carries none."""
    trader = Trader()
    handle = trader.start("order_not_found")
    await trader.place("a")
    where = f"orders/historical/{trader.order('a').order_id}"
    assert (await trader.ask("GET", where)).fault == handle
    assert (await trader.ask("GET", "products")).fault is None
    assert (await trader.ask("GET", "accounts")).fault is None


async def test_an_order_that_is_not_found_can_be_cancelled_and_is_told_of() -> None:
    """Only who looks it up is lied to."""
    trader = Trader()
    trader.start("order_not_found")
    await trader.place("a")
    assert await trader.cancel("a") == [None]
    assert trader.told == ["a OPEN", "a CANCELLED"]


async def test_the_second_order_is_not_found_and_the_fault_is_over_with_its_time() -> None:
    """A repeated request for the first order is no second order, and a refused one is none."""
    trader = Trader()
    trader.start("order_not_found", {"nth": 2}, seconds=5.0)
    await trader.place("a")
    await trader.place("a")
    assert not (await trader.place("x", size="1000000"))["success"]
    await trader.place("b")
    await trader.place("c")
    assert await trader.listed() == ["c", "a"]
    trader.wait(5.0)
    assert trader.over == [("order_not_found", 1)]
    assert await trader.listed() == ["c", "b", "a"]


@pytest.mark.parametrize(("filled", "truth"), [(True, "FILLED 1"), (False, "OPEN")])
async def test_an_error_is_answered_and_the_order_was_applied(filled: bool, truth: str) -> None:
    """Status and body are as asked; the ledger and the user's feed know the order."""
    trader = Trader()
    handle = trader.start(
        "error_although_applied", status=503, body="html", retry_after=3, filled=filled
    )
    reply = await trader.place("a")
    assert (reply.status, reply.data, reply.fault) == (503, None, handle)
    assert trader.truth("a") == truth
    assert trader.told == (["a OPEN", "a FILLED 1"] if filled else ["a OPEN"])
    assert trader.struck("request", "product", "order_id") == [
        (1, "BTC-USD", trader.order("a").order_id)
    ]
    (changes,) = {event["request"] for event in trader.events("ledger") if "order_id" in event.data}
    assert changes == 1


async def test_an_error_for_an_order_that_is_refused_anyway_is_none() -> None:
    """There is nothing to lie about, and the selector waits for the next."""
    trader = Trader()
    trader.start("error_although_applied", {"once": True})
    reply = await trader.place("a", size="1000000")
    assert (reply.status, reply["success"]) == (200, False)
    assert (await trader.place("b")).status == 500
    assert (await trader.place("c")).status == 200
    assert trader.over == [("error_although_applied", 1)]


async def test_a_repeated_order_is_struck_again_and_is_still_one_order() -> None:
    """Its id names the first one."""
    trader = Trader()
    trader.start("error_although_applied")
    assert [(await trader.place("a")).status for _ in range(3)] == [500, 500, 500]
    assert len(trader.struck()) == 3
    assert len(trader.venue.ledger.state.orders) == len(trader.venue.ledger.state.fills) == 1


async def test_a_share_of_the_orders_is_drawn_from_the_seed() -> None:
    """The same ones in every run."""

    async def struck() -> list[int]:
        trader = Trader()
        trader.start("error_although_applied", share=0.5)
        return [n for n in range(20) if (await trader.place(f"{n}", "0.1")).status == 500]

    first = await struck()
    assert first == await struck()
    assert 4 <= len(first) <= 16


async def test_orders_that_do_not_fit_take_no_part_in_the_draw() -> None:
    """The same ones are struck, whatever was ordered in between."""

    async def struck(*, between: bool) -> list[int]:
        trader, found = Trader(), []
        trader.start("error_although_applied", {"product": "BTC-USD"}, share=0.5)
        for number in range(12):
            if (await trader.place(f"{number}", "0.1")).status == 500:
                found.append(number)
            if between:
                assert (await trader.place(f"e{number}", "0.1", product="ETH-USD")).status == 200
        return found

    assert await struck(between=False) == await struck(between=True)


@pytest.mark.parametrize("how", ["close", "reset", "silence"])
async def test_an_order_is_filled_before_anybody_looks(how: str) -> None:
    """Its answer is lost; it is not among the open orders, but in the history and the fills."""
    trader = Trader()
    trader.start("vanishes_before_lookup", {"once": True}, how=how)
    reply = await trader.place("a")
    assert reply.delivery == Delivery(share=0, then=how)  # type: ignore[arg-type]
    assert await trader.listed("OPEN") == []
    assert await trader.listed() == ["a"]
    assert await trader.fills() == ["1"]
    assert trader.over == [("vanishes_before_lookup", 1)]
    assert (await trader.place("b")).delivery is None


async def test_an_order_that_fails_does_not_vanish() -> None:
    """Its refusal is answered."""
    trader = Trader()
    trader.start("vanishes_before_lookup")
    reply = await trader.place("a", size="1000000")
    assert (reply["success"], reply.delivery) == (False, None)
    assert not trader.struck()


async def test_an_id_is_a_duplicate_of_an_order_that_is_nowhere() -> None:
    """An error first, then the same rejection each time; the ledger has heard of nothing."""
    trader = Trader()
    before = len(trader.venue.ledger.entries)
    handle = trader.start("duplicate_but_absent", {"times": 1})
    reply = await trader.place("a")
    assert (reply.status, reply.fault) == (500, handle)
    for _ in range(2):
        reply = await trader.place("a")
        assert (reply.status, reply["success"]) == (200, False)
        assert reply["error_response"]["error"] == "DUPLICATE_CLIENT_ORDER_ID"
    assert await trader.listed() == []
    assert trader.truth("a") is None
    assert len(trader.venue.ledger.entries) == before
    assert (await trader.place("b"))["success"]
    assert trader.struck("request", "client_order_id") == [(1, "a"), (2, "a"), (3, "a")]
    trader.book.stop_all()
    assert (await trader.place("a"))["success"]
    assert trader.over == [("duplicate_but_absent", 3)]


async def test_an_absent_order_can_appear_late() -> None:
    """It is placed once, as the doing of its first request, and its id then names it."""
    trader = Trader()
    trader.start("duplicate_but_absent", appears=5.0)
    await trader.place("a")
    await trader.place("a")
    trader.wait(4.9)
    assert trader.truth("a") is None
    trader.wait(0.1)
    assert trader.truth("a") == "OPEN"
    assert (await trader.place("a"))["order_id"] == trader.order("a").order_id
    accepted = [event for event in trader.events("ledger") if event["change"] == "accepted"]
    assert [event["request"] for event in accepted] == [1]
    trader.book.stop_all()
    assert len(trader.venue.ledger.state.orders) == 1
    assert trader.over == [("duplicate_but_absent", 2)]


async def test_an_order_that_was_to_appear_appears_with_the_end_of_the_fault() -> None:
    """And not a second time at its own instant."""
    trader = Trader()
    trader.start("duplicate_but_absent", appears=5.0)
    await trader.place("a")
    trader.book.stop_all()
    assert trader.truth("a") == "OPEN"
    await trader.cancel("a")
    trader.wait(10.0)
    assert trader.truth("a") == "CANCELLED"


async def test_an_id_that_names_an_order_already_is_no_lie() -> None:
    """The order of that name is returned, as documented."""
    trader = Trader()
    await trader.place("a")
    trader.start("duplicate_but_absent")
    assert (await trader.place("a"))["order_id"] == trader.order("a").order_id
    assert not trader.struck()


async def test_orders_of_an_outage_are_placed_when_it_is_over() -> None:
    """In the order in which they came, each once however often it was asked for, as the doing of its request."""
    trader = Trader()
    handle = trader.start("buffered_orders", status=503)
    replies = [await trader.place(name) for name in ("a", "b", "a")]
    assert [(reply.status, reply.fault) for reply in replies] == [(503, handle)] * 3
    assert await trader.listed() == []
    assert trader.told == []
    trader.book.stop(handle)
    assert trader.told == ["a OPEN", "b OPEN"]
    accepted = [event for event in trader.events("ledger") if event["change"] == "accepted"]
    assert [event["request"] for event in accepted] == [1, 2]
    assert trader.struck("request", "client_order_id") == [(1, "a"), (2, "b"), (3, "a")]
    assert trader.over == [("buffered_orders", 3)]


async def test_a_buffered_order_meets_the_market_of_the_end() -> None:
    """It is checked then, and fills then if it can: a sum of orders that no balance covers is not placed whole."""
    trader = Trader()
    trader.start("buffered_orders", {"times": 2})
    price = str(trader.venue.book("BTC-USD").best_ask.price + 10)  # type: ignore[union-attr]
    await trader.place("a", size="1", price=price)
    await trader.place("b", size="1", price=price)
    assert (await trader.place("c", size="0.001"))["success"]
    trader.book.stop_all()
    assert trader.truth("a") == "FILLED 1"
    assert trader.truth("b") is None
