"""The connections of a link: which sockets of bot and exchange belong together, and who ended them. Pure.

No figure of the kernel says which of the exchange's sockets a bot's connection leads to. But Toxiproxy accepts and
connects one after the other (proxy.go: server), so the n-th of the bot's is the n-th of the exchange's, as far as the
looks tell their order, and as their bytes fit. Where that leaves several, what is said must be true of each of them.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal, NamedTuple

from downtick.witness.bite import Bite
from downtick.witness.curves import Count, Span
from downtick.witness.evidence import EDGE, Evidence, WireFault
from downtick.witness.lives import Life
from downtick.witness.pairs import fits

Stream = Literal["downstream", "upstream"]
STREAMS: Final[tuple[Stream, ...]] = ("downstream", "upstream")


def stream_of(fault: WireFault) -> Stream:
    """Return the direction of a toxic."""
    return "upstream" if fault.stream == "upstream" else "downstream"


class Ending(NamedTuple):
    """How a bot's connection ended.

    Attributes:
        by: whose doing it was; ``unknown`` if nobody can tell.
        how: ``fin`` or ``rst``, which the bot met or sent; empty if nobody can tell.
        when: for the bot.
    """

    by: Literal["link", "bot", "exchange", "unknown"]
    how: str
    when: Span


@dataclass(frozen=True)
class Connection:
    """One connection through a link.

    Attributes:
        bot: its end at the bot.
        others: of the exchange's sockets each that may be its other end; none where nobody looks.
        ending: how it ended; None while the bot has it open.
    """

    bot: Life
    others: tuple[Life, ...]
    ending: Ending | None

    def writers(self, stream: Stream) -> tuple[Life, ...]:
        """Return who may be its end that writes this direction."""
        return self.others if stream == "downstream" else (self.bot,)

    def readers(self, stream: Stream) -> tuple[Life, ...]:
        """Return who may be its end that reads this direction."""
        return (self.bot,) if stream == "downstream" else self.others

    def stood(self, fault: WireFault) -> bool:
        """Tell whether it may have been open while a fault stood."""
        gone = self.ending is not None and self.ending.when.latest < fault.asked
        return self.bot.born.earliest < fault.end and not gone

    def met(self, fault: WireFault, late: float = 0.0) -> Ending | None:
        """Return its ending, if that may have been while a fault stood or so many seconds later."""
        ending = self.ending
        return ending if ending and ending.when.earliest <= fault.end + late else None


def connections(seen: Evidence, fault: WireFault) -> list[Connection]:
    """Return the connections that may have been open while a fault stood."""
    bots, exchanges = seen.ends(fault.link, "bot"), seen.ends(fault.link, "exchange")
    found = []
    for bot, others in zip(bots, _partners(bots, exchanges), strict=True):
        own = tuple(other for other in others if len(others) == 1 or fits(bot, other))
        found.append(Connection(bot, own, _ending(seen, bot, own)))
    return [one for one in found if one.stood(fault)]


def left_at(life: Life) -> Span | None:
    """Return when a socket ended its own direction; None if it did not, or nobody knows."""
    return life.fin_sent_at or life.over


def by_owner(seen: Evidence, life: Life) -> bool | None:
    """Tell whether who holds a socket was the first to end its connection; None if nobody knows."""
    if (known := seen.ending(life)) is not None and known[0] != "unknown":
        return known[0] == "owner"
    if life.over is None:
        return life.fin_sent_at is not None
    # Who dies without having sent a FIN or a RST has met a RST.
    met = life.fin_sent is False and not life.aborted and life.unread == 0
    return False if met else None


def began(fault: WireFault, one: Connection) -> Span:
    """Return when a toxic began to act on a connection: as it was added, or with a later birth."""
    born = one.bot.born
    return Span(max(fault.asked, born.earliest), max(fault.done, born.latest))


def whole(life: Life, how: str = "fin") -> Count:
    """Return all that a socket ever received; without bound while more may come.

    Args:
        life: of the socket.
        how: the segment that ended it; a RST leaves no FIN that could count as a byte.
    """
    if not life.received.steps:
        return Count(0, 0 if life.received.until == math.inf else math.inf)
    last = life.received.steps[-1]
    if life.fin_at is None and life.received.until != math.inf:
        return Count(last.least, math.inf)
    return Count(last.most if how == "rst" else last.least, last.most)


def timed(gaps: Sequence[Span], asked: float) -> Bite:
    """Return whether what shall happen after so many seconds did, from the bounds of each time that it happened.

    On a busy machine some happen late, and of some nobody knows well when; none is early.
    """
    late = sum(gap.earliest > asked + EDGE for gap in gaps)
    if any(gap.latest < asked - EDGE for gap in gaps) or late > len(gaps) / 2:
        return Bite.BIT_OTHERWISE
    width = median(gap.latest - gap.earliest for gap in gaps)
    return Bite.BIT if asked < EDGE or width <= max(2 * EDGE, asked / 2) else Bite.UNKNOWN


def milliseconds(gaps: Sequence[Span]) -> str:
    """Return the bounds of several times in words."""
    least, most = min(gap.earliest for gap in gaps), max(gap.latest for gap in gaps)
    end = "no number of" if most == math.inf else f"{max(0.0, most) * 1000:.0f}"
    return f"{max(0.0, least) * 1000:.0f} to {end} ms"


def counted(number: int) -> str:
    """Return so many connections in words."""
    return "1 connection" if number == 1 else f"{number} connections"


def _partners(bots: Sequence[Life], exchanges: Sequence[Life]) -> list[tuple[Life, ...]]:
    if len(bots) != len(exchanges):  # Toxiproxy could not connect, or others do: order says nothing
        return [
            tuple(
                other
                for other in exchanges
                if other.born.latest >= bot.born.earliest
                and (other.over is None or other.over.latest >= bot.born.earliest)
            )
            for bot in bots
        ]
    ranked = list(zip(exchanges, _ranks(exchanges), strict=True))
    return [
        tuple(other for other, (low, high) in ranked if low <= last and first <= high)
        for first, last in _ranks(bots)
    ]


def _ranks(lives: Sequence[Life]) -> list[tuple[int, int]]:
    """Return of each socket how many were born before it, between bounds."""
    earliest = sorted(life.born.earliest for life in lives)
    latest = sorted(life.born.latest for life in lives)
    ranks = []
    for life in lives:
        before = bisect_right(latest, life.born.earliest)
        perhaps = bisect_left(earliest, life.born.latest) - 1  # itself is among them
        ranks.append((min(before, perhaps), perhaps))
    return ranks


def _ending(seen: Evidence, bot: Life, others: Sequence[Life]) -> Ending | None:
    if bot.ended is None:
        return None
    by, how = seen.ending(bot) or ("unknown", "")
    if by == "owner":
        return Ending("bot", how, bot.ended)
    if by != "link":
        return Ending("unknown", how, bot.ended)
    # What the exchange ends the link passes on: then it was not the link's doing.
    blames = {_before(other, bot.ended) and by_owner(seen, other) for other in others}
    if blames == {False}:
        return Ending("link", how, bot.ended)
    return Ending("exchange" if blames == {True} else "unknown", how, bot.ended)


def _before(other: Life, ended: Span) -> bool:
    """Tell whether it was perhaps over for the exchange before it was for the bot."""
    when = left_at(other)
    return when is not None and when.earliest < ended.latest
