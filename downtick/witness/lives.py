"""The life of every socket of the links, read out of the witness's events. Pure.

Each was there for a time, carried bytes, and ended in some way. The kernel's figures count a SYN or FIN as a byte here
and there; the curves do not. Whether a FIN came in is plain from TCP's state; of a dead socket it is told by what its
peer had sent. Where neither is known, the bounds are a byte apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from downtick.history import Event
from downtick.witness.curves import Curve, Mark, Span, Step
from downtick.witness.netlink import (
    CLOSE_WAIT,
    CLOSED,
    CLOSING,
    FIN_WAIT1,
    FIN_WAIT2,
    LAST_ACK,
)
from downtick.witness.sightings import SOURCE, End

_FIN_IS_IN: Final = (CLOSE_WAIT, LAST_ACK, CLOSING)
_FIN_IS_OUT: Final = (FIN_WAIT1, FIN_WAIT2, LAST_ACK, CLOSING)
_WAITS: Final = (CLOSE_WAIT, LAST_ACK)
_PEERS: Final[dict[End, End]] = {
    "bot": "front",
    "front": "bot",
    "back": "exchange",
    "exchange": "back",
}
_CONNECTS: Final = ("bot", "back")


@dataclass(frozen=True)
class Life:
    """One socket.

    Attributes:
        number: of it, in the events.
        link: whose it is.
        end: which end of the link.
        port: of who connected; None where the kernel forgot it.
        born: when.
        over: when TCP was done with it; None while it lives, or if nobody saw it end.
        received: bytes that its kernel has taken in.
        read: of these, those that its owner has fetched.
        sent: bytes that left it for the first time. The *leave time* of a request is when its end was sent.
        acked: of these, those that the peer's kernel has taken in.
        segments_in: what had come at each look, and in how many segments; empty where the kernel does not say.
        segments_out: what had been sent, and in how many; likewise.
        unread: bytes that its owner never fetched, once it is dead.
        fin_sent: whether it sent a FIN; None while it lives, and where the kernel does not say.
        fin_received: whether it got one; None likewise.
        fin_sent_at: when it sent one; None if it is not known to have.
        fin_at: when it got one; None if it is not known to have.
        waited: whether it was seen open on its own side after that: the peer's FIN was the first.
        aborted: whether its owner had it send a RST on purpose.
        time_wait: whether TCP remembers it as the end that sent the first FIN.
    """

    number: int
    link: str | None
    end: End
    port: int | None
    born: Span
    over: Span | None
    received: Curve
    read: Curve
    sent: Curve
    acked: Curve
    segments_in: list[Mark]
    segments_out: list[Mark]
    unread: int | None
    fin_sent: bool | None
    fin_received: bool | None
    fin_sent_at: Span | None
    fin_at: Span | None
    waited: bool
    aborted: bool
    time_wait: bool

    @property
    def ended(self) -> Span | None:
        """When the connection was over for its owner: at the first closing segment that came in. None if it lives."""
        return self.fin_at or self.over

    def read_at(self, offset: int) -> Span | None:
        """Return when what ends at this offset had left the socket's kernel buffer; None if it never did."""
        return self.read.reached(offset)


By = Literal["owner", "link", "unknown"]
How = Literal["fin", "rst"]


def ending(own: Life, far: Life | None) -> tuple[By, How] | None:
    """Return whose segment ended a connection, and which one it was; None if it lives or nobody knows.

    Args:
        own: the bot's end of it, or the exchange's.
        far: the link's end of the same connection.
    """
    if own.waited:
        return "link", "fin"
    if own.over is None:
        return None
    if far is not None and far.aborted:
        # An armed link answers a FIN by a RST; a socket that was reset sends no FIN any more.
        return ("owner", "fin") if own.fin_sent else ("link", "rst")
    if own.aborted:
        return "owner", "rst"
    if own.time_wait:
        return "owner", "fin"
    if far is None:
        # A socket that is aborted before anybody looked dies without a trace: what it sent is a RST.
        met = own.fin_sent is False and not own.unread
        return ("link", "rst") if met else None
    if far.over is None:
        return None
    if far.time_wait or (own.fin_received and not own.fin_sent):
        return "link", "fin"
    if far.fin_received and not far.fin_sent:
        return "owner", "fin"
    if own.fin_sent is None or own.fin_sent or far.fin_sent:
        return None  # FINs went both ways and nobody remembers which was the first
    if own.unread:
        return "owner", "rst"  # who closes with bytes unread sends one
    return ("link" if far.unread else "unknown"), "rst"


def lives(events: Iterable[Event]) -> list[Life]:
    """Return the life of every socket that the witness saw, in the order in which it saw them.

    Args:
        events: of a history; those of other sources are left out.
    """
    seen: dict[int, _Seen] = {}
    looked = -math.inf
    for event in events:
        if event.source != SOURCE:
            continue
        # What did not change is known to have stood still until the last look began of which something is told.
        looked = max(looked, event.get("since") or -math.inf)
        match event.kind:
            case "born":
                seen[event["socket"]] = _Seen(event)
            case "sample":
                seen[event["socket"]].samples.append(event)
            case "gone":
                seen[event["socket"]].gone = event
            case "died":
                seen[event["socket"]].died = event
    return [one.life(_peer(one, seen.values()), looked) for one in seen.values()]


