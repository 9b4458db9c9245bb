"""When the broker fails, by every way in which it can: no orders, positions watched, and a way back by reconciling.

What is judged stands in the exchange's journal: which requests came, and what the ledger took.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot_v2.orchestration.perps_bot import PerpsBot
from chaos_tests.brokerages.steps import passed
from chaos_tests.brokerages.trading import everything_told, hits
from chaos_tests.orchestration.bot import (
    BTC,
    HOLDING,
    PATIENT,
    WITHIN_LIMIT,
    builder,
    buy,
    filled,
    holds,
    looked,
    mode_is,
    orders_in,
    placements,
    refused_by_exchange,
    refused_for,
    running,
)
from chaos_tests.orchestration.process import BotProcess, bot_process
from chaos_tests.scenarios import books
from downtick.history import Event
from downtick.rig import Rig

pytestmark = [
    pytest.mark.integration,
    pytest.mark.orchestration,
    pytest.mark.toxics(exchange=HOLDING),
]

WATCHING = ("accounts", "batch", "fills")
"""Ends of the routes by which positions, orders and fills are watched."""

OUTAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "503 in JSON": ("http_error", {"status": 503, "body": "json"}),
    "503 in HTML": ("http_error", {"status": 503, "body": "html"}),
    "hang": ("late_answer", {"delay": 60.0}),
    "half a body": ("half_answer", {}),
    "slow": ("late_answer", {"delay": 4.0}),
    "401 without a cause": ("auth_failure", {"how": "text"}),
}


async def begin(rig: Rig, name: str) -> int:
    """Begin an outage."""
    fault, attributes = OUTAGES[name]
    if "delay" in attributes:
        attributes = {**attributes, "delay": rig.scaled(attributes["delay"])}
    return await rig.exchange_fault(fault, **attributes)


def watched(rig: Rig, after: float) -> list[Event]:
    """Return the requests after an instant by which somebody looks at what is held."""
    return [
        event
        for event in rig.history.select("request", method="GET")
        if event.at > after and event["path"].rpartition("/")[2] in WATCHING
    ]


@pytest.mark.slow
@pytest.mark.toxics(exchange=HOLDING, expect=["keeps_watching", "reconciles_before_trading"])
@pytest.mark.parametrize("outage", OUTAGES)
async def test_broker_outage_enters_degraded_mode(
    rig: Rig, test_perps_bot: PerpsBot, outage: str
) -> None:
    """No new orders, positions watched, and normal again when the broker is."""
    bot, orchestrator = test_perps_bot, test_perps_bot.orchestrator
    assert (await buy(bot, "0.05", limit_price="20000")).status == "accepted"  # to be watched
    handle = await begin(rig, outage)
    health = await orchestrator.check_broker_health()
    assert health.status == "degraded"
    assert orchestrator.mode == "monitor_only"

    out = rig.now()
    refused_for(await buy(bot, "0.1"), "broker_unavailable")
    await holds(rig, lambda: len(watched(rig, out)) >= 6, within=60, name="positions watched")
    refused_for(await buy(bot, "0.1"), "broker_unavailable")
    await everything_told(rig)
    assert len(placements(rig)) == 1

    await rig.end_exchange_fault(handle)
    healed = rig.now()
    await mode_is(rig, bot, "normal", within=200)
    assert (await buy(bot, "0.1")).status == "filled"
    passed(await rig.verdict())
    _, order = orders_in(rig)
    before = [event for event in watched(rig, healed) if event.at < order.at]
    assert {event["path"].rpartition("/")[2] for event in before} >= set(WATCHING)


@pytest.mark.toxics(exchange=HOLDING, expect=["reconciles_before_trading"])
@pytest.mark.parametrize("fault", ["down", "freeze"])
async def test_an_outage_of_the_link_is_noticed_without_being_asked(
    rig: Rig, test_perps_bot: PerpsBot, fault: str
) -> None:
    """Refused, or silent: the bot stops by itself, and goes on by itself."""
    bot = test_perps_bot
    await rig.inject("rest", fault)
    await mode_is(rig, bot, "monitor_only", within=30)
    refused_for(await buy(bot, "0.1"), "broker_unavailable")
    await rig.heal("rest")
    await mode_is(rig, bot, "normal", within=200)
    assert (await buy(bot, "0.1")).status == "filled"
    passed(await rig.verdict(accept_unwitnessed=True))  # few bytes prove no freeze
    assert len(orders_in(rig)) == 1


async def test_errors_now_and_then_are_an_outage_too(rig: Rig) -> None:
    """One request in twenty fails, and each succeeds when repeated: nobody would notice who does not count."""
    async with running(rig, builder(rig).with_settings(PATIENT)) as bot:
        handle = await rig.exchange_fault("http_error", status=500, body="json", share=0.05)
        await mode_is(rig, bot, "monitor_only", within=200)
        assert "requests failed" in bot.orchestrator.reason
        await hits(rig, handle)
        await rig.end_exchange_fault(handle)
        await mode_is(rig, bot, "normal", within=200)


async def test_probes_come_less_and_less_often(rig: Rig, test_perps_bot: PerpsBot) -> None:
    """A broker that is out is not hammered: the pauses grow to their longest."""
    bot = test_perps_bot
    handle = await rig.exchange_fault("http_error", status=503, body="json")
    probes: list[float] = []

    def seven() -> bool:
        if bot.metrics.get_counter("positions_watched") > len(probes):
            probes.append(rig.now())
        return len(probes) == 7

    await holds(rig, seven, within=200, name="seven probes")
    await hits(rig, handle)
    pauses = [(later - former) / rig.time_scale for former, later in itertools.pairwise(probes)]
    assert pauses[-1] > 7
    assert len(watched(rig, probes[-2])) < 40


@pytest.mark.scenario
@pytest.mark.toxics(
    exchange=HOLDING,
    expect=[
        WITHIN_LIMIT,
        "keeps_watching",
        "exactly_once_orders",
        {"settles_unknown_orders": {"within": "200s"}},
        "reconciles_before_trading",
        "books_match_ledger",
    ],
)
async def test_recovery_workflow_restores_state_after_outage(rig: Rig) -> None:
    """One order rests through the outage, another's answer is lost in it: both are in the books before trading goes on."""
    async with running(rig, builder(rig).with_settings(PATIENT)) as bot:
        assert (await buy(bot, "0.05", limit_price="20000")).status == "accepted"
        lost = await rig.exchange_fault(
            "lost_answer", selectors={"route": "POST /orders"}, how="close"
        )
        asking = asyncio.create_task(buy(bot, "0.05"))
        await rig.until("fault_hit", within=30, handle=lost)
        down = await rig.exchange_fault("http_error", status=503, body="html")
        assert (await asking).status == "unknown"
        await mode_is(rig, bot, "monitor_only", within=60)
        await rig.end_exchange_fault(lost)
        await rig.end_exchange_fault(down)
        await mode_is(rig, bot, "normal", within=200)
        holding = await bot.orchestrator.holding(BTC)
        assert (holding.position, holding.buys) == (Decimal("0.85"), Decimal("0.05"))
        refused_for(await buy(bot, "0.15"), "position_limit")
        assert (await buy(bot, "0.1")).status == "filled"
        await looked(rig)
        passed(await rig.verdict())
    assert len(orders_in(rig)) == 3


