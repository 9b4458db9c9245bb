from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.history import Event
from downtick.witness.curves import Count, Span
from downtick.witness.lives import Life, ending, lives
from downtick.witness.netlink import CLOSE_WAIT, FIN_WAIT2, Socket
from downtick.witness.sightings import Sightings, WatchedLink
from tests.witness.told_by_linux import figures, socket

LINK = WatchedLink("rest", ("127.1.1.1", 7001), ("127.0.0.1", 8001))
BOT = ("127.0.0.1", 40000)


class Kernel:
    """One connection of the bot to a link, and a witness that looks when it is told to."""

    def __init__(self) -> None:
        self.bot = socket(1, BOT, LINK.listen, seen=figures(acked=1))
        self.front = socket(2, LINK.listen, BOT, seen=figures())
        self.events: list[Event] = []
        self._sightings = Sightings([LINK], 0.0)
        self._sightings.seen(0.5, 0.5, [])

    def look(self, asked: float, *sockets: Socket) -> None:
        """Let the witness look at these sockets; it takes a hundredth of a second."""
        self.events += self._sightings.seen(asked, asked + 0.01, sockets)
        self.events += self._sightings.absent(asked + 0.01)

    def dies(self, at: float, dead: Socket, *, waits: bool = False) -> None:
        """Let a socket die."""
        self.events += self._sightings.died(at, dead, lambda asked: waits)

    def lives(self) -> dict[str, Life]:
        """Return the lives by their ends."""
        return {life.end: life for life in lives(self.events)}


def with_figures(told: Socket, state: int = 1, **changed: Any) -> Socket:
    """Return the socket in another state, with other figures."""
    assert told.figures is not None
    return told._replace(state=state, figures=told.figures._replace(**changed))


def wiped(told: Socket) -> Socket:
    """Return the socket as it dies by its owner's abort."""
    return socket(told.cookie, told.local, (told.remote[0], 0), seen=figures(unsent=65538))


def test_a_life_lies_between_bounds() -> None:
    """From the look before it was seen to the look or death that ended it."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    kernel.dies(1.5, kernel.bot)
    life = kernel.lives()["bot"]
    assert (life.link, life.port, life.number) == ("rest", 40000, 1)
    assert (life.born, life.over) == (Span(0.5, 1.01), Span(1.0, 1.5))


def test_a_reset_ends_a_life_before_its_owner_does() -> None:
    """It is over when TCP is done with it."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    kernel.look(1.1)
    kernel.dies(9.0, kernel.bot)
    assert kernel.lives()["bot"].over == Span(1.0, 1.11)


def test_bytes_that_wait_in_the_queue_are_not_read() -> None:
    """They are read between the looks that show them there and gone."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    for asked, queue in ((1.1, 100), (1.2, 100), (1.3, 40), (1.4, 0), (1.5, 0)):
        kernel.look(asked, with_figures(kernel.bot, received=100, rqueue=queue))
    life = kernel.lives()["bot"]
    assert life.received.reached(100) == Span(1.0, 1.11)
    assert life.read_at(1) == life.read_at(60) == Span(1.2, 1.31)
    assert life.read_at(61) == life.read_at(100) == Span(1.3, 1.41)


def test_bytes_that_were_read_between_two_looks_are_known_to_be_by_the_second() -> None:
    """The first look may have missed them in the queue."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    for asked in (1.1, 1.2, 1.3):
        kernel.look(asked, with_figures(kernel.bot, received=100))
    assert kernel.lives()["bot"].read_at(100) == Span(1.0, 1.21)


