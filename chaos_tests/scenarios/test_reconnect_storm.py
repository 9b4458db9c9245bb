"""Fifty bots lose the same exchange in the same instant: they must not all come back in the next one.

Coinbase was down again for that on 2020-04-29. The bots are slower than the rig, so that the spread of their
attempts is their own doing and not the machine's.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

import pytest

from bot_v2.features.brokerages.coinbase.streaming import CoinbaseStreamingClient, StreamingSettings
from chaos_tests.brokerages.steps import step_done, step_healed
from chaos_tests.brokerages.trading import everything_told
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.scenario]

BOTS: Final = 50
SLOWER: Final = 5.0
"""The bots' nominal second, in seconds of the rig."""


@pytest.mark.toxics(
    "outage/scheduled-restart", exchange={"tick_rate": 1.0, "first_subscribe": None}
)
async def test_fifty_bots_after_a_scheduled_restart(rig: Rig) -> None:
    """All are back, each by few attempts, and spread over a good part of the wait that they had come to."""
    settings = StreamingSettings(time_scale=rig.time_scale * SLOWER)
    bots = [
        CoinbaseStreamingClient(rig.endpoints.market_ws, settings, seed=rig.seed + number)
        for number in range(BOTS)
    ]
    try:
        for bot in bots:
            await bot.subscribe(["BTC-USD"])
        async with rig.deadline(30, "fifty bots are connected"):
            await asyncio.gather(*(bot.connect() for bot in bots))
        restart = await step_done(rig, "scheduled_restart")
        healed = await step_healed(rig, "scheduled_restart")
        async with rig.deadline(12 * SLOWER, "fifty bots are back"):
            while not all(_back(bot) for bot in bots):  # noqa: ASYNC110 - plain objects
                await asyncio.sleep(0.01)
    finally:
        await asyncio.gather(*(bot.close() for bot in bots))
    await everything_told(rig)

    assert len(rig.history.select("closed", code=1001)) == BOTS
    assert all(bot.stats.losses["closed"] == 1 for bot in bots)
    attempts = [
        e.at for e in rig.history.select("accepted", listener="market_ws", after=restart.at)
    ]
    returns = [instant for instant in attempts if instant > healed.at]
    assert len(returns) == BOTS
    cap = settings.real().retry_cap
    most = returns[BOTS // 10 : -BOTS // 10]
    assert most[-1] - most[0] > cap / 4, "they came all at once"
    bounds = (healed.at - restart.at) / (cap / 2) + 4  # a few quick ones, then one in half a cap
    assert len(attempts) <= BOTS * bounds
    assert max(Counter(bot.stats.attempts for bot in bots)) <= 1 + bounds


def _back(bot: CoinbaseStreamingClient) -> bool:
    """Tell whether it has its second connection, and data on it."""
    return bot.is_connected() and bot.stats.connects == 2
