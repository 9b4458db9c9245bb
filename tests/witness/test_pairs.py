"""Which sockets of a link's two sides belong together."""

from __future__ import annotations

from downtick.witness.lives import Life
from downtick.witness.pairs import fits
from tests.witness.played import Played, Script, feed, nothing


def ends(played: Played) -> tuple[list[Life], list[Life]]:
    """Return the sockets of the bot's and of the exchange's, in the order of the connections."""
    seen = played.evidence()
    return seen.ends("rest", "bot"), seen.ends("rest", "exchange")


def asks(size: int, at: float) -> Script:
    """Return the script of an end that sends so many bytes at this time."""
    return lambda now: size if now >= at else 0


def test_who_had_more_than_the_other_sent_is_not_its_other_end() -> None:
    """Two connections that were made at once, one of them with a request."""
    played = Played()
    played.connection(feed, feed, up_sent=asks(500, 1.0), up_came=asks(500, 1.04))
    played.connection(nothing, nothing)
    (busy, idle), (its_own, other) = ends(played)
    assert fits(busy, its_own)
    assert fits(idle, other)
    assert not fits(busy, other)
    assert not fits(idle, its_own)


def test_what_came_before_it_was_sent_came_from_elsewhere() -> None:
    """As many bytes each, but at other times."""
    played = Played()
    played.connection(up_sent=asks(500, 1.0), up_came=asks(500, 1.04))
    played.connection(up_sent=asks(500, 2.0), up_came=asks(500, 2.04))
    (early, late), (its_own, other) = ends(played)
    assert fits(early, its_own)
    assert fits(late, other)
    assert not fits(late, its_own)


def test_what_a_link_loses_or_holds_back_speaks_against_nothing() -> None:
    """Less than was sent may come, and later."""
    played = Played()
    played.connection(feed, nothing, up_sent=asks(500, 1.0), up_came=asks(200, 3.0))
    (bot,), (exchange,) = ends(played)
    assert fits(bot, exchange)
