"""Every order's way in."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal

import pytest

from bot_v2.features.brokerages.broker import (
    NotDone,
    OrderRequest,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
)
from bot_v2.features.live_trade.risk import OrderResult
from bot_v2.orchestration.strategy_orchestrator import StrategyOrchestrator
from tests.bot_v2.orchestration.desk_parts import BTC, orchestrator, until
from tests.bot_v2.orchestration.fake_broker import FakeBroker
from tests.bot_v2.state.memory import MemoryStore


async def buy(bot: StrategyOrchestrator, quantity: str = "0.1") -> OrderResult:
    """Ask for an order."""
    return await bot.execute_order(symbol=BTC, side="buy", quantity=quantity)


async def test_an_order_is_filled_and_believed() -> None:
    """The position follows."""
    broker = FakeBroker(BTC="0.2")
    bot = orchestrator(broker)
    result = await buy(bot)
    assert (result.status, result.rejection_reason) == ("filled", None)
    assert result.report is not None
    assert result.order_id == result.report.order_id
    assert (await bot.holding(BTC)).position == broker.held[BTC] == Decimal("0.3")
    assert bot.metrics.get_counter("orders_placed") == 1


async def test_before_the_first_order_store_and_broker_are_brought_to_agree() -> None:
    """Nobody has to ask for that."""
    broker = FakeBroker(BTC="0.95")
    result = await buy(orchestrator(broker))
    assert result.status == "rejected"
    assert result.rejection_reason is not None
    assert result.rejection_reason.startswith("position_limit: to buy 0.1 BTC-USD could bring")
    assert broker.asked["place_order"] == 0


async def test_a_refusal_is_counted_and_logged_with_its_figures(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A person can act on it."""
    bot = orchestrator(FakeBroker(BTC="0.8"))
    await buy(bot, "0.5")
    assert bot.metrics.get_counter("orders_rejected_guardrails") == 1
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert "position 0.8" in record.getMessage()
    assert "at most 0.2 would pass" in record.getMessage()


async def test_the_intent_is_written_before_the_request_leaves() -> None:
    """Whoever dies in between knows of it afterwards."""
    broker, store = FakeBroker(), MemoryStore()
    states: list[str] = []
    broker.on_order = lambda request: states.extend(
        intent.state
        for intent in store._intents.values()
        if intent.client_order_id == request.client_order_id
    )
    await buy(orchestrator(broker, store))
    assert states == ["sent"]


async def test_an_order_whose_answer_was_lost_is_unknown_and_counts() -> None:
    """And its like is not placed again."""
    broker = FakeBroker(BTC="0.5")
    broker.endings = ["lost"]
    bot = orchestrator(broker)
    result = await buy(bot, "0.3")
    assert result.status == "unknown"
    holding = await bot.holding(BTC)
    assert (holding.position, holding.buys) == (Decimal("0.5"), Decimal("0.3"))
    assert "position_limit" in str((await buy(bot, "0.3")).rejection_reason)
    assert "unsettled_order" in str((await buy(bot, "0.1")).rejection_reason)
    assert broker.asked["place_order"] == 1


async def test_an_unknown_order_is_asked_for_until_it_is_known() -> None:
    """Then trading goes on, and the books are right."""
    broker = FakeBroker(BTC="0.5")
    broker.endings = ["lost"]
    bot = orchestrator(broker)
    running = asyncio.create_task(bot.run())
    await buy(bot, "0.3")
    await until(lambda: bot.metrics.get_counter("orders_settled"))
    assert (await bot.holding(BTC)).position == broker.held[BTC] == Decimal("0.8")
    assert (await buy(bot, "0.1")).status == "filled"
    await bot.shutdown()
    await running


async def test_an_order_that_never_arrived_is_not_placed_again() -> None:
    """It stays unknown as long as nobody can say what became of it."""
    broker = FakeBroker()
    broker.endings = ["never there"]
    bot = orchestrator(broker)
    running = asyncio.create_task(bot.run())
    await buy(bot, "0.3")
    await until(lambda: broker.asked["find_order"] > 3)
    assert broker.asked["place_order"] == 1
    assert (await bot.holding(BTC)).buys == Decimal("0.3")
    await bot.shutdown()
    await running


@pytest.mark.parametrize(
    ("error", "reason", "counter"),
    [
        (Rejected("INSUFFICIENT_FUND", "too little"), "order_rejected", "orders_rejected_broker"),
        (Unavailable("503"), "broker_unavailable", "orders_not_sent"),
        (Unauthorized("401"), "broker_unavailable", "orders_not_sent"),
        (RateLimited("429", 9.0), "rate_limited", "orders_not_sent"),
    ],
)
async def test_an_order_that_was_surely_not_placed_is_rejected_and_forgotten(
    error: NotDone, reason: str, counter: str
) -> None:
    """It takes no room from the next."""
    broker = FakeBroker()
    broker.trouble["place_order"] = error
    bot = orchestrator(broker)
    result = await buy(bot)
    assert result.status == "rejected"
    assert str(result.rejection_reason) == f"{reason}: {error}"
    assert (await bot.holding(BTC)).buys == 0
    assert bot.metrics.get_counter(counter) == 1


