"""One profile, played to one bot and judged: the same for the command line and for pytest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from downtick.arena.host import ArenaHost, shared_arena
from downtick.bots.bot import Bot, Running
from downtick.errors import InputError, Interrupted, RigError
from downtick.histories import Played, read_history
from downtick.judging import judge_run
from downtick.report.captures import capture_words
from downtick.report.judged_run import JudgedRun
from downtick.rig import Rig
from downtick.runs.audience import Audience
from downtick.runs.plan import Plan

_LOOK: Final = 0.1
"""Real seconds between two looks at what happened."""


class OneRun:
    """One profile played to one bot.

    Args:
        plan: what is played.
        files: path of what is kept, without a suffix: the history and the bot's output.
        accept_unwitnessed: whether a fault that nobody saw on the wire counts as one that bit.
        pcap: whether a capture of each link is kept too, and the keys to them.
        stop: ends it before its time, once it is set.
        arena: as a rig takes it.
        settings: of its rig besides.
    """

    def __init__(
        self,
        plan: Plan,
        files: Path,
        *,
        accept_unwitnessed: bool = False,
        pcap: bool = False,
        stop: threading.Event | None = None,
        arena: Callable[[], ArenaHost] = shared_arena,
        **settings: Any,
    ) -> None:
        self.history_file = files.with_name(files.name + ".jsonl")
        self.log = files.with_name(files.name + ".log")
        self._plan = plan
        self._accept = accept_unwitnessed
        self._stop = stop or threading.Event()
        capture = files if pcap else None
        self._rig = Rig.of(plan.prepared, witness=True, capture=capture, arena=arena, **settings)

    def play(self, bot: Bot, audience: Audience) -> JudgedRun:
        """Play it, and return the run as it is kept: without secrets.

        Raises:
            Interrupted: it was stopped; nothing is kept but captures.
            InputError: the bot cannot be started, or the history cannot be written.
            RigError: there was nothing that a bot could have connected to.
        """
        trouble: str | None = None
        audience.begins(self._plan)
        try:
            with self._rig as rig, bot.running(rig, self.log) as running:
                self._watch(rig, running, audience)
        except RigError as error:
            if not self._rig.came_up:
                raise
            trouble = str(error)
        self._keep(bot)
        header, history = read_history(self.history_file)
        prepared = self._plan.prepared
        judged = judge_run(
            self.history_file.stem,
            Played(header, history, prepared.profile, prepared.schedule.time_scale),
            accept_unwitnessed=self._accept,
            trouble=trouble,
            failure=bot.failure,
        )
        audience.ends(self._plan, judged, (self.history_file, self.log))
        return judged

    def _watch(self, rig: Rig, bot: Running, audience: Audience) -> None:
        """Let the bot work while the profile is played and for its settling time, and end it."""
        heard, ends, over = 0, float("inf"), False
        while time.monotonic() < ends:
            rig.history.extend(bot.news())
            news = rig.history.since(heard)
            heard += len(news)
            if any(event.kind == "run_ended" for event in news):
                ends = time.monotonic() + self._plan.prepared.schedule.settle
            if rig.failure is not None:
                raise rig.failure
            if not over and bot.exit_code is not None:
                over = True
                _end(rig, bot, audience, self._plan)
            audience.hears(self._plan, news)
            for words in filter(None, map(capture_words, news)):
                audience.says(self._plan, words)
            if self._stop.wait(_LOOK):
                raise Interrupted(f"{self._plan.name} was stopped before its end")
        if not over:
            _end(rig, bot, audience, self._plan)

    def _keep(self, bot: Bot) -> None:
        """Write the history down."""
        try:
            self.history_file.parent.mkdir(parents=True, exist_ok=True)
            with self.history_file.open("wb") as file:
                file.writelines(self._rig.history_lines(bot=list(bot.words)))
        except OSError as error:
            raise InputError(f"{self.history_file}: {error.strerror}") from error


def _end(rig: Rig, bot: Running, audience: Audience, plan: Plan) -> None:
    """End the bot, if it has not ended by itself; tell the history, and say it in words."""
    farewell = bot.stop()
    rig.history.extend(farewell.events)
    for words in farewell.words:
        audience.says(plan, words)
