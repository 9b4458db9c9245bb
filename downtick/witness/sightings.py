"""From what the kernel shows, look by look, to the events of the witness. Pure: no socket, no clock.

Every connection through a link has four ends here, and each figure is of one of them::

    bot ───────────── front │ Toxiproxy │ back ───────────── exchange
    its own socket    the proxy's two sockets        the exchange's own

Who connects is ``bot`` and ``back``. Their own ports name the two connections: ``port`` of ``bot`` and ``front`` is
the bot's, ``port`` of ``back`` and ``exchange`` is the one that the exchange's journal calls ``peer_port``.

Events, with what they say beside ``at``:

- ``born``: ``socket`` (a number of the witness), ``link``, ``end``, ``port``; since when at the earliest (``since``;
  None: before the witness came).
- ``sample``: the raw figures of a `Figures` and TCP's ``state``, when they have changed: between ``since`` and ``at``.
  Of ``bot`` and ``exchange`` only, after the first one. A change of ``received`` is followed by one more sample, because the kernel takes ``rqueue`` an instant earlier.
- ``gone``: TCP is done with the socket, its owner still holds it. That is what a RST does.
- ``died``: the last figures; ``time_wait`` tells whether TCP remembers it as the end that sent the first FIN.
  ``aborted``: its owner let it send a RST on purpose, which wipes out its figures and its peer's port.
- ``refused``: a connect met nobody. ``link`` is None where the kernel has forgotten the port (a blocking connect):
  then it was to the host of one of ``links``, and perhaps to another port of it. Counting those is an upper bound.
- ``watching``, ``watched``: the witness began, it ended; its last look began at ``since``.
- ``no_witness``: nobody looks any more, or ever did, for a ``reason``.
- ``lost``: deaths that the kernel had no room for. Whatever ended before may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from downtick.history import Event
from downtick.witness.netlink import Figures, Place, Socket

SOURCE: Final = "witness"

End = Literal["bot", "front", "back", "exchange"]

_LOOKED_AT: Final = ("bot", "exchange")
"""Ends whose figures are told again and again. Toxiproxy's own carry the same bytes as these."""

_SAMPLE: Final = ("socket", "since", "state", *Figures._fields)

# Linux's tcp_disconnect() moves the end of what was written on by the largest window that the peer ever offered,
# and 2. So this is left of a socket that never had a peer.
_NEVER_CONNECTED: Final = 2
_NOBODY: Final = ("0.0.0.0", "::")  # noqa: S104 - nothing is bound: what the kernel shows for "no address"


class WatchedLink(NamedTuple):
    """Where a link listens and where it leads, by addresses."""

    name: str
    listen: Place
    upstream: Place


class _Whereabouts(NamedTuple):
    link: str | None
    end: End
    port: int | None


@dataclass
class _Known:
    """What is known of one socket.

    Attributes:
        number: of it.
        end: of its link.
        socket: as last seen.
        asked: when its figures were last asked for and found so.
        settled: whether ``received`` stood still in two looks.
        gone: whether it was told.
    """

    number: int
    end: End
    socket: Socket
    asked: float
    settled: bool = False
    gone: bool = False