@pytest.mark.toxics(exchange=HOLDING, expect=[{"believes_no_lies": {"max_position": 0.2}}])
async def test_zero_balances_are_no_flat_book(rig: Rig, test_perps_bot: PerpsBot) -> None:
    """Status 200 and nothing on any account: the bot stays out, keeps its belief, and goes on when it is told the truth."""
    bot = test_perps_bot
    handle = await rig.exchange_fault("wrong_data", what="zero_balances")
    await mode_is(rig, bot, "monitor_only", within=30)
    assert "BTC-USD is believed to be 0.8, the broker tells 0" in bot.orchestrator.reason
    refused_for(await buy(bot, "0.5"), "broker_unavailable")
    assert (await bot.orchestrator.holding(BTC)).position == Decimal("0.8")
    await rig.end_exchange_fault(handle)
    await mode_is(rig, bot, "normal", within=120)
    refused_for(await buy(bot, "0.5"), "position_limit")
    await filled(rig, lambda: buy(bot, "0.1"))
    passed(await rig.verdict())
    assert len(orders_in(rig)) == 1


async def test_cancel_only_is_respected(rig: Rig, test_perps_bot: PerpsBot) -> None:
    """One order is refused; then none is tried for a while, cancels go on, and trading returns."""
    bot = test_perps_bot
    resting = await buy(bot, "0.05", limit_price="20000")
    handle = await rig.exchange_fault("cancel_only")
    await refused_by_exchange(rig, lambda: buy(bot, "0.1"), "ORDER_ENTRY_DISABLED")
    for _ in range(10):
        refused_for(await buy(bot, "0.1"), "order_entry_disabled")
    await everything_told(rig)
    assert len(placements(rig)) == 2
    await rig.until("ledger", within=90, change="ended", order_id=resting.order_id)
    await rig.end_exchange_fault(handle)
    async with rig.deadline(60, "trading returns"):
        while (result := await buy(bot, "0.1")).status == "rejected":  # noqa: ASYNC110 - a caller
            await asyncio.sleep(rig.scaled(1))
    assert result.status == "filled"
    assert bot.orchestrator.mode == "normal"