def test_a_fin_is_no_byte_of_the_stream() -> None:
    """Neither received, nor read, nor sent, nor acknowledged; nor is a SYN."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot, kernel.front)
    kernel.dies(1.05, with_figures(kernel.front, sent=10, acked=11), waits=True)
    kernel.look(1.1, with_figures(kernel.bot, CLOSE_WAIT, received=11, rqueue=1))
    kernel.look(1.2, with_figures(kernel.bot, CLOSE_WAIT, received=11))
    kernel.dies(1.3, with_figures(kernel.bot, received=11, acked=2))
    bot, front = kernel.lives()["bot"], kernel.lives()["front"]
    assert bot.received.at(2.0) == bot.read.at(2.0) == front.sent.at(2.0) == Count(10, 10)
    assert front.acked.at(2.0) == Count(10, 10)
    assert bot.sent.at(2.0) == bot.acked.at(2.0) == Count(0, 0)
    assert (bot.fin_received, bot.fin_sent, front.fin_sent, front.fin_received) == (
        *(True, True, True, False),
    )
    assert ending(bot, front) == ("link", "fin")
    assert bot.fin_at == Span(1.0, 1.11)


def test_a_bot_that_holds_a_closed_connection_was_closed_by_the_link() -> None:
    """Though it has not ended yet."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    kernel.look(1.1, with_figures(kernel.bot, CLOSE_WAIT, received=1, rqueue=1))
    bot = kernel.lives()["bot"]
    assert (bot.over, bot.waited, bot.fin_at) == (None, True, Span(1.0, 1.11))
    assert ending(bot, None) == ("link", "fin")


def test_a_short_life_is_told_exactly_by_both_deaths() -> None:
    """The peer's figures say whether the last byte was a FIN."""
    kernel = Kernel()
    kernel.dies(1.0, with_figures(kernel.bot, received=10, rqueue=4))
    assert kernel.lives()["bot"].received.at(2.0) == Count(9, 10)
    kernel.dies(1.0, with_figures(kernel.front, sent=10, acked=10))
    life = kernel.lives()["bot"]
    assert life.received.at(2.0) == Count(10, 10)
    assert life.read.at(2.0) == Count(6, 6)
    assert (life.fin_received, life.unread) == (False, 4)


def test_what_was_on_its_way_when_nobody_looked_any_more_is_unknown() -> None:
    """A frame of which the witness saw nothing may have arrived after its last look."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    kernel.events.append(Event(3.0, "witness", "watched", {"since": 2.99}))
    assert kernel.lives()["bot"].read_at(1) == Span(2.99, math.inf)


def test_an_abort_leaves_what_was_seen_before() -> None:
    """Its figures are wiped out: what came after the last look is unknown."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot, with_figures(kernel.front, sent=5, acked=5))
    kernel.dies(1.5, wiped(kernel.front))
    for asked in (2.0, 2.1):
        kernel.look(asked, with_figures(kernel.bot, received=int(asked * 10)))
    front = kernel.lives()["front"]
    assert front.aborted
    assert front.sent.at(1.0) == Count(0, 5)
    assert front.sent.at(1.01) == Count(5, math.inf)


@pytest.mark.parametrize(
    ("changed", "sent"),
    [
        ({"sent": 10, "acked": 10}, False),
        ({"sent": 10, "acked": 11}, True),
        ({"sent": 10, "acked": 10, "wqueue": 1}, True),
        ({"sent": 10, "acked": 4, "wqueue": 6}, False),
        ({"sent": 10, "acked": 10, "wqueue": 5, "unsent": 5}, False),
        ({"sent": None, "acked": 11}, None),
    ],
)
def test_a_fin_is_what_was_written_beyond_the_bytes(
    changed: dict[str, Any], sent: bool | None
) -> None:
    """Acknowledged or not; what never left is none."""
    kernel = Kernel()
    kernel.dies(1.0, with_figures(kernel.front, **changed))
    assert kernel.lives()["front"].fin_sent is sent


