"""Every tick that the bot read is processed once, as far as the bot tells of it.

Not the bot's loss: what it never read, what went with its connection, and what the exchange sent spoilt. A snapshot
repeats what was, and may be taken for a tick or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Truth, before, exactly
from downtick.checks.run import Connection, Frame, Run
from downtick.checks.ticks import Sent, Ticks, ticks

NAME = "no_lost_or_doubled_ticks"
_SOUND = frozenset({"duplicate_frame"})
"""Faults that leave a frame as it was."""
_MANY = 6
"""Ticks that are shown as evidence of one case."""


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge each channel and product of which the bot tells: no tick twice, and each that it read once.

    Read is what surely was while the profile was played; the bot has its time to settle to process it. With
    ``conflation`` a later tick of the connection makes up for those before it.
    """
    cases = [
        case
        for told in ticks(run)
        for case in _Judge(run, told, conflates=parameters["conflation"]).cases()
    ]
    return conclude(NAME, cases, parameters, "the bot tells of no tick (DOWNTICK_EVENTS)")


class _Judge:
    """Judges the ticks of one channel and product."""

    def __init__(self, run: Run, told: Ticks, *, conflates: bool) -> None:
        self._run = run
        self._told = told
        self._conflates = conflates
        self._what = " ".join(told.pair)
        self._sound = {fault.handle for fault in run.faults if fault.name in _SOUND} | {None}
        self._had_time = run.ended - run.played > run.stolen(run.played, run.ended)

    def cases(self) -> Iterator[Case]:
        """Yield what is to be said."""
        told = self._told
        names = dict.fromkeys(tick.name for tick in told if tick.told is None)
        due = {tick: self._due(tick) for name in names for tick in told.sent[name]}
        told.understand(names, {tick for tick, is_due in due.items() if is_due})
        lost = [tick for tick, is_due in due.items() if is_due and tick.told is None]
        doubtful = [tick for tick, is_due in due.items() if is_due is None and tick.told is None]
        if told.again:
            yield self._doubled()
        if lost:
            yield self._lost(lost)
        elif doubtful:
            why = "was not processed; nobody saw whether it was read, or another feed brought the same"
            yield self._case(None, doubtful, why)
        if told.strange:
            yield self._strange()
        if not (told.again or lost or doubtful or told.strange):
            yield self._sound_case()

    # -- what must have been processed -------------------------------------------------------------

    def _due(self, tick: Sent) -> Truth:
        """Return whether a tick must have been processed: it was surely read while the profile was played."""
        played = exactly(self._run.played)
        reads = {
            before(self._run.read(connection, frame), played)
            for frame in tick.brought
            if self._counts(connection := self._run.sent_on(frame), frame)
        }
        if True not in reads:
            return None if None in reads else False
        if not self._told.trades and self._elsewhere(tick.brought[0]):
            return None  # who has two feeds may well process what one of them brought
        return True

    def _counts(self, connection: Connection, frame: Frame) -> bool:
        """Whether who read a frame must have processed it."""
        event = frame[1]
        if event.get("type") == "snapshot" or event.get("fault") not in self._sound:
            return False
        overtaken = self._last.get(connection.conn, -1) > frame[0]
        stays = self._had_time and connection.ended >= self._run.ended
        return stays and not overtaken if self._conflates else stays or overtaken

    def _elsewhere(self, frame: Frame) -> bool:
        """Whether another connection may have brought the same as a frame."""
        at, own = frame[1].at, frame[1]["conn"]
        return any(
            since <= at <= until for conn, (since, until) in self._spans.items() if conn != own
        )

    @cached_property
    def _last(self) -> dict[int, int]:
        """For each connection the number of the last frame of which the bot surely tells."""
        found: dict[int, int] = {}
        for tick in self._told:
            conn, *others = {event.data["conn"] for _, event in tick.brought}
            if tick.sure and not others:
                found[conn] = max(found.get(conn, -1), tick.brought[0][0])
        return found

    @cached_property
    def _spans(self) -> dict[int, tuple[float, float]]:
        """For each connection from when to when it may have brought the ticks."""
        found: dict[int, tuple[float, float]] = {}
        for tick in self._told:
            for frame in tick.brought:
                conn = frame[1].data["conn"]
                if conn not in found:
                    found[conn] = frame[1].at, self._run.connections[conn].ended
        return found

    # -- what is said of it ------------------------------------------------------------------------

    def _doubled(self) -> Case:
        told = self._told
        name, times = next(iter(told.again.items()))  # the same number may be that of two ticks
        often = "twice" if times == 1 else f"{times} times too often"
        sentence = f"{self._called(name)} was processed {often}{_more(len(told.again))}"
        return Case(False, sentence, tuple(number for number, _ in told.said[name][:_MANY]))

    def _lost(self, ticks: list[Sent]) -> Case:
        if self._run.unheard is None:
            return self._case(False, ticks, "was read and never processed")
        why = "was read, and may be told of in what nobody could read of the bot's events"
        return self._case(None, ticks, why)

    def _case(self, holds: Truth, ticks: list[Sent], why: str) -> Case:
        sentence = f"{self._called(ticks[0].name)} {why}{_more(len(ticks))}"
        return Case(holds, sentence, tuple(tick.brought[0][0] for tick in ticks[:_MANY]))

    def _strange(self) -> Case:
        strange = self._told.strange
        sentence = f"the exchange never sent {len(strange)} of the ticks that the bot tells of ({self._what})"
        return Case(None, sentence, tuple(number for number, _ in strange[:_MANY]))

    def _sound_case(self) -> Case:
        if self._run.unheard is not None:
            why = "some of the bot's events could not be read, and may say more"
            return Case(None, why, (self._run.unheard,))
        count = sum(tick.told is not None for tick in self._told)
        return Case(True, f"{count} ticks of {self._what} were processed, each once")

    def _called(self, name: int) -> str:
        return f"{'trade' if self._told.trades else 'tick'} {name} of {self._what}"


def _more(count: int) -> str:
    return f", and {count - 1} more like it" if count > 1 else ""
