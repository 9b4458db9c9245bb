"""``python -m bot_v2``: it trades by itself, says what it does, and ends when it is told to."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
import requests

from chaos_tests.brokerages.trading import everything_told
from chaos_tests.orchestration.bot import orders_in, placements
from chaos_tests.orchestration.process import BotProcess, bot_process
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.orchestration]


async def trades(rig: Rig, bot: BotProcess, orders: int = 3) -> None:
    """Wait until the bot has placed some orders more."""
    target = len(orders_in(rig)) + orders
    await bot.until(rig, lambda: len(orders_in(rig)) >= target, within=120, name="it trades")


async def test_it_trades_on_its_prices_and_says_what_it_does(rig: Rig, tmp_path: Path) -> None:
    """Orders in the ledger; a log of JSON lines; a page for Prometheus; and an end within 5 s."""
    async with bot_process(rig, tmp_path) as bot:
        await trades(rig, bot)
        (page,) = bot.said("metrics on")
        url = f"http://127.0.0.1:{page['metrics_port']}/metrics"
        metrics = (await asyncio.to_thread(requests.get, url, timeout=10)).text
        ended = rig.now()
        code, seconds = await bot.end()
    await everything_told(rig)
    assert code == 0
    assert seconds < 5
    assert "bot_v2_orders_placed_total" in metrics
    assert "bot_v2_mode_normal 1.0" in metrics
    assert bot.other == []
    assert bot.said("mode recovering -> normal")
    assert bot.lines[-1]["message"] == "the bot has ended"
    named = {line["client_order_id"] for line in bot.lines if "client_order_id" in line}
    assert {order["client_order_id"] for order in orders_in(rig)} == named
    assert [e for e in placements(rig) if e.at > ended + 0.5] == []
    opened = {e["conn"] for e in rig.history.select("accepted")}
    assert {e["conn"] for e in rig.history.select("closed")} == opened


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_within_five_seconds_whatever_hangs(
    rig: Rig, tmp_path: Path, number: signal.Signals
) -> None:
    """Every link is frozen: no answer, no close."""
    async with bot_process(rig, tmp_path) as bot:
        await trades(rig, bot)
        for link in ("rest", "market_ws"):
            await rig.inject(link, "freeze")
        code, seconds = await bot.end(number)
    assert code in {0, 143}
    assert seconds < 5


async def test_it_ends_before_it_has_begun(rig: Rig, tmp_path: Path) -> None:
    """There is nobody to talk to yet."""
    for link in ("rest", "market_ws"):
        await rig.inject(link, "down")
    async with bot_process(rig, tmp_path) as bot:
        await bot.until(rig, lambda: bot.said("the bot begins"), within=60, name="it begins")
        code, seconds = await bot.end()
    assert code == 0
    assert seconds < 5


async def test_a_wrong_configuration_starts_nothing(rig: Rig, tmp_path: Path) -> None:
    """Exit code 2, one line, and nobody came to the exchange."""
    async with bot_process(rig, tmp_path, COINBASE_API_SECRET="nonsense") as bot:
        code = await bot.process.wait()
        await bot._reading
    assert code == 2
    assert bot.lines == []
    assert len(bot.other) == 1
    assert bot.other[0].startswith("bot_v2: environment: ")
    assert "nonsense" not in bot.other[0]
    await everything_told(rig)
    assert rig.history.select("accepted") == []