async def test_a_client_that_fails_in_its_own_way_leaves_the_order_unknown() -> None:
    """Nobody knows how far it came."""
    broker = FakeBroker()
    broker.trouble["place_order"] = KeyError("bug")
    bot = orchestrator(broker)
    assert (await buy(bot)).status == "unknown"
    assert (await bot.holding(BTC)).buys == Decimal("0.1")


async def test_twenty_orders_at_once_do_not_slip_past_the_limit() -> None:
    """Though none of them has its answer yet."""
    broker = FakeBroker(BTC="0.7")
    broker.hanging.add("place_order")
    bot = orchestrator(broker)
    asked = [asyncio.create_task(buy(bot)) for _ in range(20)]
    await until(lambda: sum(task.done() for task in asked) == 17)
    assert broker.asked["place_order"] == 3
    broker.hanging.clear()
    results = await asyncio.gather(*asked)
    assert [result.status for result in results].count("filled") == 3
    assert broker.held[BTC] == 1


async def test_twenty_orders_at_once_ask_for_one_quote() -> None:
    """The broker is not asked the same thing twenty times."""
    broker = FakeBroker()
    bot = orchestrator(broker, settings={"quote_cache": 30.0})
    await asyncio.gather(*(buy(bot, "0.01") for _ in range(20)))
    assert broker.asked["get_quote"] == 1


async def test_being_cancelled_takes_no_order_back() -> None:
    """What was asked for comes to its end, and is known."""
    broker = FakeBroker()
    broker.hanging.add("place_order")
    bot = orchestrator(broker)
    asked = asyncio.create_task(buy(bot))
    await until(lambda: broker.asked["place_order"])
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    broker.hanging.clear()
    await until(lambda: bot.metrics.get_counter("orders_placed"))
    assert (await bot.holding(BTC)).position == Decimal("0.1")


async def test_a_market_that_cannot_be_asked_is_an_unavailable_broker() -> None:
    """No quote, no order."""
    broker = FakeBroker()
    bot = orchestrator(broker)
    await bot.start()
    broker.trouble["get_quote"] = Unavailable("503")
    assert str((await buy(bot)).rejection_reason) == "broker_unavailable: 503"
    broker.trouble["get_quote"] = Rejected("NOT_FOUND")
    assert str((await buy(bot)).rejection_reason).startswith("no_quote: ")
    assert broker.asked["place_order"] == 0


async def test_a_product_that_takes_no_orders_is_left_alone_for_a_while() -> None:
    """Cancel-only is respected: no retry loop."""
    broker = FakeBroker()
    bot = orchestrator(broker, settings={"entry_pause": 30.0})
    broker.trouble["place_order"] = Rejected("ORDER_ENTRY_DISABLED", "Orders can only be cancelled")
    assert str((await buy(bot)).rejection_reason).startswith("order_rejected: ORDER_ENTRY_DISABLED")
    for _ in range(5):
        refused = str((await buy(bot)).rejection_reason)
        assert refused.startswith("order_entry_disabled: the broker takes no order for BTC-USD")
    assert broker.asked["place_order"] == 1


async def test_after_a_while_a_product_is_tried_again() -> None:
    """Cancel-only ends."""
    broker = FakeBroker()
    bot = orchestrator(broker, settings={"entry_pause": 1e-9})
    broker.trouble["place_order"] = Rejected("CANCEL_ONLY")
    await buy(bot)
    del broker.trouble["place_order"]
    assert (await buy(bot)).status == "filled"


async def test_a_broker_that_wants_a_pause_gets_no_orders() -> None:
    """Until it is over."""
    broker = FakeBroker()
    broker.trouble["place_order"] = RateLimited("429", 30.0)
    bot = orchestrator(broker)
    await buy(bot)
    assert str((await buy(bot)).rejection_reason).startswith("rate_limited: nothing is asked for")
    assert broker.asked["place_order"] == 1


async def test_a_position_that_was_not_looked_at_for_long_is_looked_at_first() -> None:
    """Somebody else may trade on the same account."""
    broker = FakeBroker(BTC="0.2")
    bot = orchestrator(broker, settings={"position_max_age": 1e-9})
    await bot.start()
    broker.held[BTC] = Decimal("0.9")
    assert "in dispute: BTC-USD is believed to be 0.2" in str((await buy(bot)).rejection_reason)