class Sightings:
    """What a witness has seen of some links.

    Args:
        links: whose sockets count.
        began: when it began to hear of deaths, in monotonic seconds.
    """

    def __init__(self, links: Iterable[WatchedLink], began: float) -> None:
        self._links = tuple(links)
        self._by_remote: dict[Place, tuple[str, End]] = {}
        self._by_local: dict[Place, tuple[str, End]] = {}
        for link in self._links:
            self._by_remote[link.listen] = (link.name, "bot")
            self._by_local[link.listen] = (link.name, "front")
            self._by_remote[link.upstream] = (link.name, "back")
            self._by_local[link.upstream] = (link.name, "exchange")
        self._known: dict[int, _Known] = {}
        self._count = 0
        self._asked = self._whole = began
        self._first = True

    def seen(
        self, asked: float, at: float, sockets: Iterable[Socket], *, whole: bool = True
    ) -> list[Event]:
        """Return what a look shows that the one before did not.

        Args:
            asked: when the kernel was asked.
            at: when it had answered.
            sockets: that it showed; those of other links are left out.
            whole: whether it would have shown one that is new.
        """
        events: list[Event] = []
        for socket in sockets:
            known = self._known.get(socket.cookie)
            if known is None:
                place = self._place(socket)
                if place is None:
                    continue
                since = None if self._first else self._whole
                known = self._born(events, at, since, socket, place, asked)
                known.settled = _received(socket) == 0
                events.append(_sample(at, since, known.number, socket))
                continue
            before = known.socket
            if known.end in _LOOKED_AT and (
                socket.state != before.state
                or socket.figures != before.figures
                or not known.settled
            ):
                events.append(_sample(at, known.asked, known.number, socket))
                known.settled = _received(socket) == _received(before)
                known.socket = socket
            known.asked = asked
        self._asked, self._first = asked, False
        if whole:
            self._whole = asked
        return events

    def absent(self, at: float) -> list[Event]:
        """Return which sockets the last look did not show any more, though no death was told since."""
        events = []
        for known in self._known.values():
            if known.end in _LOOKED_AT and known.asked < self._asked and not known.gone:
                known.gone = True
                events.append(_event(at, "gone", socket=known.number, since=known.asked))
        return events

    def died(self, at: float, socket: Socket, waits: Callable[[Socket], bool]) -> list[Event]:
        """Return what the death of a socket of this machine says, if it says something of the links.

        Args:
            at: when it was told.
            socket: as it was told.
            waits: tells whether TCP remembers the connection of that socket's two addresses.
        """
        events: list[Event] = []
        known = self._known.pop(socket.cookie, None)
        wiped = socket.remote[1] == 0
        if known is None:
            if (refused := self._refused(at, socket)) is not None:
                return [refused]
            place = self._place(socket)
            if place is None:
                return []
            known = self._born(events, at, self._whole, socket, place, self._whole)
            del self._known[socket.cookie]
        events.append(
            _event(
                at,
                "died",
                socket=known.number,
                since=known.asked,
                aborted=wiped,
                time_wait=not wiped and waits(socket),
                **({} if wiped or socket.figures is None else socket.figures._asdict()),
            )
        )
        return events

    def lost(self, at: float) -> Event:
        """Return that deaths were lost."""
        return _event(at, "lost", since=self._whole)

    def _born(
        self,
        events: list[Event],
        at: float,
        since: float | None,
        socket: Socket,
        place: _Whereabouts,
        asked: float,
    ) -> _Known:
        self._count += 1
        known = self._known[socket.cookie] = _Known(self._count, place.end, socket, asked)
        events.append(_event(at, "born", socket=known.number, since=since, **place._asdict()))
        return known

    def _place(self, socket: Socket) -> _Whereabouts | None:
        """Return which end of which link a socket is; the link is None if it may be of several."""
        local, remote = socket.local, socket.remote
        if (found := self._by_remote.get(remote)) is not None:
            return _Whereabouts(*found, local[1])
        if remote[0] in _NOBODY:
            return None  # a listener, or nothing at all
        if (found := self._by_local.get(local)) is not None:
            return _Whereabouts(*found, remote[1] or None)
        return None

    def _refused(self, at: float, socket: Socket) -> Event | None:
        """Return that a connect was refused, if that is what died here."""
        (host, port), figures = socket.remote, socket.figures
        place = self._by_remote.get((host, port))
        if figures is None:
            return None
        if place is not None and place[1] == "bot":
            # The SYN was never acknowledged, and something came back: a RST.
            if figures.acked or figures.received or not figures.segments_in:
                return None
            return _event(at, "refused", link=place[0], port=socket.local[1])
        links = [link.name for link in self._links if link.listen[0] == host]
        if port or not links:
            return None
        if figures.unsent > _NEVER_CONNECTED:
            return None
        return _event(at, "refused", link=None, links=links, port=socket.local[1])


def _received(socket: Socket) -> int | None:
    return socket.figures.received if socket.figures is not None else None


def _sample(at: float, since: float | None, number: int, socket: Socket) -> Event:
    figures: Figures | None = socket.figures
    assert figures is not None
    data = dict(zip(_SAMPLE, (number, since, socket.state, *figures), strict=True))
    return Event(at, SOURCE, "sample", data)


def _event(at: float, kind: str, /, **data: Any) -> Event:
    return Event(at, SOURCE, kind, data)
