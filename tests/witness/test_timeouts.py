from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.witness.played import Played, busy, fault, feed, idle, nothing, proof

CLOSES = fault("timeout", timeout=300)
LOSES = fault("timeout", timeout=0)


def closed(over: float = 3.305, **more: Any) -> Callable[[Played], None]:
    """Play an idle connection that the link closed."""
    settings = {"over": over, "how": "fin", **more}
    return lambda played: played.connection(**settings)


def holed(last: float = 9.0, **more: Any) -> Callable[[Played], None]:
    """Play a feed that was sent until an instant, of which nothing came from 3 on."""
    return lambda played: played.connection(
        lambda at: feed(min(at, last)), lambda at: feed(min(at, 3.0)), **more
    )


def test_a_timeout_closes_after_so_much_silence() -> None:
    """From when it was added, from a birth, or from the last byte, which is lost."""
    assert proof(CLOSES, closed()).bite == "bit"
    assert proof(CLOSES, closed(3.42, born=3.1)).bite == "bit"
    assert proof(CLOSES, holed(3.5, over=3.81, how="fin")).bite == "bit"


def test_silence_of_one_direction_is_enough() -> None:
    """A bot that only listens is idle upstream."""
    upstream = fault("timeout", stream="upstream", timeout=300)
    assert proof(upstream, lambda p: p.connection(feed, feed, over=3.305, how="fin")).bite == "bit"
    assert proof(CLOSES, lambda p: p.connection(feed, feed, over=3.305, how="fin")).bite != "bit"


def test_what_is_sent_in_answer_to_the_closing_breaks_no_silence() -> None:
    """TLS says good-bye, and nobody sees whether just before or just after."""
    upstream = fault("timeout", stream="upstream", timeout=300)

    def leaving(over: float) -> Callable[[Played], None]:
        return lambda p: p.connection(
            feed, feed, up_sent=lambda at: 32 * (at >= over), over=over, how="fin"
        )

    assert proof(upstream, leaving(3.305)).bite == "bit"
    assert proof(upstream, leaving(3.5)).bite == "bit otherwise"


@pytest.mark.parametrize("over", [3.1, 3.2, 3.5, 3.9])
def test_another_silence_is_something_else(over: float) -> None:
    """Too short or too long."""
    assert proof(CLOSES, closed(over)).bite == "bit otherwise"


def test_on_a_feed_that_ticks_bytes_are_lost_and_nothing_closes() -> None:
    """What was asked for is a close; the toxic's own end is none."""
    found = proof(CLOSES, holed(over=4.01, how="fin"))
    assert found == (
        *(
            "bit otherwise",
            "asked: a close; happened: bytes downstream were lost for 1.0 s, nothing closed",
        ),
    )
    assert proof(CLOSES, holed()).bite == "bit otherwise"
    assert proof(CLOSES, closed(), holed(born=1.0)).bite == "bit otherwise"
    assert proof(CLOSES, closed(born=1.0), busy).bite == "bit otherwise"
    assert (
        proof(CLOSES, closed(), holed()).bite == "bit otherwise"
    )  # their bytes tell who was silent


def test_a_connection_that_came_too_late_to_be_silent_for_so_long_is_no_exception() -> None:
    """Whoever was closed comes again, and what he sends then is lost too."""

    def again(born: float) -> Callable[[Played], None]:
        return lambda p: p.connection(
            lambda at: feed(at - born), nothing, born=born, over=4.01, how="fin"
        )

    assert proof(CLOSES, closed(), again(3.8)).bite == "bit"
    assert proof(CLOSES, closed(), again(3.4)).bite == "bit otherwise"


def test_who_ends_a_connection_too_young_for_so_much_silence_does_not_matter() -> None:
    """It was not the toxic; the link may have, whose end closes everything."""

    def unclear(born: float) -> Callable[[Played], None]:
        return lambda p: p.connection(born=born, over=3.99, how="fin", unseen="front")

    assert proof(CLOSES, closed(), unclear(3.8)).bite == "bit"
    assert proof(CLOSES, closed(), unclear(3.6)).bite == "unknown"


def test_a_timeout_that_did_nothing_did_not_bite() -> None:
    """An idle connection that stays open, one that flows, one that was not silent for so long."""
    assert proof(CLOSES, idle).why == "1 connection stayed open in spite of it"
    assert proof(CLOSES, busy).bite == "did not bite"
    assert proof(fault("timeout", timeout=5000), idle).bite == "did not bite"


@pytest.mark.parametrize("by", ["bot", "exchange"])
def test_who_leaves_after_so_much_silence_was_not_closed(by: str) -> None:
    """The link has only passed it on."""
    assert proof(CLOSES, closed(by=by)).bite == "did not bite"


def test_nothing_is_proven_by_ends_that_nobody_sees() -> None:
    """Nor by a close that may be the toxic's own end."""
    for unseen in ("bot", "front", "exchange"):
        assert proof(CLOSES, closed(unseen=unseen)).bite != "bit"
    assert proof(fault("timeout", end=3.3, timeout=300), closed()).bite == "unknown"


def test_a_timeout_of_zero_loses_everything_and_never_closes() -> None:
    """As a blackhole of one direction."""
    assert proof(LOSES, holed(over=4.01, how="fin")).bite == "bit"
    assert proof(LOSES, holed()).bite == "unknown"
    assert proof(LOSES, idle).bite == "did not bite"
    assert proof(LOSES, busy).bite == "did not bite"
    assert proof(LOSES, closed()).bite == "bit otherwise"
    assert proof(LOSES, closed(unseen="front")).bite == "unknown"
    assert proof(LOSES, closed(4.01, unseen="front")).bite == "did not bite"
    assert proof(fault("timeout", stream="upstream", timeout=0), holed(over=4.01)).bite != "bit"
