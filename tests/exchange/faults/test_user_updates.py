"""What the user's feed tells, and does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.faults.trader import Trader


async def live(trader: Trader) -> None:
    """Place an order, fill it in three parts, and cancel another one."""
    await trader.place("a")
    await trader.place("b")
    for size in ("0.2", "0.3", "0.5"):
        trader.fill("a", size)
    await trader.cancel("b")


TOLD = ["a OPEN", "b OPEN", "a OPEN 0.2", "a OPEN 0.5", "a FILLED 1", "b CANCELLED"]


@pytest.mark.parametrize(
    ("fault", "attributes", "told", "hits"),
    [
        ("dropped_updates", {}, [], 6),
        ("duplicated_updates", {}, [one for one in TOLD for _ in range(2)], 6),
        ("status_never_sent", {}, [one for one in TOLD if "FILLED" not in one], 1),
        ("status_never_sent", {"status": "OPEN"}, ["a FILLED 1", "b CANCELLED"], 4),
        ("status_never_sent", {"status": "EXPIRED"}, TOLD, 0),
        ("reordered_updates", {}, [TOLD[n] for n in (1, 0, 3, 2, 5, 4)], 3),
        ("delayed_fills", {"delay": 5.0}, ["a OPEN", "b OPEN", "b CANCELLED"], 3),
    ],
)
async def test_updates_are_told_as_the_fault_has_it(
    fault: str, attributes: dict[str, Any], told: list[str], hits: int
) -> None:
    """Each update that it was about is a hit; the ledger is what it is."""
    trader = Trader()
    handle = trader.start(fault, **attributes)
    await live(trader)
    assert trader.told == told
    assert len(trader.struck()) == hits
    assert (trader.truth("a"), trader.truth("b")) == ("FILLED 1", "CANCELLED")
    trader.book.stop(handle)
    assert trader.over == [(fault, hits)]


async def test_without_a_fault_everything_is_told_in_order() -> None:
    """Once each."""
    trader = Trader()
    await live(trader)
    assert trader.told == TOLD


async def test_delayed_fills_come_in_their_order_when_they_are_due() -> None:
    """Also if the fault has ended meanwhile; a hit names the entry that was told late."""
    trader = Trader()
    handle = trader.start("delayed_fills", delay=5.0)
    await live(trader)
    trader.book.stop(handle)
    trader.wait(4.9)
    assert trader.told == ["a OPEN", "b OPEN", "b CANCELLED"]
    trader.wait(0.1)
    assert trader.told[3:] == ["a OPEN 0.2", "a OPEN 0.5", "a FILLED 1"]
    matched = [event["entry"] for event in trader.events("ledger") if event["change"] == "matched"]
    assert [entry for (entry,) in trader.struck("entry")] == matched


async def test_reordered_updates_come_after_the_next() -> None:
    """The one that is selected changes places with it."""
    trader = Trader()
    trader.start("reordered_updates", {"nth": 3})
    await live(trader)
    assert trader.told == [*TOLD[:2], TOLD[3], TOLD[2], *TOLD[4:]]
    assert trader.over == [("reordered_updates", 1)]


async def test_an_update_without_a_next_is_told_when_the_fault_ends() -> None:
    """Nothing is lost by it."""
    trader = Trader()
    handle = trader.start("reordered_updates", {"product": "BTC-USD", "nth": 6, "times": 2})
    await live(trader)
    assert trader.told == TOLD[:-1]
    trader.book.stop(handle)
    assert trader.told == TOLD


async def test_a_spent_fault_waits_for_the_next_of_its_last_update() -> None:
    """With that it is over; or it is ended, and the update let out."""
    trader = Trader()
    trader.start("reordered_updates", {"once": True})
    await trader.place("a")
    assert (trader.told, trader.over) == ([], [])
    await trader.place("b")
    assert trader.told == ["b OPEN", "a OPEN"]
    assert trader.over == [("reordered_updates", 1)]
    handle = trader.start("reordered_updates", {"once": True})
    await trader.place("c")
    trader.book.stop(handle)
    assert trader.told[2:] == ["c OPEN"]


async def test_updates_of_one_product_are_dropped() -> None:
    """The second of them only."""
    trader = Trader()
    trader.start("dropped_updates", {"product": "ETH-USD", "nth": 2})
    await trader.place("a")
    await trader.place("e", product="ETH-USD")
    await trader.cancel("e", "a")
    assert trader.told == ["a OPEN", "e OPEN", "a CANCELLED"]
    assert trader.struck("product", "status") == [("ETH-USD", "CANCELLED")]
    assert trader.over == [("dropped_updates", 1)]
