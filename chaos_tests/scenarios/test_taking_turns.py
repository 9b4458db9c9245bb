"""Feed and REST fail in turns: there is always a price, and orders only while there is somebody to take them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from bot_v2.features.market_data import MarketDataService
from bot_v2.orchestration.perps_bot import PerpsBot
from chaos_tests.brokerages.steps import step_done, unblamed, window
from chaos_tests.orchestration.bot import (
    BTC,
    HOLDING,
    PATIENT,
    builder,
    buy,
    filled,
    holds,
    mode_is,
    orders_in,
    refused_for,
    running,
    worst_case,
)
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.scenario, pytest.mark.slow]


@pytest.mark.toxics("scenarios/taking-turns", exchange=HOLDING)
async def test_feed_and_rest_fail_in_turns(rig: Rig) -> None:
    """Whichever is away, the other tells the price; without REST nothing is ordered, and without the feed it is."""
    async with running(rig, builder(rig).with_settings(PATIENT)) as bot, _priced(rig, bot):
        await _without_feed(rig, bot, "down")
        await _without_rest(rig, bot)
        await _without_feed(rig, bot, "freeze")
        await filled(rig, lambda: buy(bot, "0.05"))
        verdict = await rig.verdict()
    unblamed(verdict)
    assert await worst_case(rig) == Decimal("0.95")
    assert len(orders_in(rig)) == 3
    _each_fault_was_there(rig)


async def _without_feed(rig: Rig, bot: PerpsBot, fault: str) -> None:
    """REST takes the feed's place, the bot trades on, and goes back."""
    service = bot.market_data
    assert isinstance(service, MarketDataService)
    await step_done(rig, fault)
    await holds(rig, lambda: service.mode_of(BTC) == "rest_polling", within=30, name="REST prices")
    await filled(rig, lambda: buy(bot, "0.05"))
    await holds(rig, lambda: service.mode_of(BTC) == "streaming", within=60, name="the feed again")


async def _without_rest(rig: Rig, bot: PerpsBot) -> None:
    """Nothing is ordered, prices come by the feed, and the bot is back when REST is."""
    service = bot.market_data
    assert isinstance(service, MarketDataService)
    await step_done(rig, "http_error")
    await mode_is(rig, bot, "monitor_only", within=30)
    refused_for(await buy(bot, "0.05"), "broker_unavailable")
    await holds(rig, lambda: service.mode_of(BTC) == "streaming", within=5, name="feed's prices")
    await mode_is(rig, bot, "normal", within=120)


@contextlib.asynccontextmanager
async def _priced(rig: Rig, bot: PerpsBot) -> AsyncIterator[None]:
    """See that there is always a price that may be traded on; a machine that stands still has none for a moment."""
    pauses: list[tuple[float, float]] = []  # without a price: since when, until when

    async def look() -> None:
        since = rig.now()
        while True:
            now = rig.now()
            if bot.orchestrator.price(BTC) is not None:
                since = now
            elif pauses and pauses[-1][0] == since:
                pauses[-1] = since, now
            else:
                pauses.append((since, now))
            await asyncio.sleep(0.02)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait({looking})
    for since, until in pauses:
        stolen = rig.stolen(since - rig.scaled(8), until)
        assert until - since - stolen < rig.scaled(8), "no price for too long"


def _each_fault_was_there(rig: Rig) -> None:
    """No frame passed the feed while it was down; while it was frozen prices were asked for; and REST said 503."""
    down, up = window(rig, "down")
    feeds = {event["conn"] for event in rig.history.select("accepted", listener="market_ws")}
    frames = rig.history.select("frame_sent", after=down + rig.scaled(1))
    assert not [e for e in frames if e.at < up and e["conn"] in feeds]
    frozen, thawed = window(rig, "freeze")
    asked = [e for e in rig.history.select("request", after=frozen) if e.at < thawed]
    assert len([e for e in asked if e["path"].endswith("/product_book")]) > 5
    assert rig.history.select("answer", status=503)
