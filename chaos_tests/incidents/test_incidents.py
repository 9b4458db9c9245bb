"""Six of Coinbase's outages, played to the real bot: what it must do in each, and that each was there."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from chaos_tests.brokerages.steps import window
from chaos_tests.incidents.playing import (
    QUIET,
    answered,
    asked,
    during,
    held,
    knocks,
    live_through,
    never_there,
    open_at,
)
from chaos_tests.orchestration.bot import orders_in
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.scenario, pytest.mark.slow]


def incident(name: str) -> pytest.MarkDecorator:
    """Play an incident of the library to a bot that trades on one product."""
    return pytest.mark.toxics(f"incidents/{name}", exchange=QUIET)


@incident("2020-04-29-reconnect-storm")
async def test_2020_04_29_it_is_no_part_of_the_storm(rig: Rig, tmp_path: Path) -> None:
    """While nobody opens it knocks at distances that grow and are never even, and it orders nothing."""
    await live_through(rig, tmp_path)
    assert never_there(rig) == set()
    for nth in (1, 2):
        out = window(rig, "http_error", nth)
        assert asked(rig, out, skip=rig.scaled(5)) == []
        for listener in ("market_ws", "user_ws"):
            tried = [event.at for event in during(knocks(rig, listener), out)]
            pauses = [later - former for former, later in itertools.pairwise(tried)]
            assert len(tried) >= 3
            assert len(tried) <= 3 + (out[1] - out[0]) / rig.scaled(1)
            assert max(pauses) > 1.5 * min(pauses)


@incident("2020-06-01-half-fails")
async def test_2020_06_01_half_an_outage_makes_no_order_twice(rig: Rig, tmp_path: Path) -> None:
    """Orders whose requests fail or hang are settled, not repeated; in the two minutes of nothing there is nothing."""
    await live_through(rig, tmp_path)
    hangs = rig.history.first("fault_on", name="late_answer")
    assert hangs is not None
    assert rig.history.select("fault_hit", handle=hangs["handle"])
    nothing = window(rig, "down")
    assert during(orders_in(rig), nothing) == []
    for listener in ("market_ws", "user_ws"):
        assert open_at(rig, listener, nothing[1]) == []


@incident("2024-02-28-zero-balances")
async def test_2024_02_28_zeros_are_not_believed(rig: Rig, tmp_path: Path) -> None:
    """Whatever it has traded before, it holds it still: it stays out until the balances are back."""
    metrics = await live_through(rig, tmp_path)
    assert never_there(rig) == set()
    lie = window(rig, "wrong_data")
    assert during(orders_in(rig), lie, skip=rig.scaled(15)) == []
    assert metrics.get_counter("position_disputes") >= 1
    assert Decimal("1.9") <= held(rig) <= Decimal("2.1")


@incident("2024-05-14-outage")
async def test_2024_05_14_nothing_is_traded_in_the_dark(rig: Rig, tmp_path: Path) -> None:
    """No order while everything is answered 503, and somebody goes on looking; then it reconciles, and trades."""
    metrics = await live_through(rig, tmp_path)
    assert never_there(rig) == set()
    dark = window(rig, "http_error")
    assert asked(rig, dark, skip=rig.scaled(5)) == []
    assert metrics.get_counter("positions_watched") >= 3
    assert {e["status"] for e in during(rig.history.select("answer"), dark)} == {503}
    first = next(e for e in orders_in(rig) if e.at > dark[1])
    read = answered(rig, (dark[1], first.at))
    assert {"accounts", "batch", "fills"} <= read


@incident("2025-11-18-edge-500")
async def test_2025_11_18_a_sound_feed_is_kept(rig: Rig, tmp_path: Path) -> None:
    """Nobody who is connected hangs up, and both feeds are heard all along; what is traded is traded once."""
    await live_through(rig, tmp_path)
    assert never_there(rig) <= {"refuse_upgrade"}  # at which nobody knocks who keeps what he has
    out = window(rig, "refuse_upgrade")
    for listener, channel in (("market_ws", "ticker"), ("user_ws", "heartbeats")):
        (feed,) = open_at(rig, listener, out[0])
        heard = during(rig.history.select("frame_sent", conn=feed), out)
        assert any(frame["channel"] == channel for frame in heard)
        closed = during(rig.history.select("closed", conn=feed), out)
        for event in closed:  # to who had no processor any feed looks dead
            assert rig.stolen(event.at - rig.scaled(10), event.at) > rig.scaled(3)
        if not closed:
            silent = out[1] - heard[-1].at - rig.stolen(heard[-1].at, out[1])
            assert silent < rig.scaled(5)


@incident("2026-05-07-stale")
async def test_2026_05_07_nothing_is_traded_on_old_prices(rig: Rig, tmp_path: Path) -> None:
    """No order while all is stale; the cancel-only hours are respected; fills that are told late are booked once."""
    await live_through(rig, tmp_path)
    told_late = {
        "http_error",
        "cancel_only",
        "reordered_updates",
    }  # who does not order does not meet them
    assert never_there(rig) <= told_late
    dark = window(rig, "data_silence")
    assert asked(rig, dark, skip=rig.scaled(15)) == []
    halted = window(rig, "cancel_only")
    assert during(orders_in(rig), halted) == []
    assert len(asked(rig, halted)) <= 3
