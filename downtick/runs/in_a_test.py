"""Verdicts for a test: on a bot that is handed over, or on one that the test itself let loose."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from downtick.bots.bot import Bot
from downtick.bots.command import check
from downtick.bots.command_line import CommandLine
from downtick.bots.in_process import BotFunction, InProcess
from downtick.errors import ArenaError
from downtick.histories import Played
from downtick.history import History, matching
from downtick.judging import judge_run
from downtick.profiles.model import Profile
from downtick.profiles.schedule import Schedule
from downtick.report.judged_run import JudgedRun
from downtick.rig import PLAYED_WITHIN, Rig
from downtick.runs.audience import Nobody
from downtick.runs.one import OneRun
from downtick.runs.plan import Plan


async def run_profile(
    plan: Plan, bot: BotFunction | Sequence[str], files: Path, **settings: Any
) -> JudgedRun:
    """Play a profile to a bot and judge it; see `Rig.run`.

    Args:
        plan: what is played.
        bot: a command, or a coroutine function.
        files: path of what is kept, without a suffix.
        settings: of the run; see `OneRun`.
    """
    made: Bot
    if callable(bot):
        made = InProcess(bot, asyncio.get_running_loop())
    else:
        check(bot)
        made = CommandLine(tuple(bot))
    stop = threading.Event()
    one = OneRun(plan, files, stop=stop, **settings)
    try:
        return await asyncio.to_thread(one.play, made, Nobody())
    finally:
        stop.set()  # whoever waits may have been cancelled


async def verdict_on(rig: Rig, profile: Profile, *, accept_unwitnessed: bool) -> JudgedRun:
    """Judge what happened: until now, or when a schedule is over and the bot had its time; see `Rig.verdict`."""
    if rig.schedule is not None:
        await _settled(rig, rig.schedule)
    header, history = History.from_jsonl(b"".join(rig.history_lines()))
    played = Played(header, history, profile, rig.time_scale)
    name = rig.files.name + (f"-{len(rig.runs) + 1}" if rig.runs else "")
    return judge_run(name, played, accept_unwitnessed=accept_unwitnessed)


async def _settled(rig: Rig, schedule: Schedule) -> None:
    """Wait until a schedule is over and the bot had its time to settle."""
    seconds = schedule.warm_up + schedule.length + PLAYED_WITHIN
    over = matching("run_ended", source="conductor")
    ended = await rig.history.until(over, time.monotonic() + seconds)
    if ended is None:
        raise ArenaError(f"{schedule.profile} did not end within {seconds:g} s")
    await asyncio.sleep(ended.at + schedule.settle - time.monotonic())
