"""Recoveries from what an exchange tells wrongly about positions and fills."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.bot_v2.state.orders import D, request
from tests.bot_v2.state.recovery.case import SETTINGS, Case


async def test_zero_balances_are_not_believed(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """However often they are told (Coinbase, 2024-02-28); trading stays off, and the log has the figures."""
    case.exchange.lie = {"BTC-USD": D(0)}
    case.world.at(3000, lambda: setattr(case.exchange, "lie", None))
    with caplog.at_level(logging.ERROR):
        first = await case.recovery.run()
    assert not first.may_resume
    assert first.reason == "BTC-USD is believed to be 1, the broker tells 0"
    assert "not believed, and asked again: BTC-USD is believed to be 1" in caplog.text
    assert case.exchange.asked.count("positions") > 10
    await case.until_clear(within=3500, pause=300)
    assert case.world.now >= 3000
    assert await case.held() == 1


async def test_nothing_is_placed_again_while_the_balances_lie(case: Case) -> None:
    """An absent order that would be wanted waits: it would be traded on a position that nobody knows."""
    await case.intend()
    case.exchange.lie = {"BTC-USD": D(0)}
    case.world.at(25, lambda: setattr(case.exchange, "lie", None))
    recovery = case.workflow(resend=True, run_for=24.0)
    assert not (await recovery.run()).may_resume
    assert case.exchange.sent == []
    assert (await recovery.run()).may_resume
    assert case.exchange.sent == ["a"]


async def test_a_product_that_is_missing_is_a_lie_too(case: Case) -> None:
    """An empty answer is no flat book."""
    case.exchange.lie = {}
    assert not (await case.recovery.run()).may_resume
    assert await case.held() == 1


async def test_empty_fills_take_nothing_back(case: Case) -> None:
    """Orders and position stand against them."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.late.add(case.exchange.match("a"))
    await case.until_clear(within=10)
    case.world.advance(500)
    await case.until_clear(within=510)
    assert await case.held() == 2


async def test_a_fill_between_two_answers_is_no_dispute(case: Case) -> None:
    """What was told of the position is held against the orders of before and after."""
    await case.intend()
    case.exchange.place(request())
    assert (await case.recovery.run()).may_resume
    told = case.exchange.get_positions

    async def filled_meanwhile() -> Any:
        if case.exchange.orders["a"].status == "open":
            case.exchange.match("a")
        return await told()

    case.exchange.get_positions = filled_meanwhile  # type: ignore[method-assign]
    assert (await case.recovery.run()).rounds == 1
    assert await case.held() in {1, 2}


async def test_a_position_from_before_a_fill_is_no_dispute(case: Case) -> None:
    """Another product is in dispute, and while that is looked at again, this one is filled."""
    await case.intend()
    case.exchange.place(request())
    told = case.exchange.get_positions

    async def filled_afterwards() -> Any:
        positions = await told()
        if case.exchange.orders["a"].status == "open":
            case.exchange.match("a")
        return {**positions, "ETH-USD": D(9)}

    await case.store.set_position("ETH-USD", D(5))
    case.exchange.get_positions = filled_afterwards  # type: ignore[method-assign]
    found = await case.recovery.round()
    assert [each.symbol for each in found.disputes] == ["ETH-USD"]


async def test_a_fill_after_the_cancel_is_booked_once(case: Case) -> None:
    """Also if it comes in the midst of the recovery (nautilus_trader pull request 4991)."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.cancel("a")
    case.exchange.hidden.add("a")
    case.world.at(4, case.exchange.hidden.clear)
    case.world.at(6, lambda: case.exchange.match("a", "0.5"))
    await case.recovery.run()
    case.world.advance(10)
    for _ in range(3):
        assert (await case.recovery.run()).may_resume
    assert await case.held() == D("1.5")
    assert (await case.intent()).state == "over"


async def test_a_stale_replica_takes_nothing_back(case: Case) -> None:
    """All its answers fit together, and are a minute old."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.freeze()
    case.exchange.match("a")
    await case.store.update(case.exchange.orders["a"])
    await case.store.record_fills([*case.exchange.matches.values()])
    case.world.at(60, case.exchange.thaw)
    report = await case.until_clear(within=100)
    assert case.world.now >= 60
    assert report.may_resume
    assert await case.held() == 2
    assert case.metrics.get_counter("fills_unbooked") == 0


async def test_a_voided_fill_is_unbooked_in_the_end(case: Case) -> None:
    """When position, order and fills have told the same story for long enough (nautilus_trader pull request 4491)."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.match("a", "0.4")
    gone = case.exchange.match("a", "0.6")
    assert (await case.recovery.run()).may_resume
    assert await case.held() == 2
    case.exchange.void(gone)
    await case.until_clear(within=200)
    assert case.world.now >= SETTINGS.void_for
    assert await case.held() == D("1.4")
    assert (await case.intent()).filled == D("0.4")


async def test_what_is_explained_only_in_part_is_not_believed(case: Case) -> None:
    """A fill was voided, and more than that is missing."""
    await case.intend()
    case.exchange.place(request())
    gone = case.exchange.match("a")
    assert (await case.recovery.run()).may_resume
    case.exchange.void(gone)
    case.exchange.base["BTC-USD"] = D("0.5")
    for _ in range(4):
        assert not (await case.recovery.run()).may_resume
        case.world.advance(50)
    assert await case.held() == 2


async def test_after_a_rollback_the_books_are_the_exchanges(case: Case) -> None:
    """The order and its fills have never been (Paradex, 2026-01-19)."""
    await case.intend(side="sell")
    case.exchange.place(request(side="sell"))
    case.exchange.match("a", "0.5")
    assert (await case.recovery.run()).may_resume
    assert await case.held() == D("0.5")
    case.exchange.orders.clear()
    case.exchange.matches.clear()
    await case.until_clear(within=200)
    assert await case.held() == 1
