"""The risk limits, with a position that really stands in the exchange's ledger: 0.8 of at most 1.0 BTC.

What counts is the ledger: whatever the bot believes, the position could never have come above the limit there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot_v2.features.live_trade.risk import OrderResult
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from bot_v2.state.store import StateStore
from chaos_tests.brokerages.steps import passed
from chaos_tests.brokerages.trading import everything_told, hits
from chaos_tests.orchestration.bot import (
    BTC,
    HOLDING,
    LIMIT,
    PATIENT,
    WITHIN_LIMIT,
    builder,
    buy,
    filled,
    heal,
    holds,
    mode_is,
    orders_in,
    placements,
    refused_for,
    running,
    told_of,
    worst_case,
)
from downtick.rig import Rig

pytestmark = [
    pytest.mark.integration,
    pytest.mark.orchestration,
    pytest.mark.toxics(exchange=HOLDING),
]

PLACING: dict[str, Any] = {"route": "POST /orders"}
ON_FRESH_PRICES = {"no_order_on_stale_price": {"max_age": "5s"}}


@pytest.fixture
async def test_perps_bot(rig: Rig) -> AsyncIterator[PerpsBot]:
    """Return a bot that trades; here it is limits that are tried, and not its patience with a slow broker."""
    async with running(rig, builder(rig).with_settings(PATIENT)) as bot:
        yield bot


async def test_position_limit_guardrail_rejects_oversized_order(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """As the plan has it: half a bitcoin more is refused, counted, logged with its figures, and never sent."""
    with told_of(rig):
        bot = (
            PerpsBotBuilder()
            .with_profile("test")
            .with_time_scale(rig.time_scale)
            .with_risk_limits(max_position_btc=1.0)
            .with_settings(PATIENT)
            .build()
        )
    await bot.start()
    await mode_is(rig, bot, "normal", within=100)
    result = await bot.execute_order(symbol="BTC-USD", side="buy", quantity=0.5)
    await bot.shutdown()

    assert result.status == "rejected"
    assert result.rejection_reason is not None
    assert "position_limit" in result.rejection_reason
    assert bot.metrics.get_counter("orders_rejected_guardrails") == 1
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    (error,) = [record for record in errors if record.name.startswith("bot_v2.orchestration")]
    for figure in ("buy 0.5 BTC-USD", "to 1.3", "limit of 1.0", "position 0.8", "at most 0.2"):
        assert figure in error.getMessage()
    await everything_told(rig)
    assert placements(rig) == []
    assert orders_in(rig) == []


async def test_order_policy_composition_layers_risk_gates(
    rig: Rig, test_perps_bot: PerpsBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Liquidity, then the risk gates, then execution; the first refusal wins, and nothing after it is asked."""
    bot, policy = test_perps_bot, test_perps_bot.orchestrator.policy
    asked: list[str] = []
    for layer in (policy.liquidity, policy.gates):
        whole = layer.check

        def check(*args: Any, whole: Any = whole, name: str = type(layer).__name__) -> Any:
            asked.append(name)
            return whole(*args)

        monkeypatch.setattr(layer, "check", check)

    refused_for(await buy(bot, "0.5", limit_price="900000"), "price_collar")
    assert asked == ["LiquidityService"]
    refused_for(await buy(bot, "0.5"), "position_limit")
    assert asked == ["LiquidityService", "LiquidityService", "RiskGateValidator"]
    await everything_told(rig)
    assert placements(rig) == []

    assert (await buy(bot, "0.1")).status == "filled"
    assert asked[-2:] == ["LiquidityService", "RiskGateValidator"]
    await everything_told(rig)
    (accepted,) = orders_in(rig)
    quotes = [e.at for e in rig.history.select("request") if e["path"].endswith("/product_book")]
    assert min(quotes) < accepted.at


