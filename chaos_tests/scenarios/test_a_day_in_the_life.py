"""One day of a bot, from the first order until it is flat, with everything in between that can go wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chaos_tests.brokerages.steps import passed, step_done, step_healed, stood_until
from chaos_tests.orchestration.bot import BTC, buy, filled, looked, mode_is, orders_in, worst_case
from chaos_tests.scenarios import books
from chaos_tests.scenarios.life import HIGHEST, Life
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.scenario, pytest.mark.slow]

CASH = Decimal(200_000)


@pytest.mark.toxics(
    "scenarios/day-in-the-life",
    exchange={"balances": {"USD": CASH, "BTC": Decimal(0)}},
)
async def test_a_day_in_the_life(rig: Rig, life: Life) -> None:
    """It opens, is reset, loses answers, lives through an outage, is begun anew, and ends flat: its books are the ledger."""
    async with life.begun() as bot:
        await step_done(rig, "reset")
        await step_done(rig, "lost_answer")
        await buy(bot, "0.01")
        out = await step_done(rig, "http_error")
        await mode_is(rig, bot, "monitor_only", within=60)
        stopped = rig.now()
        healed = await step_healed(rig, "http_error")
        await mode_is(rig, bot, "normal", within=120)
        await life.trades()
    async with life.begun(trading=False) as bot:
        await mode_is(rig, bot, "normal", within=120)
        await filled(rig, lambda: buy(bot, "0.01"))
        held = (await bot.orchestrator.holding(BTC)).position
        assert held >= Decimal("0.01")
        await filled(rig, lambda: bot.execute_order(symbol=BTC, side="sell", quantity=held))
        await looked(rig)
        dollars = (await bot.broker.get_account()).balances["USD"].total
        verdict = await rig.verdict()

    passed(verdict)
    truth, believed = books.of_ledger(rig, BTC), books.of_bot(life.file, BTC)
    assert believed == truth
    assert truth.position == 0
    assert truth.open == set()
    assert believed.cash == dollars - CASH
    assert await worst_case(rig) <= HIGHEST + Decimal("0.01")
    assert not [e for e in orders_in(rig) if stopped < e.at < stood_until(rig, healed)]
    assert out.at < stopped