async def test_an_unknown_order_is_asked_for_at_once() -> None:
    """Not when the next look is due."""
    broker = FakeBroker()
    broker.endings = ["lost"]
    bot = orchestrator(broker, settings={"watch_interval": 3600.0})
    running = asyncio.create_task(bot.run())
    await until(lambda: broker.asked["open_orders"])
    await buy(bot)
    await until(lambda: bot.metrics.get_counter("orders_settled"))
    await bot.shutdown()
    await running


async def test_the_end_waits_a_moment_for_orders_under_way() -> None:
    """Then they are no longer open."""
    broker = FakeBroker()
    broker.fill_share = Decimal(0)
    broker.hanging.add("place_order")
    bot = orchestrator(broker, settings={"shutdown_sends": 5.0})
    asked = asyncio.create_task(buy(bot))
    await until(lambda: broker.asked["place_order"])
    ending = asyncio.create_task(bot.shutdown())
    await asyncio.sleep(0)
    broker.hanging.clear()
    await ending
    assert (await asked).status == "accepted"
    assert [order.status for order in broker.orders.values()] == ["cancelled"]


async def test_what_cannot_be_written_down_is_not_sent() -> None:
    """An order that nobody would remember must not exist."""

    class FullDisk(MemoryStore):
        async def write_intent(self, request: OrderRequest, now: float) -> None:
            raise OSError("disk full")

    broker = FakeBroker()
    bot = orchestrator(broker, FullDisk())
    assert str((await buy(bot)).rejection_reason).startswith("state_unavailable: ")
    assert broker.asked["place_order"] == 0


async def test_what_cannot_be_kept_afterwards_is_unknown() -> None:
    """The intent is in the store, and counts."""

    class DiesLater(MemoryStore):
        async def mark_known(self, report: object) -> None:
            raise OSError("disk full")

    bot = orchestrator(FakeBroker(), DiesLater())
    assert (await buy(bot)).status == "unknown"
    assert (await bot.holding(BTC)).buys == Decimal("0.1")


@pytest.mark.parametrize("quantity", [0.5, "0.5", Decimal("0.5")])
async def test_a_quantity_may_be_any_number(quantity: float | str | Decimal) -> None:
    """As people write it."""
    bot = orchestrator(FakeBroker())
    result = await bot.execute_order(symbol=BTC, side="buy", quantity=quantity)
    assert result.report is not None
    assert result.report.quantity == Decimal("0.5")


async def test_what_is_no_order_is_an_error_of_the_caller() -> None:
    """By its name."""
    bot = orchestrator(FakeBroker())
    with pytest.raises(ValueError, match="side"):
        await bot.execute_order(symbol=BTC, side="hold", quantity=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="quantity"):
        await bot.execute_order(symbol=BTC, side="buy", quantity="much")
    with pytest.raises(ValueError, match="limit_price"):
        await bot.execute_order(symbol=BTC, side="buy", quantity=1, limit_price="dear")


async def test_the_end_cancels_what_is_open() -> None:
    """Nothing is left behind."""
    broker = FakeBroker()
    broker.fill_share = Decimal(0)
    bot = orchestrator(broker)
    await buy(bot)
    await bot.shutdown()
    await bot.shutdown()
    assert [order.status for order in broker.orders.values()] == ["cancelled"]
    assert bot.metrics.get_gauge("orders_left_open") == 0
    assert str((await buy(bot)).rejection_reason) == "shutting_down: the bot is shutting down"


async def test_the_end_does_not_wait_for_a_broker_that_hangs() -> None:
    """What is open is left to the next start, which finds it in the store."""
    broker, store = FakeBroker(), MemoryStore()
    broker.fill_share = Decimal(0)
    bot = orchestrator(broker, store)
    await buy(bot)
    broker.hanging |= {"cancel_order", "place_order"}
    late = asyncio.create_task(buy(bot))
    await until(lambda: broker.asked["place_order"] == 2)
    await bot.shutdown()
    assert [intent.state for intent in await store.open_intents()] == ["known", "sent"]
    assert bot.metrics.get_gauge("orders_left_open") == 2
    broker.hanging.clear()
    await late


async def test_run_ends_with_the_bot_and_with_its_caller() -> None:
    """Both ways."""
    bot = orchestrator(FakeBroker())
    running = asyncio.create_task(bot.run())
    await until(lambda: bot.mode == "normal")
    await bot.shutdown()
    await running
    await bot.run()

    other = orchestrator(FakeBroker())
    running = asyncio.create_task(other.run())
    await until(lambda: other.mode == "normal")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await other.shutdown()


async def test_a_crash_of_a_loop_is_not_silent() -> None:
    """`run` raises it."""
    bot = orchestrator(FakeBroker())

    async def crash() -> None:
        raise RuntimeError("bug")

    bot._trader.run = crash  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup):
        await bot.run()
