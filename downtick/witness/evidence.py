"""What a proof is made of: the fault, what the kernel saw, and the four answers. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from downtick.history import Event
from downtick.witness.bite import Bite
from downtick.witness.curves import Span
from downtick.witness.lives import By, How, Life, ending, lives
from downtick.witness.sightings import SOURCE

EDGE: Final = 0.045
"""Seconds at both ends of a fault in which nothing is judged: two looks and 5 ms."""


_LINKS_OWN: Final = {"bot": "front", "exchange": "back"}


class Trace(NamedTuple):
    """Whether a fault left its trace on the wire, and one sentence with the figures."""

    bite: Bite
    why: str


@dataclass(frozen=True)
class WireFault:
    """One fault of the wire.

    Attributes:
        link: where.
        name: of the toxic or link fault.
        asked: when it was asked for, in monotonic seconds.
        done: when Toxiproxy had said that it stands.
        end: until when it stood for sure; the same as `done` if it is over in an instant.
        attributes: of it, in Toxiproxy's own units and in real time.
        stream: of a toxic, ``downstream`` or ``upstream``.
    """

    link: str
    name: str
    asked: float
    done: float
    end: float
    attributes: Mapping[str, Any] = field(default_factory=dict)
    stream: str = "downstream"


@dataclass(frozen=True)
class Evidence:
    """What the witness saw of all links.

    Attributes:
        lives: of every socket.
        refusals: connects that met nobody.
        losses: when deaths may have been missed.
        began: when it began to look; infinity if never.
        ended: until when it looked.
        blind: why nobody looks, or looked any more.
    """

    lives: list[Life]
    refusals: list[Event]
    losses: list[Span]
    began: float
    ended: float
    blind: str | None

    def missing(self, start: float, end: float) -> str | None:
        """Return why the witness cannot speak of this time; None if it can."""
        if self.began > start or self.ended < end:
            return self.blind or "nobody looked into the kernel then"
        if any(loss.earliest <= end and start <= loss.latest for loss in self.losses):
            return "the witness lost deaths of sockets then: more died than the kernel could keep for it"
        return None

    def ends(self, link: str, end: str) -> list[Life]:
        """Return the sockets at one end of a link."""
        return [life for life in self.lives if (life.link, life.end) == (link, end)]

    def ending(self, own: Life) -> tuple[By, How] | None:
        """Return by whom and by which segment a connection ended, None if it lives or nobody knows.

        Args:
            own: the bot's or the exchange's end of it; the link has the other one.
        """
        fars = [
            life
            for life in self.ends(own.link or "", _LINKS_OWN[own.end])
            if life.port is not None and life.port == own.port
        ]
        nearest = min(fars, key=lambda one: abs(one.born.latest - own.born.latest), default=None)
        return ending(own, nearest)


def evidence(events: Iterable[Event]) -> Evidence:
    """Return what the witness's events of a history say."""
    told = [event for event in events if event.source == SOURCE]
    began = min((e.at for e in told if e.kind == "watching"), default=math.inf)
    blind = next((e for e in told if e.kind == "no_witness"), None)
    return Evidence(
        lives(told),
        [event for event in told if event.kind == "refused"],
        [Span(event["since"], event.at) for event in told if event.kind == "lost"],
        began,
        max((e.at for e in told if e.kind != "no_witness"), default=-math.inf),
        None if blind is None else blind["reason"],
    )