class _Seen:
    """The events of one socket."""

    def __init__(self, born: Event) -> None:
        self.born = born
        self.link: str | None = born["link"]
        self.end: End = born["end"]
        self.port: int | None = born["port"]
        self.samples: list[Event] = []
        self.gone: Event | None = None
        self.died: Event | None = None

    @property
    def figures(self) -> Event | None:
        """Its last figures, if it is dead and they are known."""
        return self.died if self.died is not None and "received" in self.died.data else None

    @property
    def syn(self) -> int:
        """What its acknowledged bytes count for a SYN."""
        return 1 if self.end in _CONNECTS else 0

    @property
    def fin_sent(self) -> bool | None:
        """Whether it sent a FIN: one more is written than bytes were sent or are still to be sent."""
        last = self.figures
        if last is None or last["sent"] is None or last["acked"] < self.syn:
            return None  # nobody knows, or it never had a peer
        return bool(last["acked"] - self.syn + last["wqueue"] - last["unsent"] > last["sent"])

    def life(self, peer: _Seen | None, looked: float) -> Life:
        """Return it whole."""
        fin_received = self._fin_received(peer)
        looks = [*self.samples, *([self.figures] if self.figures else [])]
        over = self.gone or self.died
        until = math.inf
        if self.figures is None:
            until = looked if over is None else over["since"]
        received = self._received(looks, fin_received)
        sent, acked = [self._sent(look) for look in looks], [self._acked(look) for look in looks]
        return Life(
            self.born["socket"],
            self.link,
            self.end,
            self.port,
            _span(self.born),
            None if over is None else _span(over),
            Curve(received, until),
            Curve(self._read(looks, received), until),
            Curve(sent, until),
            Curve(acked, until),
            _marks(looks, received, "segments"),
            _marks(looks, sent, "segments_out"),
            None if self.figures is None else max(0, self.figures["rqueue"] - bool(fin_received)),
            self.fin_sent,
            fin_received,
            self._first(_FIN_IS_OUT, self.fin_sent),
            self._first(_FIN_IS_IN, fin_received),
            any(sample["state"] in _WAITS for sample in self.samples),
            self.died is not None and self.died["aborted"],
            self.died is not None and self.died["time_wait"],
        )

    def _first(self, states: Sequence[int], at_last: bool | None) -> Span | None:
        """Return when it was first seen in one of these states of TCP, or when it died if it was at last."""
        seen = next((look for look in self.samples if look["state"] in states), None)
        if seen is None and at_last:
            seen = self.died
        return None if seen is None else _span(seen)

    def _fin_received(self, peer: _Seen | None) -> bool | None:
        if self.samples and self.samples[-1]["state"] in _FIN_IS_IN:
            return True
        last = self.figures
        if last is None:
            return None
        sent = peer.figures and peer.figures["sent"] if peer is not None else None
        if sent is not None:
            return bool(last["received"] > sent)
        return None if last["received"] else False

    def _received(self, looks: Sequence[Event], fin: bool | None) -> list[Step]:
        steps = []
        for look in looks:
            state, count = look.get("state", CLOSED), look["received"]
            if state == CLOSED:
                least, most = count - (fin is not False), count - (fin is True)
            else:
                least = most = count - (state in _FIN_IS_IN)
            steps.append(_step(look, least, most))
        return steps

    def _read(self, looks: Sequence[Event], received: Sequence[Step]) -> list[Step]:
        """The kernel takes the queue an instant before the count: bytes that came between look as if they were read.

        So what was surely read is counted from the look before. A dead socket stands still.
        """
        steps, before = [], 0
        for look, whole in zip(looks, received, strict=True):
            count = look["received"]
            surely = (count if look.kind == "died" else before) - look["rqueue"]
            most = min(count - look["rqueue"], whole.most)
            steps.append(_step(look, max(0, min(surely, whole.least)), max(0, most)))
            before = count
        return steps

    def _sent(self, look: Event) -> Step:
        acked = self._acked(look)
        if look["sent"] is not None:
            return _step(look, look["sent"], look["sent"])
        return _step(look, acked.least, acked.most + look["wqueue"] - look["unsent"])

    def _acked(self, look: Event) -> Step:
        count = max(0, look["acked"] - self.syn)
        if look["sent"] is not None:
            count = min(count, look["sent"])
            return _step(look, count, count)
        return _step(look, max(0, count - 1), count)


def _peer(one: _Seen, others: Iterable[_Seen]) -> _Seen | None:
    """Return the other end of a connection: of those with the same port the one that was born nearest to it."""
    wanted = (one.link, _PEERS[one.end], one.port)
    if one.port is None:
        return None
    found = (other for other in others if (other.link, other.end, other.port) == wanted)
    return min(found, key=lambda other: abs(other.born.at - one.born.at), default=None)


def _span(event: Event) -> Span:
    since: Any = event["since"]
    return Span(-math.inf if since is None else since, event.at)


def _marks(looks: Sequence[Event], steps: Sequence[Step], name: str) -> list[Mark]:
    counted = zip(looks, steps, strict=True)
    return [
        Mark(step.since, step.at, step.least, count)
        for look, step in counted
        if (count := look.get(name)) is not None
    ]


def _step(look: Event, least: int, most: int) -> Step:
    return Step(_span(look).earliest, look.at, max(0, least), max(0, most))
