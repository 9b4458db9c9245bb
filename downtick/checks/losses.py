"""Feeds that were lost in a run, and from when on they could be had again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from downtick.checks.instant import Instant
from downtick.checks.run import CUT, FEEDS, Connection, End, Fault, Pair, Run

_BLOCKS = frozenset(
    {"down", "freeze", "blackhole", "timeout", "refuse_connections", "refuse_upgrade"}
)
"""Faults under which surely no feed can be opened: nobody answers, or no answer arrives."""


_TURNS_AWAY = frozenset({"refuse_connections", "refuse_upgrade", "connection_limit"})
"""Faults that shut the door on some: it surely was shut whenever they hit."""


@dataclass(frozen=True)
class Loss:
    """A feed that ended in the run.

    Attributes:
        connection: that was lost.
        end: of it.
        again: when a feed could be had again on its link; an interval, because not every fault surely prevents it.
    """

    connection: Connection
    end: End
    again: Instant


def losses(run: Run) -> Iterator[Loss]:
    """Yield the feeds that ended after the first fault, in the order of their births.

    One that the bot closed counts too: it may have given up on silence. In a history that breaks off it counts only if
    the bot came back for another: else it was stopped. A run that was played to its end knows when the bot was.
    """
    for connection in run.connections.values():
        end = connection.end
        if connection.upgraded is None or connection.listener not in FEEDS or end is None:
            continue
        if not run.first_fault <= end.at < run.ended:
            continue
        own = end.by == "bot" and end.how == "close_frame"
        if (own and not run.over) and not _came_back(run, connection, end):
            continue
        yield Loss(connection, end, _again(run, connection.listener, end.at))


def _came_back(run: Run, connection: Connection, end: End) -> bool:
    return any(
        other.accepted > end.at and other.listener == connection.listener
        for other in run.connections.values()
    )


def _again(run: Run, listener: str, at: float) -> Instant:
    """Return when a link accepted again after an instant: what may block it makes that later, what must does so surely."""
    surely = perhaps = at
    for fault in sorted(run.faults, key=lambda fault: fault.asked):
        link = fault.place == "link"
        if (link and fault.link != listener) or fault.asked > perhaps or fault.ended < at:
            continue
        ended = min(fault.ended, run.ended)
        perhaps = max(perhaps, ended)
        all_of_them = fault.toxicity == 1 and (
            link or (listener in fault.listeners and fault.attributes.get("share", 1) == 1)
        )
        # What cuts and blocks in one act is told to be done a little after the feed was lost by it.
        done = fault.asked if fault.done <= at + CUT else fault.done
        if fault.name in _BLOCKS and all_of_them and done <= surely:
            surely = max(surely, ended)
        elif fault.name in _TURNS_AWAY:
            surely = max([surely, *_turned_away(run, fault, listener, at)])
    return Instant(surely, perhaps)


def _turned_away(run: Run, fault: Fault, listener: str, since: float) -> Iterator[float]:
    """Yield when a fault shut a door of the exchange on the bot, after an instant."""
    for _, hit in fault.hits:
        knocked = run.connections.get(hit.get("conn", 0))
        if knocked is not None and knocked.listener == listener and hit.at > since:
            yield hit.at


def cut_again(run: Run, loss: Loss, within: float) -> Instant:
    """Return from when on the bot had its time to come back: later, if its new attempts were cut too.

    Args:
        run: of the loss.
        loss: of a feed.
        within: real seconds that the bot has. What cuts after them comes too late to excuse it.
    """
    listener = loss.connection.listener
    cuts = [fault.done for fault in run.faults if fault.link == listener]
    cuts += [
        other.end.at
        for other in run.connections.values()
        if other.listener == listener and other.end is not None and other.end.by == "fault"
    ]
    latest = loss.again.latest
    for cut in sorted(cuts):
        if loss.end.at < cut <= latest + within:
            latest = max(latest, cut)
    return Instant(loss.again.earliest, latest)


def covering(run: Run, loss: Loss) -> Connection | None:
    """Return another feed of the link that carried the same all the time, if there was one."""
    at = loss.end.at
    lost = loss.connection.pairs(at)
    for other in run.feeds(loss.connection.listener):
        lives = other is not loss.connection and other.alive(at) and other.ended >= run.ended
        if lives and other.pairs(at) >= lost:
            return other
    return None


def subscribed(run: Run, at: float) -> frozenset[Pair]:
    """Return what all feeds together were subscribed to just before an instant.

    A heartbeat tells of its own connection, so that of another link makes up for none: it stands beside its link.
    """
    live = (each for each in run.connections.values() if each.alive(_before(at)))
    return frozenset(
        (channel, each.listener if channel == "heartbeats" else product)
        for each in live
        for channel, product in each.pairs(at)
    )


def _before(at: float) -> float:
    """Return the last instant before another that a clock can tell."""
    return math.nextafter(at, -math.inf)