def test_a_fin_that_was_not_fetched_is_no_unread_byte() -> None:
    """Nor does a socket that received nothing have received one."""
    kernel = Kernel()
    kernel.dies(1.0, with_figures(kernel.bot, received=11, rqueue=5))
    kernel.dies(1.0, with_figures(kernel.front, sent=10, acked=11))
    assert kernel.lives()["bot"].unread == 4
    kernel = Kernel()
    kernel.dies(1.0, kernel.bot)
    assert kernel.lives()["bot"].fin_received is False


def test_an_older_kernel_gives_bounds() -> None:
    """Without the bytes sent, those acknowledged and those on their way say as much."""
    kernel = Kernel()
    kernel.look(1.0, with_figures(kernel.bot, sent=None, acked=101, wqueue=50, unsent=20))
    bot = kernel.lives()["bot"]
    assert bot.acked.at(1.01).least == 99
    assert (bot.sent.steps[0].least, bot.sent.steps[0].most) == (99, 130)


def test_a_port_that_is_used_again_is_another_connection() -> None:
    """Each end finds the peer of its own time."""
    kernel = Kernel()
    kernel.dies(1.0, with_figures(kernel.bot, received=10))
    kernel.dies(1.0, with_figures(kernel.front, sent=10, acked=10))
    kernel.dies(9.0, with_figures(kernel.bot, received=15)._replace(cookie=3))
    kernel.dies(9.0, with_figures(kernel.front, sent=20, acked=15)._replace(cookie=4))
    assert [one.fin_received for one in lives(kernel.events) if one.end == "bot"] == [False, False]


@pytest.mark.parametrize(
    ("bot", "front", "waits", "told"),
    [
        ({"received": 11, "acked": 2}, {"sent": 10, "acked": 11}, "front", ("link", "fin")),
        ({"acked": 2, "received": 1}, {"received": 1, "acked": 1}, "bot", ("owner", "fin")),
        ({"received": 10}, "aborted", None, ("link", "rst")),
        ({"acked": 2}, "aborted", None, ("owner", "fin")),
        ("aborted", {"sent": 10, "acked": 10}, None, ("owner", "rst")),
        # Who closes with bytes unread sends a RST, and a RST that meets TIME_WAIT ends it.
        ({"received": 10, "rqueue": 4}, {"sent": 10, "acked": 10}, None, ("owner", "rst")),
        ({"sent": 7, "acked": 8}, {"received": 7, "rqueue": 7}, None, ("link", "rst")),
        (
            {"received": 11, "rqueue": 5},
            {"sent": 10, "wqueue": 1, "acked": 10},
            None,
            ("link", "fin"),
        ),
        # Somebody else's RST, as `ss -K` sends one.
        ({"received": 10}, {"sent": 10, "acked": 10}, None, ("unknown", "rst")),
        # A FIN that never arrived: something else ended it.
        ({"acked": 1, "wqueue": 1}, {"sent": 10, "acked": 10}, None, None),
        ({"received": 10}, {"sent": 10, "acked": 10, "wqueue": 1}, None, None),
        # FINs both ways, and no trace of which was the first.
        ({"received": 1, "acked": 2}, {"received": 1, "acked": 1}, None, None),
    ],
)
def test_how_a_connection_ended_is_told_by_both_deaths(
    bot: Any, front: Any, waits: str | None, told: Any
) -> None:
    """Which end was the first, and by which segment."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot, kernel.front)
    for end, dead, how in (("bot", kernel.bot, bot), ("front", kernel.front, front)):
        body = wiped(dead) if how == "aborted" else with_figures(dead, 7, **how)
        kernel.dies(1.1, body, waits=waits == end)
    found = kernel.lives()
    assert ending(found["bot"], found["front"]) == told


def test_a_living_connection_has_not_ended() -> None:
    """Nor has one whose other end nobody knows ended in a known way."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    assert ending(kernel.lives()["bot"], None) is None
    kernel.dies(1.1, with_figures(kernel.bot, received=10, acked=2))
    assert ending(kernel.lives()["bot"], None) is None


