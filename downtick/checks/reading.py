"""When the bot had read a frame or an answer, as the kernel saw its own socket.

Toxiproxy passes bytes on unchanged, so what ends at an offset of the exchange's stream was read when the bot's socket had
handed so many bytes to its owner. Which socket of the bot belongs to which connection of the exchange nobody tells: it is
known where only one can, by when it was there and by how much it had sent and received.
"""

from __future__ import annotations

from collections.abc import Iterable

from downtick.checks.instant import NEVER, Instant
from downtick.checks.run import Connection, Frame, Reading, unwitnessed
from downtick.history import Event
from downtick.witness.evidence import Evidence
from downtick.witness.lives import Life
from downtick.witness.pairs import fits


def reading(history: Iterable[Event], seen: Evidence) -> Reading:
    """Return what says when the bot had read something; of what the witness does not know it says what the exchange knows.

    Args:
        history: in which the exchange tells of its connections.
        seen: by the witness.
    """
    accepted = [event for event in history if event.kind == "accepted"]
    sockets = _only({event["conn"]: _candidates(event, seen) for event in accepted})

    def read(connection: Connection, frame: Frame) -> Instant:
        event = frame[1]
        life, offset = sockets.get(connection.conn), event.get("offset")
        if life is None or not offset:
            return unwitnessed(connection, frame)
        span = life.read_at(offset)
        if span is None:
            return NEVER
        if span.latest < event.at:  # before it was sent: then this is another's socket
            return unwitnessed(connection, frame)
        return Instant(max(span.earliest, event.at), span.latest)

    return read


def _candidates(accepted: Event, seen: Evidence) -> list[Life]:
    """Return the bot's sockets that were there when a connection came through their link, and may be its other end."""
    at = accepted.at
    if seen.missing(at, at):
        return []
    there = [
        life
        for life in seen.ends(accepted["listener"], "bot")
        if life.born.earliest <= at and (life.over is None or life.over.latest >= at)
    ]
    own = _own_end(accepted, seen)
    return there if own is None or len(there) < 2 else [life for life in there if fits(life, own)]


def _own_end(accepted: Event, seen: Evidence) -> Life | None:
    """Return the exchange's own socket of a connection: the port that it came from is known there too."""
    ends = seen.ends(accepted["listener"], "exchange")
    found = [life for life in ends if life.port == accepted["peer_port"]]
    return min(found, key=lambda life: abs(life.born.latest - accepted.at), default=None)


def _only(candidates: dict[int, list[Life]]) -> dict[int, Life]:
    """Return the socket of each connection that can have no other: one that is surely another's is out of the question."""
    found: dict[int, Life] = {}
    taken: set[int] = set()
    grew = True
    while grew:
        grew = False
        for conn, lives in candidates.items():
            left = [life for life in lives if life.number not in taken]
            if conn not in found and len(left) == 1:
                found[conn] = left[0]
                taken.add(left[0].number)
                grew = True
    return found