async def test_the_other_limits_are_enforced_on_the_way_to_the_exchange(rig: Rig) -> None:
    """Size of an order, exposure: each names itself and its figures, is counted, and lets pass what makes it less."""
    limited = builder(rig).with_risk_limits(
        max_position_btc=10, max_order_size={BTC: "0.1"}, max_exposure=1000
    )
    async with running(rig, limited.with_settings(PATIENT)) as bot:
        for quantity, reason, figure in (
            ("0.2", "order_size_limit", "above the limit of 0.1 an order"),
            ("0.1", "exposure_limit", "above the limit of 1000"),
        ):
            result = await buy(bot, quantity)
            refused_for(result, reason)
            refused_for(result, figure)
        assert bot.metrics.get_counter("orders_rejected_guardrails") == 2
        await everything_told(rig)
        assert placements(rig) == []
        await filled(rig, lambda: bot.execute_order(symbol=BTC, side="sell", quantity="0.1"))


@pytest.mark.toxics(exchange=HOLDING, expect=[WITHIN_LIMIT])
async def test_twenty_orders_at_once_do_not_slip_past_the_limit(
    rig: Rig, test_perps_bot: PerpsBot
) -> None:
    """Though the exchange takes its time, and none of them has its answer when the next is judged."""
    handle = await rig.exchange_fault("late_answer", selectors=PLACING, delay=rig.scaled(3))
    results = await asyncio.gather(*(buy(test_perps_bot, "0.03") for _ in range(20)))
    await heal(rig, handle)
    passed(await rig.verdict())
    assert [result.status for result in results].count("filled") == 6
    for result in results:
        if result.status != "filled":
            refused_for(result, "position_limit")
    assert len(placements(rig)) == len(orders_in(rig)) == 6


async def test_orders_that_only_rest_take_room_too(rig: Rig, test_perps_bot: PerpsBot) -> None:
    """They may be filled at any time."""
    resting = await buy(test_perps_bot, "0.15", limit_price="20000")
    assert resting.status == "accepted"
    refused_for(await buy(test_perps_bot, "0.1"), "position_limit")
    assert (await buy(test_perps_bot, "0.05")).status == "filled"
    assert await worst_case(rig) == LIMIT


async def lose_an_answer(rig: Rig, bot: PerpsBot, quantity: str) -> OrderResult:
    """Place an order whose answer is lost, and which cannot be found for a while."""
    hidden = await rig.exchange_fault("order_not_found", seconds=rig.scaled(60))
    lost = await rig.exchange_fault("lost_answer", selectors=PLACING, how="close")
    result = await buy(bot, quantity)
    await hits(rig, lost)
    await hits(rig, hidden)
    for handle in (lost, hidden):
        await rig.end_exchange_fault(handle)
    return result


@pytest.mark.toxics(
    exchange=HOLDING,
    expect=[
        WITHIN_LIMIT,
        "exactly_once_orders",
        {"settles_unknown_orders": {"within": "90s"}},
    ],
)
async def test_an_order_whose_answer_was_lost_counts(rig: Rig, test_perps_bot: PerpsBot) -> None:
    """It is in the ledger, though nobody said so; it is not placed twice, and settled in the end."""
    bot = test_perps_bot
    result = await lose_an_answer(rig, bot, "0.15")
    assert result.status == "unknown"
    refused_for(await buy(bot, "0.15"), "position_limit")
    await holds(
        rig, lambda: bot.metrics.get_counter("orders_settled"), within=90, name="it is settled"
    )
    refused_for(await buy(bot, "0.1"), "position_limit")
    assert (await buy(bot, "0.05")).status == "filled"
    passed(await rig.verdict())
    assert len(orders_in(rig)) == 2


@pytest.mark.toxics(exchange=HOLDING, expect=[WITHIN_LIMIT])
async def test_the_limit_holds_while_fills_are_told_late(
    rig: Rig, test_perps_bot: PerpsBot
) -> None:
    """Accounts and orders are answered as they were ten seconds ago: what was asked for counts all the same."""
    handle = await rig.exchange_fault("stale_replica", behind=rig.scaled(10))
    results = [await buy(test_perps_bot, "0.05") for _ in range(8)]
    await heal(rig, handle)
    passed(await rig.verdict())
    assert results[0].status != "rejected"


