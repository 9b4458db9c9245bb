from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any, cast

import pytest

from downtick.bots.in_process import BotFunction, InProcess
from downtick.rig import Rig

RIG = cast("Rig", object())


async def ended(function: BotFunction, *, by_itself: bool) -> tuple[InProcess, Any]:
    """Let a bot work, and return it and what is told of its end: once it ended by itself, or has begun."""
    met = threading.Event()

    async def watched(rig: Rig) -> None:
        if not by_itself:
            asyncio.get_running_loop().call_soon(met.set)
        try:
            await function(rig)
        finally:
            asyncio.get_running_loop().call_soon(met.set)

    bot = InProcess(watched, asyncio.get_running_loop())

    def work() -> Any:
        with bot.running(RIG, Path("unused.log")) as running:
            assert met.wait(10)
            while by_itself and running.exit_code is None:
                time.sleep(0)
            return running.stop()

    return bot, await asyncio.wait_for(asyncio.to_thread(work), 20)


async def test_a_bot_that_works_is_cancelled_at_the_end() -> None:
    """It can clean up, and there is nothing to judge of its end."""
    tidied = []

    async def works(rig: Rig) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            tidied.append(rig)

    bot, told = await ended(works, by_itself=False)
    assert told == ((), ())
    assert bot.failure is None
    assert tidied == [RIG]


async def test_a_bot_that_raises_is_told_of_like_a_process_that_failed() -> None:
    """And what it raised is kept."""

    async def dies(rig: Rig) -> None:
        raise ValueError("no price")

    bot, told = await ended(dies, by_itself=True)
    (event,) = told.events
    assert (event.kind, event["exit_code"]) == ("bot_ended", 1)
    assert told.words == ("the bot had ended by itself, with exit code 1",)
    assert isinstance(bot.failure, ValueError)


async def test_a_bot_that_returns_ended_well() -> None:
    """But it ended, and the history says when."""

    async def returns(rig: Rig) -> None:
        pass

    bot, told = await ended(returns, by_itself=True)
    (event,) = told.events
    assert (event.kind, event["exit_code"]) == ("bot_ended", 0)
    assert event.at == pytest.approx(time.monotonic(), abs=10)
    assert bot.failure is None
