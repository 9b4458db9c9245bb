"""Fifty bots lose the same exchange in the same instant: they must not all come back in the next one.

Coinbase was down again for that on 2020-04-29. The bots are slower than the rig, so that the spread of their
attempts is their own doing and not the machine's.
"""

from __future__ import annotations

import asyncio
import bisect
import itertools
import time
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


class Stood:
    """Notes when this process stood still: whoever waited for a moment in it came at its end, with everybody else."""

    def __init__(self) -> None:
        self._seen: list[float] = []

    async def watch(self) -> None:
        """Look at the clock until cancelled."""
        while True:
            self._seen.append(time.monotonic())
            await asyncio.sleep(0.005)

    def still(self, since: float, seconds: float) -> bool:
        """Return whether it stood still for half of some seconds, in them or right before."""
        near = [at for at in self._seen if since - seconds < at < since + 2 * seconds]
        return any(after - at > seconds / 2 for at, after in itertools.pairwise(near))


@pytest.mark.toxics(
    "outage/scheduled-restart", exchange={"tick_rate": 1.0, "first_subscribe": None}
)
async def test_fifty_bots_after_a_scheduled_restart(rig: Rig) -> None:
    """All are back, each by few attempts, and never more than a part of them in the same moment."""
    settings = StreamingSettings(time_scale=rig.time_scale * SLOWER)
    bots = [
        CoinbaseStreamingClient(rig.endpoints.market_ws, settings, seed=rig.seed + number)
        for number in range(BOTS)
    ]
    stood = Stood()
    watching = asyncio.create_task(stood.watch())
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
        watching.cancel()
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
    for first, start in enumerate(returns):
        together = bisect.bisect_right(returns, start + cap / 10) - first
        assert together <= BOTS / 2 or stood.still(start, cap / 10), "they came all at once"
    most = returns[BOTS // 10 : -BOTS // 10]
    assert most[-1] - most[0] > cap / 8, "they came one right after the other"  # however busy it is
    bounds = (healed.at - restart.at) / (cap / 2) + 4  # a few quick ones, then one in half a cap
    assert len(attempts) <= BOTS * bounds
    assert max(Counter(bot.stats.attempts for bot in bots)) <= 1 + bounds


def _back(bot: CoinbaseStreamingClient) -> bool:
    """Tell whether it has its second connection, and data on it."""
    return bot.is_connected() and bot.stats.connects == 2