@pytest.mark.toxics(exchange=HOLDING, expect=[WITHIN_LIMIT])
@pytest.mark.parametrize("fault", ["delayed_fills", "dropped_updates", "status_never_sent"])
async def test_the_limit_holds_whatever_the_user_feed_keeps_back(
    rig: Rig, test_perps_bot: PerpsBot, fault: str
) -> None:
    """It is news of orders, not the truth about them: what was asked for counts from when it was meant."""
    attributes: dict[str, Any] = {"delay": rig.scaled(30)} if fault == "delayed_fills" else {}
    handle = await rig.exchange_fault(fault, **attributes)
    results = [await buy(test_perps_bot, "0.05") for _ in range(8)]
    await heal(rig, handle, link="user_ws")
    passed(await rig.verdict())
    for result in results:
        if result.status == "rejected":
            refused_for(result, "position_limit")
    assert len(orders_in(rig)) == 4


@pytest.mark.toxics(exchange=HOLDING, expect=[WITHIN_LIMIT, "exactly_once_orders"])
async def test_the_limit_holds_across_a_restart(rig: Rig, tmp_path: Path) -> None:
    """What was bought, what rests and what is unknown are known to the bot's next life."""
    store = tmp_path / "bot.sqlite"
    async with running(
        rig, builder(rig).with_settings(PATIENT).with_store(StateStore.open(store))
    ) as bot:
        assert (await buy(bot, "0.05")).status == "filled"
        assert (await buy(bot, "0.05", limit_price="20000")).status == "accepted"
        assert (await lose_an_answer(rig, bot, "0.05")).status == "unknown"
        await rig.inject("rest", "down")  # so that nothing is cancelled at its end
    assert bot.metrics.get_gauge("orders_left_open") == 2
    await rig.heal("rest")
    async with running(
        rig, builder(rig).with_settings(PATIENT).with_store(StateStore.open(store))
    ) as bot:
        refused_for(await buy(bot, "0.1"), "position_limit")
        assert (await buy(bot, "0.05")).status == "filled"
        passed(await rig.verdict())
    assert len(orders_in(rig)) == 4


@pytest.mark.toxics(exchange=HOLDING, expect=[ON_FRESH_PRICES])
async def test_the_limit_holds_while_the_feed_is_frozen(rig: Rig, test_perps_bot: PerpsBot) -> None:
    """Prices come over REST then; the position is not forgotten over it."""
    bot = test_perps_bot
    await rig.inject("market_ws", "freeze")
    assert bot.market_data is not None
    service = bot.market_data
    await holds(rig, lambda: service.mode_of(BTC) == "rest_polling", within=60, name="fallback")
    refused_for(await buy(bot, "0.5"), "position_limit")
    assert (await buy(bot, "0.1")).status == "filled"
    await rig.heal("market_ws")
    await holds(rig, lambda: service.mode_of(BTC) == "streaming", within=60, name="the feed again")
    passed(await rig.verdict())
    assert await worst_case(rig) == Decimal("0.9")


@pytest.mark.toxics(exchange=HOLDING, expect=[ON_FRESH_PRICES])
async def test_no_order_on_a_price_that_nobody_renews(rig: Rig, test_perps_bot: PerpsBot) -> None:
    """The stream is frozen, and REST tells no price: there is none to trade on, until there is."""
    bot = test_perps_bot
    await rig.inject("market_ws", "freeze")
    handle = await rig.exchange_fault(
        "http_error", status=503, body="html", routes=["GET /product_book"]
    )
    service = bot.market_data
    assert service is not None
    await holds(rig, lambda: service.mode_of(BTC) == "stale", within=60, name="stale")
    result = await buy(bot, "0.1")
    assert result.status == "rejected"
    await everything_told(rig)
    assert placements(rig) == []
    await rig.heal("market_ws")
    await heal(rig, handle)
    await holds(rig, lambda: service.mode_of(BTC) == "streaming", within=60, name="the feed again")
    await filled(rig, lambda: buy(bot, "0.1"))
    passed(await rig.verdict())
