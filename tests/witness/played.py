"""A link's connections as a witness would have told them: looks every 20 ms, figures from a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from downtick.history import Event
from downtick.witness.evidence import Evidence, evidence

LOOK = 0.02
START = 100.0

Script = Callable[[float], int]
"""How many bytes there were, so many seconds after the start."""


def nothing(at: float) -> int:
    """Return that nothing was ever sent."""
    del at
    return 0


def feed(at: float) -> int:
    """Return what a feed has sent that begins with the connection: 100 bytes each 50 ms."""
    return max(0, round(at * 1000) // 50) * 100


class Played:
    """A witness of ten seconds on a link called ``rest``, whose eyes may be shut for a while."""

    def __init__(self, end: float = 10.0, *, shut: tuple[float, float] = (0.0, 0.0)) -> None:
        self._shut = shut
        self._end = end
        self._events = [_told(0.0, "watching"), _told(end, "watched", since=end - LOOK)]
        self._sockets = 0

    def connection(
        self,
        sent: Script = nothing,
        came: Script = nothing,
        *,
        up_sent: Script = nothing,
        up_came: Script = nothing,
        born: float = 0.0,
        over: float | None = None,
        how: str = "rst",
        by: str = "link",
        unseen: str = "",
    ) -> None:
        """Add one, with what the exchange sent, what of it came, and the same upstream; ended by whom and how.

        One end of it may be unseen.
        """
        port = 40000 + self._sockets
        for end, out, into, syn in (
            ("bot", up_sent, came, 1),
            ("front", nothing, nothing, 0),
            ("back", nothing, nothing, 1),
            ("exchange", sent, up_came, 0),
        ):
            if end == unseen:
                continue
            self._sockets += 1
            number, at = self._sockets, born + LOOK / 2
            self.event(
                at, "born", since=born - LOOK / 2, socket=number, link="rest", end=end, port=port
            )
            before, last = None, born - LOOK / 2
            while at < (self._end if over is None else over):
                figures = (out(at), into(at))
                if not self._shut[0] < at < self._shut[1]:
                    if figures != before:
                        data = _figures(*figures, syn)
                        self.event(at, "sample", since=last, socket=number, state=1, **data)
                    before, last = figures, at
                at += LOOK
            if over is None:
                continue
            figures_at_death = _figures(out(over), into(over), syn)
            if how == "fin":
                figures_at_death["acked"] += 1
                figures_at_death["received"] += 1
            elif (end, by) in {("front", "link"), ("back", "link"), ("bot", "bot")}:
                figures_at_death = {}
            if end == "front":
                figures_at_death |= {"sent": came(over)} if figures_at_death else {}
                if how == "fin":
                    figures_at_death["acked"] = came(over) + 1
            self.event(
                over,
                "died",
                since=last,
                socket=number,
                aborted=not figures_at_death,
                time_wait=how == "fin" and (end, by) in {("front", "link"), ("bot", "bot")},
                **figures_at_death,
            )

    def event(self, at: float, kind: str, /, **data: Any) -> None:
        """Add an event, so many seconds after the start."""
        self._events.insert(-1, _told(at, kind, **data))

    def evidence(self) -> Evidence:
        """Return what it says."""
        return evidence(self._events)


def _told(at: float, kind: str, /, **data: Any) -> Event:
    if "since" in data:
        data["since"] += START
    return Event(START + at, "witness", kind, data)


def _figures(out: int, into: int, syn: int) -> dict[str, int]:
    return {
        "received": into,
        "rqueue": 0,
        "sent": out,
        "acked": out + syn,
        "wqueue": 0,
        "unsent": 0,
        "segments": 0,
        "segments_in": 0,
    }
