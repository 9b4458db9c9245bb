"""A profile as a frozen model. All times are nominal seconds; `schedule` turns them into real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from downtick.profiles.vocabulary import Place

Stream = Literal["downstream", "upstream"]
"""A direction: ``downstream`` is exchange to bot, ``upstream`` bot to exchange (Toxiproxy's words)."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)


class Run(_Frozen):
    """How long the parts of a run last.

    Attributes:
        warm_up: the time within which the steady state must be there, in seconds.
        for_: from the steady state to the end of the last fault, in seconds; None leaves it to `schedule`.
        settle: quiet time afterwards, in which the bot may recover, in seconds.
    """

    warm_up: float = Field(default=30.0, gt=0)
    for_: float | None = Field(default=None, gt=0, alias="for")
    settle: float = Field(default=10.0, ge=0)


@dataclass(frozen=True)
class Trigger:
    """A step's moment, counted inside the exchange: the ``count``-th event of ``counter``.

    A plain dataclass, because it travels to the arena as part of a schedule.
    """

    counter: str
    count: Annotated[int, Field(ge=1)]


class Repeat(_Frozen):
    """The same step ``count`` times, its starts ``every`` seconds apart."""

    count: int = Field(ge=1)
    every: float = Field(gt=0)


class Step(_Frozen):
    """One fault with a place and a time.

    Attributes:
        at: seconds after the steady state; None if the step waits for ``when``.
        when: what the exchange must have counted; None if the step has a time.
        hold: whether the feed waits until the bot has read what was sent and the step is done.
        for_: how long the fault lasts in seconds; None for a fault that is over at once or lasts to the end.
        repeat: how often, or None for once.
        link: the link that it happens on; None inside the exchange.
        place: toxic, link fault or exchange fault.
        name: of the fault, from the vocabulary.
        attributes: validated, with the defaults filled in.
        stream: the direction of a toxic.
        toxicity: the share of connections that a toxic hits, 0 to 1.
        selectors: which events an exchange fault hits (``once``, ``nth``, ``times``, ``route``, ...).
        line: where it stands in its file.
    """

    at: float | None = Field(default=None, ge=0)
    when: Trigger | None = None
    hold: bool = False
    for_: float | None = Field(default=None, gt=0, alias="for")
    repeat: Repeat | None = None
    link: str | None = None
    place: Place
    name: str
    attributes: Mapping[str, Any] = Field(default_factory=dict)
    stream: Stream = "downstream"
    toxicity: float = Field(default=1.0, ge=0, le=1)
    selectors: Mapping[str, Any] = Field(default_factory=dict)
    line: int = 1


class Expectation(_Frozen):
    """One check that the run must satisfy, with its parameters and the line where it stands."""

    name: str
    parameters: Mapping[str, Any] = Field(default_factory=dict)
    line: int = 1


class Phase(_Frozen):
    """What clients saw from one instant of an incident until the next phase begins.

    Attributes:
        at: when it began, UTC.
        evidence: whether a source tells of it, or it was concluded.
        what: they saw.
        line: where it stands in its file.
    """

    at: datetime
    evidence: Literal["reported", "inferred"]
    what: str
    line: int = 1


class Incident(_Frozen):
    """What happened at a real venue, which a profile plays again faster than it was.

    Attributes:
        start: the incident's time at the steady state, UTC.
        compression: seconds of the incident in one nominal second.
        phases: in the order of time.
        sources: where it is told.
    """

    start: datetime
    compression: float = Field(ge=1)
    phases: tuple[Phase, ...]
    sources: tuple[str, ...]

    def clock(self, nominal: float) -> datetime:
        """Return the incident's time at so many nominal seconds after the steady state."""
        return self.start + timedelta(seconds=nominal * self.compression)

    def nominal(self, at: datetime) -> float:
        """Return the nominal seconds after the steady state at which the incident has come to an instant."""
        return (at - self.start).total_seconds() / self.compression


class Profile(_Frozen):
    """A named list of steps, what is expected of the bot, and the incident that it plays again, if any."""

    name: str
    title: str
    description: str = ""
    seed: int | None = None
    run: Run = Run()
    steps: tuple[Step, ...]
    expect: tuple[Expectation, ...] = ()
    incident: Incident | None = None
