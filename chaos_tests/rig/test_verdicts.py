"""Verdicts in a test: `rig.run` and `rig.verdict` say of a bot what ``downtick run`` says of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, WebSocketException

from chaos_tests.rig.test_run import BOT
from downtick.bots.in_process import BotFunction
from downtick.checks.finding import Outcome
from downtick.errors import InputError
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
BACK = ["resubscribes", {"reconnects": {"within": "10s"}}]
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


@contextlib.asynccontextmanager
async def loose(rig: Rig, bot: BotFunction) -> AsyncIterator[None]:
    """Let a bot loose until it reads prices, and end it afterwards."""
    running = asyncio.create_task(bot(rig))
    try:
        await rig.until("frame_sent", channel="ticker", within=30)
        yield
    finally:
        running.cancel()
        await asyncio.wait({running})


async def closed(rig: Rig) -> None:
    """Close the feed, and give the bot its time to come back."""
    since = rig.now()
    await rig.inject("market_ws", "close")
    back = await rig.until("upgraded", after=since, within=10)
    over = back.at + rig.scaled(10)
    await rig.until(lambda event: event.source == "exchange" and event.at > over, within=30)


@pytest.mark.toxics(expect=BACK)
async def test_faults_by_hand_are_judged_by_what_the_test_expects(rig: Rig) -> None:
    """Until now, each time that it asks: what bit, and what the bot did."""
    async with loose(rig, sound):
        await closed(rig)
        first = await rig.verdict()
        first.assert_pass()
        await closed(rig)
        second = await rig.verdict()
        second.assert_pass()
    assert [len(judged.verdict.proofs) for judged in rig.runs] == [1, 2]
    assert first.name != second.name
    assert second.again.startswith("pytest TEST ")


@pytest.mark.toxics(expect=BACK)
async def test_a_bot_that_fails_through_faults_by_hand_is_told_why(rig: Rig) -> None:
    """By the checks that the test named, and no others."""
    async with loose(rig, forgetful):
        await closed(rig)
        broken = await rig.verdict()
    assert {finding.check for finding in broken.verdict.findings} == {"resubscribes", "reconnects"}
    with pytest.raises(AssertionError, match=r"violated +resubscribes: .*ticker"):
        broken.assert_pass()
    rig.runs.clear()  # as it should be: nothing for the suite's table


@pytest.mark.toxics(expect=BACK)
async def test_a_fault_by_hand_before_anything_was_delivered_is_an_error(rig: Rig) -> None:
    """Of the test: it did not wait until the bot was there."""
    await rig.inject("market_ws", "down")
    verdict = await rig.verdict()
    assert verdict.result is Result.ERROR
    assert verdict.verdict.reasons == ("there was no steady state before the first fault",)
    rig.runs.clear()  # as it should be: nothing for the suite's table


@pytest.mark.toxics("streaming/market-feed-close", expect=[{"limits_hold": {"max_position": 1}}])
async def test_a_test_may_expect_more_than_its_profile(rig: Rig) -> None:
    """And what cannot be told stays a doubt."""
    async with loose(rig, sound):
        verdict = await rig.verdict()
    outcomes = {finding.check: finding.outcome for finding in verdict.verdict.findings}
    assert outcomes.pop("limits_hold") is Outcome.NOT_EXERCISED
    assert set(outcomes.values()) == {Outcome.HOLDS}
    rig.runs.clear()  # as it should be: nothing for the suite's table


async def test_a_rig_that_expects_nothing_has_no_verdict(rig: Rig) -> None:
    """The message says what it lacks."""
    with pytest.raises(InputError, match="neither a profile nor `expect`"):
        await rig.verdict()