def test_an_end_that_was_aborted_before_anybody_looked_is_told_by_the_other() -> None:
    """Nobody sent a FIN, the owner aborted nothing and had nothing unread: a RST came in."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    kernel.dies(1.1, with_figures(kernel.bot, sent=10, acked=11))
    assert ending(kernel.lives()["bot"], None) == ("link", "rst")


def test_a_connect_that_nobody_answered_was_ended_by_nobody() -> None:
    """Its SYN was never acknowledged, so it had no peer that could reset it."""
    kernel = Kernel()
    kernel.look(1.0, with_figures(kernel.bot, acked=0))
    kernel.dies(1.1, with_figures(kernel.bot, acked=0))
    assert ending(kernel.lives()["bot"], None) is None


MOVES = st.lists(
    st.tuples(st.floats(0.001, 0.05), st.integers(0, 40), st.integers(0, 60)), max_size=30
)


@given(MOVES, st.floats(0.005, 0.04), st.floats(0, 0.005), st.booleans())
def test_bounds_hold_the_truth(
    moves: list[tuple[float, int, int]], interval: float, slow: float, dies: bool
) -> None:
    """Whatever arrives and is read when: each true instant lies in its span, and no count is outside its bounds.

    Each look reads the queue first and the count of received bytes a little later, as the kernel does.
    """
    times = [*accumulate((pause for pause, _, _ in moves), initial=1.0)][1:]
    received = [*accumulate(came for _, came, _ in moves)]
    read: list[int] = []
    for there, (_, _, wanted) in zip(received, moves, strict=True):
        read.append(min(there, (read[-1] if read else 0) + wanted))

    def true(counts: list[int], instant: float) -> int:
        done = bisect_right(times, instant)
        return counts[done - 1] if done else 0

    kernel, now, end = Kernel(), 0.9, (times[-1] if times else 1.0) + 0.01
    while now < end:
        queue = true(received, now) - true(read, now)
        shown = with_figures(kernel.bot, received=true(received, now + slow), rqueue=queue)
        kernel.events += kernel._sightings.seen(now, now + slow, [shown])
        now += interval
    if dies:
        queue = true(received, now) - true(read, now)
        kernel.dies(now, with_figures(kernel.bot, received=true(received, now), rqueue=queue))
        kernel.dies(now, with_figures(kernel.front, sent=true(received, now)))
    life = kernel.lives()["bot"]
    for counts, curve in ((received, life.received), (read, life.read)):
        for position in {*counts} - {0}:
            span = curve.reached(position)
            assert span is not None
            assert span.earliest <= times[bisect_left(counts, position)] <= span.latest
        for instant in times:
            least, most = curve.at(instant)
            assert least <= true(counts, instant) <= most
    if dies and read and read[-1]:
        span = life.read_at(read[-1])
        assert span is not None
        assert span.latest < math.inf


def test_segments_are_counted_along_the_stream() -> None:
    """In how many pieces so many bytes came, and in how many they were sent."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot)
    kernel.look(
        1.1, with_figures(kernel.bot, received=100, segments=10, sent=70, acked=71, segments_out=1)
    )
    life = kernel.lives()["bot"]
    assert life.segments_in[-1] == (1.0, 1.11, 100, 10)
    assert life.segments_out[-1] == (1.0, 1.11, 70, 1)


def test_a_half_closed_connection_has_sent_its_fin() -> None:
    """Whether it is seen so while it lives, or only told at its death."""
    kernel = Kernel()
    kernel.look(1.0, kernel.bot, kernel.front)
    kernel.look(1.1, kernel.bot._replace(state=FIN_WAIT2), kernel.front)
    kernel.dies(1.3, with_figures(kernel.front, sent=0, acked=1), waits=True)
    assert kernel.lives()["bot"].fin_sent_at == Span(1.0, 1.11)
    assert kernel.lives()["front"].fin_sent_at == Span(1.1, 1.3)
