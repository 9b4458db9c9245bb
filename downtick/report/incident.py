"""An incident that is being played, told by the incident's own clock: phases, faults, and what the bot met."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from downtick.history import Event
from downtick.profiles.drawing import fault_words
from downtick.profiles.fields import faults_at
from downtick.profiles.model import Incident, Phase, Profile
from downtick.profiles.vocabulary import Vocabulary


@dataclass
class Meanwhile:
    """What happened at the exchange during one phase."""

    requests: int = 0
    failed: Counter[int] = field(default_factory=Counter)
    connections: int = 0
    refused: int = 0
    lost: int = 0
    orders: int = 0

    def __str__(self) -> str:
        failed = ", ".join(
            f"{count} answered {code}" for code, count in sorted(self.failed.items())
        )
        refused = f" ({self.refused} turned away)" if self.refused else ""
        lost = f", {self.lost} lost" if self.lost else ""
        return (
            f"{_counted(self.requests, 'request')}{f' ({failed})' if failed else ''}, "
            f"{_counted(self.connections, 'new connection')}{refused}{lost}, "
            f"{_counted(self.orders, 'order')} taken"
        )


class IncidentStory:
    """Hears the events of a run in their order and tells lines.

    Args:
        profile: with an incident.
        vocabulary: that it was loaded with.
        time_scale: real time over nominal time.

    Attributes:
        phase: the number of the present phase; -1 before the first.
        faults: in words, those that are on, by their number in the schedule.
        meanwhile: what happened in this phase so far.
        over: whether the faults have come to their end.
    """

    def __init__(self, profile: Profile, vocabulary: Vocabulary, time_scale: float) -> None:
        assert profile.incident is not None
        self.profile = profile
        self.incident: Incident = profile.incident
        self.phase = -1
        self.faults: dict[int, str] = {}
        self.meanwhile = Meanwhile()
        self.over = False
        self._vocabulary = vocabulary
        self._time_scale = time_scale
        self._start: float | None = None
        self._stolen = 0.0

    @property
    def begun(self) -> bool:
        """Whether the incident's clock runs: from the steady state on."""
        return self._start is not None

    def nominal(self, now: float) -> float:
        """Return the nominal seconds since the steady state at a monotonic instant; 0 before it.

        While the machine stands still the clock does: what is still to come is put off by as much.
        """
        passed = 0.0 if self._start is None else now - self._start - self._stolen
        return max(0.0, passed) / self._time_scale

    def clock(self, now: float) -> datetime:
        """Return the incident's own time, UTC, at a monotonic instant."""
        return self.incident.clock(self.nominal(now))

    def head(self) -> list[str]:
        """Return the lines to begin with."""
        faster = f"{self.incident.compression:g} times as fast as then"
        return [f"{self.profile.name}: {self.profile.title} ({faster})"]

    def look(self, now: float) -> list[str]:
        """Return a line for each phase that has ended or begun since the last look."""
        lines: list[str] = []
        phases = self.incident.phases
        while (
            self._start is not None
            and self.phase + 1 < len(phases)
            and self.incident.nominal(phases[self.phase + 1].at) <= self.nominal(now)
        ):
            lines += self._end_phase(phases[self.phase + 1].at)
            self.phase += 1
            begun = phases[self.phase]
            lines.append(_line(begun.at, f"phase begins ({begun.evidence}): {begun.what}"))
        return lines

    def hear(self, event: Event) -> list[str]:
        """Take note of an event, and return what it makes to tell."""
        if event.kind == "steady_state":
            self._start = event.at
        if event.kind == "late" and self.begun:
            self._stolen += event["seconds"]
        lines = self.look(event.at)
        if event.source == "conductor" and event.kind in {"step_done", "step_healed"}:
            return lines + self._step(event)
        if event.kind == "run_ended":
            self.over = True
            self.faults.clear()
            return [*lines, *self._end_phase(self.clock(event.at))]
        self._count(event)
        return lines

    def _end_phase(self, at: datetime) -> list[str]:
        meanwhile, self.meanwhile = self.meanwhile, Meanwhile()
        if self.phase < 0:
            return []
        ended: Phase = self.incident.phases[self.phase]
        return [_line(at, f"phase ends: {ended.what}"), _line(at, f"  meanwhile: {meanwhile}")]

    def _step(self, event: Event) -> list[str]:
        step = self.profile.steps[event["step"]]
        words = f"{fault_words(step, self._vocabulary)} on {step.link or 'exchange'}"
        lasting = faults_at(self._vocabulary, step.place)[step.name].lasting
        if event.kind == "step_healed":
            self.faults.pop(event["act"], None)
            state = "fault off"
        elif lasting:
            self.faults[event["act"]] = words
            state = "fault on"
        else:
            state = "fault"
        return [_line(self.clock(event.at), f"  {state}: {words}")]

    def _count(self, event: Event) -> None:
        match event.kind:
            case "request":
                self.meanwhile.requests += 1
            case "answer" if event["status"] >= 400:
                self.meanwhile.failed[event["status"]] += 1
            case "accepted":
                self.meanwhile.connections += 1
            case "refused":
                self.meanwhile.refused += 1
            case "closed" if event.get("by") == "fault":
                self.meanwhile.lost += 1
            case "ledger" if event["change"] == "accepted":
                self.meanwhile.orders += 1


def _line(at: datetime, text: str) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z  {text}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
