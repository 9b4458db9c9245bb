"""A link's connections as a witness would have told them: looks every 20 ms, figures from a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from downtick.history import Event
from downtick.witness.evidence import Evidence, Trace, WireFault, evidence
from downtick.witness.proofs import prove

LOOK = 0.02
START = 100.0

_FIRST = {"link": ("front", "back"), "bot": ("bot", "back"), "exchange": ("exchange", "front")}
"""Which end closes first at either side of the link, by who ends the connection."""

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
        far_over: float | None = None,
        cut: Script | None = None,
    ) -> None:
        """Add one, with what the exchange sent, what of it came, and the same upstream; ended by whom and how.

        One end of it may be unseen. The link's connection to the exchange may be over at another time, and what came
        be cut into so many segments; else it is a segment for each 100 bytes.
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
            dies = far_over if far_over is not None and end in ("back", "exchange") else over
            pieces = (
                cut
                if cut is not None and end == "bot"
                else lambda at, into=into: -(-into(at) // 100)
            )
            while at < (self._end if dies is None else dies):
                figures = (out(at), into(at), pieces(at))
                if not self._shut[0] < at < self._shut[1]:
                    if figures != before:
                        data = _figures(*figures, syn)
                        self.event(at, "sample", since=last, socket=number, state=1, **data)
                    before, last = figures, at
                at += LOOK
            if dies is None:
                continue
            figures_at_death = _figures(out(dies), into(dies), pieces(dies), syn)
            if how == "fin":
                figures_at_death["acked"] += 1
                figures_at_death["received"] += 1
            elif end in _FIRST[by]:
                figures_at_death = {}
            if end in ("front", "back"):
                passed = (came if end == "front" else up_came)(dies)
                figures_at_death |= {"sent": passed} if figures_at_death else {}
                if how == "fin":
                    figures_at_death["acked"] = passed + syn + 1
            self.event(
                dies,
                "died",
                since=last,
                socket=number,
                aborted=not figures_at_death,
                time_wait=how == "fin" and end in _FIRST[by],
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


def _figures(out: int, into: int, pieces: int, syn: int) -> dict[str, int]:
    return {
        "received": into,
        "rqueue": 0,
        "sent": out,
        "acked": out + syn,
        "wqueue": 0,
        "unsent": 0,
        "segments": pieces,
        "segments_in": 0,
        "segments_out": -(-out // 100),
    }


def fault(
    name: str, end: float = 4.0, link: str = "rest", stream: str = "downstream", **attributes: Any
) -> WireFault:
    """Return a fault that was asked for three seconds after the start and stood from 5 ms later on."""
    asked = START + 3.0
    if name in ("reset", "close"):
        return WireFault(link, name, asked, asked + 0.005, asked + 0.005)
    return WireFault(link, name, asked, asked + 0.005, START + end, attributes, stream)


def proof(made: WireFault, *plays: Callable[[Played], Any]) -> Trace:
    """Return the proof of a fault from what was played."""
    played = Played()
    for play in plays:
        play(played)
    return prove(made, played.evidence())


def busy(played: Played) -> None:
    """Play a busy connection that lives on."""
    played.connection(feed, feed)


def idle(played: Played) -> None:
    """Play a connection on which nothing is ever sent."""
    played.connection()
