"""The mode machine."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal

import pytest

from bot_v2.state.intent import Intent
from tests.bot_v2.orchestration.desk_parts import BTC, orchestrator, until
from tests.bot_v2.orchestration.fake_broker import FakeBroker
from tests.bot_v2.orchestration.simple_recovery import SimpleReport
from tests.bot_v2.orchestration.supervised import DOWN, rejection, running
from tests.bot_v2.state.memory import MemoryStore


async def test_a_broker_whose_account_cannot_be_read_ends_the_trading() -> None:
    """Asked by hand, without anything running."""
    broker = FakeBroker()
    bot = orchestrator(broker)
    broker.trouble["get_account"] = DOWN
    health = await bot.check_broker_health()
    assert (health.status, health.reason) == ("degraded", "503 Service Unavailable")
    assert bot.mode == "monitor_only"
    assert await rejection(bot) == "broker_unavailable: monitor_only: 503 Service Unavailable"
    assert broker.asked["place_order"] == 0


async def test_a_broker_that_is_well_changes_nothing() -> None:
    """A look is only a look."""
    bot = orchestrator(FakeBroker())
    await bot.start()
    assert (await bot.check_broker_health()).status == "healthy"
    assert bot.mode == "normal"


async def test_an_account_that_takes_too_long_is_degraded() -> None:
    """Though it comes."""
    bot = orchestrator(FakeBroker(), settings={"slow_after": 1e-9})
    assert (await bot.check_broker_health()).reason.startswith("the account took")


async def test_an_outage_is_watched_and_left_by_recovering() -> None:
    """No order meanwhile, positions looked at, and the recovery before the first order."""
    broker = FakeBroker(BTC="0.5")
    recovered: list[str] = []

    class Recovery:
        async def run(self) -> SimpleReport:
            recovered.append(bot.mode)
            await broker.get_positions()
            return SimpleReport(may_resume=True, reason="in order")

        async def settle(self, intent: Intent) -> Intent:
            return intent

    store = MemoryStore()
    await store.set_position(BTC, Decimal("0.5"))
    bot = orchestrator(broker, store, Recovery())
    async with running(bot):
        broker.trouble["all"] = DOWN
        await until(lambda: bot.mode == "monitor_only")
        assert (await rejection(bot)).startswith("broker_unavailable")
        watched = broker.asked["get_positions"]
        await until(lambda: broker.asked["get_positions"] > watched + 3)
        assert recovered == ["recovering"]
        del broker.trouble["all"]
        await until(lambda: bot.mode == "normal")
        assert recovered == ["recovering", "recovering"]
        assert (await bot.execute_order(symbol=BTC, side="buy", quantity=0.1)).status == "filled"
    assert bot.metrics.get_counter("mode_monitor_only_entered") == 1


async def test_one_failure_alone_does_not_end_the_trading() -> None:
    """The broker is asked again first."""
    broker = FakeBroker()
    bot = orchestrator(broker)
    async with running(bot):
        broker.trouble["get_fills"] = DOWN
        await until(lambda: bot.metrics.get_counter("broker_errors"))
        del broker.trouble["get_fills"]
        looks = broker.asked["get_fills"]
        await until(lambda: broker.asked["get_fills"] > looks + 2)
        assert bot.metrics.get_counter("mode_monitor_only_entered") == 0


async def test_errors_now_and_then_end_the_trading() -> None:
    """Few in many are still no chance."""
    broker = FakeBroker()
    bot = orchestrator(broker)
    async with running(bot):
        for _ in range(3):
            seen = bot.metrics.get_counter("broker_errors")
            broker.trouble["get_fills"] = DOWN
            while bot.metrics.get_counter("broker_errors") == seen:  # noqa: ASYNC110 - of a plain object
                await asyncio.sleep(0.001)
            broker.trouble.clear()
        await until(lambda: bot.mode == "monitor_only")
        assert "requests failed" in bot.reason
        await until(lambda: bot.mode == "normal")  # by what it does now, not by what it did


async def test_a_look_by_hand_counts_the_errors_before_it() -> None:
    """One good answer does not make a broker well."""
    broker = FakeBroker()
    bot = orchestrator(broker)
    await bot.start()
    bot._line.monitor.tried(time.monotonic(), 20, 4)
    assert (await bot.check_broker_health()).reason.startswith("4 of 21 requests failed")


async def test_probes_come_less_and_less_often() -> None:
    """A broker that is out is not hammered."""
    broker = FakeBroker()
    bot = orchestrator(broker, settings={"probe_first": 0.001, "probe_cap": 60.0})
    async with running(bot):
        broker.trouble["all"] = DOWN
        await until(lambda: bot.mode == "monitor_only")
        probes = bot._supervisor._probes
        await until(lambda: probes._next > 0.01)
    assert broker.asked["get_account"] < 8


async def test_one_sound_probe_is_not_enough() -> None:
    """A broker that comes and goes stays out."""
    broker = FakeBroker()
    bot = orchestrator(broker, settings={"probes_needed": 5})
    async with running(bot):
        broker.trouble["all"] = DOWN
        await until(lambda: bot.mode == "monitor_only")
        del broker.trouble["all"]
        asked = broker.asked["get_account"]
        await until(lambda: bot.mode == "normal")
        assert broker.asked["get_account"] - asked in {4, 5}  # one may have been under way


async def test_a_probe_that_fails_takes_the_sound_ones_back() -> None:
    """They must come in a row."""
    broker = FakeBroker()
    bot = orchestrator(broker, settings={"probes_needed": 5})
    async with running(bot):
        broker.trouble["all"] = DOWN
        await until(lambda: bot.mode == "monitor_only")
        supervisor = bot._supervisor
        supervisor._proven = 4
        await until(lambda: supervisor._proven == 0)
        assert bot.mode == "monitor_only"


async def test_while_it_recovers_an_order_is_refused_and_recovers_nothing() -> None:
    """One recovery at a time."""
    broker = FakeBroker()
    bot = orchestrator(broker)
    async with running(bot):
        broker.trouble["all"] = DOWN
        await until(lambda: bot.mode == "monitor_only")
        broker.hanging.add("get_positions")
        broker.trouble.clear()
        bot._supervisor._watch.look = nothing  # type: ignore[method-assign]
        await until(lambda: bot.mode == "recovering")
        asked = broker.asked["get_fills"]
        assert (await rejection(bot)).startswith("broker_unavailable: recovering")
        assert broker.asked["get_fills"] == asked
        broker.hanging.clear()


async def nothing() -> None:
    """See nothing."""


async def test_an_outage_long_after_another_is_probed_soon_again() -> None:
    """The long pauses are for a broker that keeps failing."""
    broker = FakeBroker()
    changes = {"probe_first": 0.001, "probe_cap": 60.0, "stable_after": 1e-9}
    bot = orchestrator(broker, settings=changes)
    async with running(bot):
        bot._supervisor._probes._next = 60.0
        broker.trouble["all"] = DOWN
        await until(lambda: bot.mode == "monitor_only")
        asked = broker.asked["get_account"]
        await until(lambda: broker.asked["get_account"] > asked)


@pytest.mark.parametrize("lie", [{}, {BTC: Decimal(0)}, {BTC: Decimal("0.7")}])
async def test_a_position_that_cannot_be_is_not_believed(lie: dict[str, Decimal]) -> None:
    """Zero balances are no flat book: the bot stays out, and asks again."""
    broker = FakeBroker(BTC="0.5")
    bot = orchestrator(broker)
    async with running(bot):
        broker.lies["get_positions"] = lie
        await until(lambda: bot.metrics.get_counter("position_disputes"))
        assert "BTC-USD is believed to be 0.5, the broker tells" in await rejection(bot)
        await until(lambda: bot.mode == "monitor_only")
        assert (await bot.holding(BTC)).position == Decimal("0.5")
        assert bot.metrics.get_counter("position_disputes") >= 3
        broker.lies.clear()
        await until(lambda: bot.mode == "normal")
    assert broker.asked["place_order"] == 0


async def test_while_a_position_is_in_dispute_nothing_is_traded() -> None:
    """Though the broker has been asked only once yet."""
    broker = FakeBroker(BTC="0.5")
    bot = orchestrator(broker, settings={"dispute_pause": 3600.0})
    async with running(bot):
        broker.lies["get_positions"] = {}
        await until(lambda: bot.metrics.get_counter("position_disputes"))
        assert bot.mode == "normal"
        assert (await rejection(bot)).startswith("broker_unavailable: in dispute: BTC-USD is")


async def test_a_lie_that_is_told_once_ends_nothing() -> None:
    """Asked again, the broker says what is so."""
    broker = FakeBroker(BTC="0.5")
    bot = orchestrator(broker)
    async with running(bot):
        broker.lies["get_positions"] = {}
        await until(lambda: bot.metrics.get_counter("position_disputes"))
        broker.lies.clear()
        looks = broker.asked["get_positions"]
        await until(lambda: broker.asked["get_positions"] > looks + 3)
        assert (await bot.execute_order(symbol=BTC, side="buy", quantity=0.1)).status == "filled"


async def test_a_recovery_that_says_no_keeps_the_bot_out() -> None:
    """With its reason."""
    store = MemoryStore()
    await store.set_position(BTC, Decimal("0.8"))
    broker = FakeBroker(BTC="0.5")
    bot = orchestrator(broker, store)
    assert await rejection(bot) == (
        "broker_unavailable: monitor_only: recovery: BTC-USD is believed to be 0.8, the broker tells 0.5"
    )
    assert broker.asked["place_order"] == 0


@pytest.mark.parametrize("error", [DOWN, RuntimeError("bug")])
async def test_a_recovery_that_fails_keeps_the_bot_out(error: Exception) -> None:
    """Whatever it is."""
    broker = FakeBroker()
    broker.trouble["get_fills"] = error
    bot = orchestrator(broker)
    await bot.start()
    assert bot.mode == "monitor_only"
    assert str(error) in bot.reason


async def test_fees_of_fills_are_counted() -> None:
    """They are in no report of an order."""
    broker, store = FakeBroker(), MemoryStore()
    bot = orchestrator(broker, store)
    async with running(bot):
        await bot.execute_order(symbol=BTC, side="buy", quantity=0.1)
        await until(lambda: store._fills)
        assert await store.daily_pnl(time.time(), {}) == -5  # a thousandth of 0.1 at 50,000


async def test_what_the_recovery_has_seen_is_not_asked_again_for_the_first_order() -> None:
    """It has just been brought to agree."""
    broker = FakeBroker(BTC="0.5")
    bot = orchestrator(broker)
    await bot.start()
    looks = broker.asked["get_positions"]
    await bot.execute_order(symbol=BTC, side="buy", quantity=0.1)
    assert broker.asked["get_positions"] == looks


async def test_a_failure_of_the_watch_itself_does_not_end_it() -> None:
    """It is logged, and the next look is taken."""
    broker = FakeBroker()
    store = MemoryStore()
    bot = orchestrator(broker, store)
    async with running(bot):
        whole, store.open_intents = store.open_intents, None  # type: ignore[method-assign, assignment]
        await until(lambda: bot.metrics.get_counter("watch_errors"))
        store.open_intents = whole  # type: ignore[method-assign]
        looks = broker.asked["open_orders"]
        await until(lambda: broker.asked["open_orders"] > looks)
