"""Verdicts in a test: `rig.run` and `rig.verdict` say of a bot what ``downtick run`` says of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, WebSocketException

from chaos_tests.rig.test_run import BOT
from downtick.checks.finding import Outcome
from downtick.rig import Rig
from downtick.verdict import Result

pytestmark = pytest.mark.integration

PROFILE = """\
name: tiny-loss
title: The feed is closed once
run: {warm_up: 60s, for: 12s, settle: 2s}
steps:
  - {at: 500ms, link: market_ws, fault: close}
expect: [stays_alive, resubscribes, {reconnects: {within: 10s}}]
"""
SUBSCRIBE = json.dumps({"type": "subscribe", "channel": "ticker", "product_ids": ["BTC-USD"]})


async def sound(rig: Rig) -> None:
    """Read prices, and subscribe again on each new connection."""
    while True:
        with contextlib.suppress(OSError, WebSocketException):
            async with connect(rig.endpoints.market_ws, proxy=None, compression=None) as feed:
                await feed.send(SUBSCRIBE)
                async for _ in feed:
                    pass
        await asyncio.sleep(0.05)


async def forgetful(rig: Rig) -> None:
    """Read prices once, then only connect."""
    message: str | None = SUBSCRIBE
    while True:
        with contextlib.suppress(OSError, WebSocketException):
            async with connect(rig.endpoints.market_ws, proxy=None, compression=None) as feed:
                if message is not None:
                    await feed.send(message)
                    message = None
                async for _ in feed:
                    pass
        await asyncio.sleep(0.05)


async def brittle(rig: Rig) -> None:
    """Die of the first loss."""
    async with connect(rig.endpoints.market_ws, proxy=None, compression=None) as feed:
        await feed.send(SUBSCRIBE)
        while True:
            await feed.recv()


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """Return a profile: the feed is closed once."""
    file = tmp_path / "tiny-loss.yaml"
    file.write_text(PROFILE, encoding="utf-8")
    return str(file)


async def test_a_coroutine_is_a_bot(rig: Rig, profile: str) -> None:
    """A sound one passes, one that forgets its subscription does not, and each run has a rig of its own."""
    verdict = await rig.run(profile, sound)
    verdict.assert_pass()
    broken = await rig.run(profile, forgetful)
    assert broken.result is Result.FAIL
    with pytest.raises(AssertionError, match=r"violated +resubscribes: .*ticker"):
        broken.assert_pass()
    assert rig.runs == [verdict, broken]
    assert verdict.name != broken.name
    rig.runs.remove(broken)  # as it should be: nothing for the suite's table


async def test_a_command_is_a_bot(rig: Rig, profile: str, tmp_path: Path) -> None:
    """It learns from its environment where the run's own links are."""
    file = tmp_path / "bot.py"
    file.write_text(BOT.replace('os.environ["PLANTED_TOKEN"]', "''"), encoding="utf-8")
    verdict = await rig.run(profile, [sys.executable, str(file), "{market_ws_url}"])
    verdict.assert_pass()
    assert verdict.run.process is not None


async def test_a_coroutine_that_dies_is_told_with_what_it_died_of(rig: Rig, profile: str) -> None:
    """Its traceback stands under the verdict."""
    verdict = await rig.run(profile, brittle)
    outcomes = {finding.check: finding.outcome for finding in verdict.verdict.findings}
    assert outcomes["stays_alive"] is Outcome.VIOLATED
    with pytest.raises(AssertionError, match="ended by itself") as told:
        verdict.assert_pass()
    assert isinstance(told.value.__cause__, ConnectionClosedError)
    rig.runs.clear()  # as it should be: nothing for the suite's table


@pytest.mark.toxics("streaming/market-feed-close")
async def test_what_a_test_lets_loose_is_judged_too(rig: Rig) -> None:
    """The verdict waits until the profile is over and the bot had its time."""
    bot = asyncio.create_task(sound(rig))
    try:
        verdict = await rig.verdict()
    finally:
        bot.cancel()
        await asyncio.wait({bot})
    verdict.assert_pass()
    assert rig.history.select("run_ended")
    assert rig.now() >= rig.history.select("run_ended")[0].at + rig.scaled(10)


HINDERED = """
import os, subprocess, sys, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
rivals = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
ends = time.monotonic() + 1
while time.monotonic() < ends:
    pass
for rival in rivals:
    rival.kill()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no other kernel tells who waits")
async def test_what_a_command_waits_for_a_processor_is_no_time_it_had(
    rig: Rig, tmp_path: Path, profile: str
) -> None:
    """Its own wait, not that of the process that plays to it."""
    bot = tmp_path / "bot.py"
    bot.write_text(HINDERED + BOT.replace('os.environ["PLANTED_TOKEN"]', "''"), encoding="utf-8")
    judged = await rig.run(profile, (sys.executable, str(bot), "{market_ws_url}"))
    judged.assert_pass()
    starved = [event["seconds"] for event in judged.history if event.kind == "starved"]
    assert sum(starved) > 0.5