@pytest.mark.toxics(
    exchange=HOLDING,
    expect=[
        "exactly_once_orders",
        {"settles_unknown_orders": {"within": "200s"}},
        "reconciles_before_trading",
    ],
)
async def test_killed_in_the_middle_of_it_and_started_again(rig: Rig, tmp_path: Path) -> None:
    """With orders whose answers were lost, and while the broker is still away: it reconciles before it orders anew."""
    async with bot_process(rig, tmp_path) as bot:
        await ordered(rig, bot, 2)
        lost = await rig.exchange_fault(
            "lost_answer", selectors={"route": "POST /orders"}, how="close"
        )
        await rig.until("fault_hit", within=60, handle=lost)
        away = await rig.exchange_fault("http_error", status=503, body="json")
        await bot.until(rig, lambda: bot.said("-> monitor_only"), within=60, name="it stops")
        code, _ = await bot.end(signal.SIGKILL)
    assert code == -signal.SIGKILL
    await hits(rig, away)
    killed, before = rig.now(), len(orders_in(rig))
    assert books.of_bot(tmp_path / "bot.sqlite", BTC).open
    async with bot_process(rig, tmp_path) as bot:
        await bot.until(rig, lambda: bot.said("recovery: "), within=60, name="it asks in vain")
        for handle in (lost, away):
            await rig.end_exchange_fault(handle)
        healed = rig.now()
        await ordered(rig, bot, 2)
        passed(await rig.verdict())
        code, _ = await bot.end()
    assert code == 0
    await everything_told(rig)
    first = orders_in(rig)[before]
    assert first.at > healed
    read = {event["id"] for event in rig.history.select("answer", after=healed, status=200)}
    seen = [e for e in watched(rig, healed) if e.at < first.at and e["id"] in read]
    assert {event["path"].rpartition("/")[2] for event in seen} >= set(WATCHING)
    assert not [event for event in placements(rig) if killed < event.at < healed]
    assert books.of_bot(tmp_path / "bot.sqlite", BTC).filled == books.of_ledger(rig, BTC).filled


async def ordered(rig: Rig, bot: BotProcess, orders: int) -> None:
    """Wait until the bot has placed some orders more."""
    target = len(orders_in(rig)) + orders
    await bot.until(rig, lambda: len(orders_in(rig)) >= target, within=120, name="it trades")
