"""A soak: a bot trades, faults come one after the other, and every minute somebody looks at its books."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from chaos_tests.orchestration.process import BotProcess
from chaos_tests.soak import growth
from chaos_tests.soak.plan import Playing
from chaos_tests.soak.report import Report, clock
from chaos_tests.soak.truth import Truth, belief, differences, unwritten
from downtick.profiles.model import Profile
from downtick.profiles.schedule import schedule
from downtick.rig import Rig
from downtick.words import VOCABULARY

MINUTE: Final = 60.0
PRODUCT: Final = "BTC-USD"

_LOOK_EVERY: Final = 0.1  # real seconds between two comparisons of the books
_SHOWN: Final = 5  # differences that a violation tells


class Soak:
    """One run of it.

    Args:
        rig: whose links are all armed.
        bot: that trades there.
        file: its store.
        limit: the largest position that it may ever have.
        say: shows a line of progress.
    """

    def __init__(
        self, rig: Rig, bot: BotProcess, file: Path, limit: float, say: Callable[[str], None]
    ) -> None:
        self._rig = rig
        self._bot = bot
        self._file = file
        self._limit = limit
        self._say = say
        self._truth = Truth(PRODUCT)
        self._read = 0  # events of the history
        self._samples: list[growth.Sample] = []
        self._agreed_at = 0.0
        self._apart: list[str] = []
        self._now_playing = ""
        self._ended = 0.0  # of the last profile
        self._last = "the start"
        self._start = 0.0

    async def run(
        self,
        report: Report,
        plan: Iterator[Playing],
        pool: Mapping[str, Profile],
        stop: asyncio.Event,
    ) -> None:
        """Run until its time is over, or `stop` is set, or nothing can go on; the report grows meanwhile."""
        self._report = report
        (page,) = self._bot.said("metrics on")
        self._page = f"http://127.0.0.1:{page['metrics_port']}/metrics"
        self._start = time.monotonic()
        player = asyncio.create_task(self._play(plan, pool))
        looker = asyncio.create_task(self._look())
        try:
            while not stop.is_set() and self._bot.process.returncode is None:
                left = min(self._minute_ends(), self._start + report.asked) - time.monotonic()
                await asyncio.wait(
                    {player, looker, stopped := asyncio.create_task(stop.wait())},
                    timeout=max(0.0, left),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                stopped.cancel()
                for task in (player, looker):
                    if task.done():
                        task.result()
                if time.monotonic() >= self._minute_ends():
                    await self._minute()
                if time.monotonic() - self._start >= report.asked:
                    break
            if self._bot.process.returncode is not None:
                self._violated(f"the bot ended by itself ({self._bot.process.returncode})")
        finally:
            for task in (player, looker):
                task.cancel()
            await asyncio.gather(player, looker, return_exceptions=True)
            self._fold()
            report.took = time.monotonic() - self._start
            report.stolen = self._rig.stolen(self._start)
            report.growth = growth.judge(self._samples)
            for each in report.growth:
                if each.too_much:
                    self._violated(f"the bot grows: {each}")

    def closing(self) -> None:
        """Compare everything, after the bot's end. What a fault had just disturbed is not held against it."""
        self._fold()
        names = set(self._truth.books.orders)
        told = belief(self._file, PRODUCT, names)
        if missing := unwritten(self._truth.books, told, names):
            self._violated(f"orders were never written down: {missing[:_SHOWN]}")
        apart = differences(self._truth.books, told, names)
        if apart and not self._now_playing and self._report.took >= self._report.asked:
            self._violated(f"in the end: {'; '.join(apart[:_SHOWN])}")

    def _minute_ends(self) -> float:
        return self._start + self._rig.scaled(MINUTE) * (self._report.minutes + 1)

    def _nominal(self) -> float:
        return (time.monotonic() - self._start) / self._rig.time_scale

    def _violated(self, what: str) -> None:
        self._report.violated(self._nominal(), what)
        self._say(f"VIOLATED: {what}")

    async def _play(self, plan: Iterator[Playing], pool: Mapping[str, Profile]) -> None:
        """Play one profile after the other; a new one only if there is time to come to rest after it."""
        total = self._report.asked / self._rig.time_scale
        for each in plan:
            if each.at + each.length + each.pause > total:
                break
            await asyncio.sleep(self._start + self._rig.scaled(each.at) - time.monotonic())
            self._rested()
            self._now_playing = each.name
            self._report.played.append(each.name)
            played = schedule(pool[each.name], each.seed, self._rig.time_scale, VOCABULARY)
            await self._rig.play(played)
            self._ended = time.monotonic()
            self._last, self._now_playing = each.name, ""
        await asyncio.sleep(max(0.0, self._start + self._report.asked - time.monotonic()))
        self._rested()
        await asyncio.Event().wait()

    def _rested(self) -> None:
        """See that the books agreed in the last minute of the pause that is over."""
        now = time.monotonic()
        if self._agreed_at <= now - self._rig.scaled(MINUTE):
            pause = (now - (self._ended or self._start)) / self._rig.time_scale
            self._violated(
                f"the books do not agree, {pause:.0f} nominal s after {self._last}: "
                f"{'; '.join(self._apart[:_SHOWN])}"
            )

    async def _look(self) -> None:
        """Compare the books again and again, between two changes of the ledger."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            self._fold()
            truth, changes = self._truth, self._truth.changes
            names = frozenset(truth.touched)
            try:
                told = await asyncio.to_thread(belief, self._file, PRODUCT, names)
            except sqlite3.Error as error:  # the bot's file is not there yet, or it is busy
                self._apart = [str(error)]
                continue
            if missing := unwritten(truth.books, told, names):
                self._violated(f"orders left before they were written down: {missing[:_SHOWN]}")
            self._fold()
            if truth.changes != changes:
                continue
            self._apart = differences(truth.books, told, names)
            if not self._apart:
                truth.forget()
                self._agreed_at = time.monotonic()

    def _fold(self) -> None:
        """Take in what the history has got since the last time."""
        history, report = self._rig.history, self._report
        if self._rig.failure is not None:
            raise self._rig.failure
        while self._read < len(history):
            event = history[self._read]
            self._read += 1
            if event.kind == "ledger":
                self._truth.take(event)
                if event["change"] == "accepted":
                    report.orders += 1
                    report.last_order = report.minutes + 1
                report.fills += event["change"] == "matched"
            elif event.kind == "step_done":
                report.steps += 1
            elif event.kind == "fault_hit":
                report.hits += 1
        if self._truth.twice:
            self._violated(
                f"orders stand twice in the ledger: {sorted(self._truth.twice)[:_SHOWN]}"
            )
            self._truth.twice.clear()

    async def _minute(self) -> None:
        """Look at books and process, and show how it goes."""
        report = self._report
        report.minutes += 1
        agreed = time.monotonic() - self._agreed_at < self._rig.scaled(MINUTE)
        report.agreed += agreed
        report.put_off += not agreed
        if max(self._truth.highest, -self._truth.lowest) > self._limit:
            self._violated(f"the position was beyond its limit: up to {self._truth.highest}")
            self._limit = float("inf")
        held = await growth.sample(self._bot.process.pid, self._page)
        if held is not None:
            self._samples.append(held)
        for line in self._bot.lines:
            if line["level"] == "critical":
                self._violated(f"the bot says: {line['message']}")
        if self._bot.other:
            self._violated(f"the bot wrote what is no log: {self._bot.other[0]!r}")
        self._bot.lines.clear()
        self._bot.other.clear()
        took = time.monotonic() - self._start
        self._say(
            f"{clock(took)} of {clock(report.asked)}, {clock(max(0.0, report.asked - took))} left: minute "
            f"{report.minutes}: books {'agree' if agreed else 'apart for now'}; {report.orders} orders, "
            f"position {self._truth.books.position}; {_told(held)}; {self._now_playing or 'quiet'}"
        )


def _told(held: growth.Sample | None) -> str:
    if held is None:
        return "the bot's figures cannot be read"
    return (
        f"{held.memory:.0f} MiB, {held.descriptors:.0f} files, {held.threads:.0f} threads, "
        f"{held.tasks:.0f} tasks"
    )
