from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.witness.played import Played, busy, fault, feed, idle, nothing, proof

AT_ONCE = fault("reset_peer", timeout=0)
LATER = fault("reset_peer", timeout=200)


def newborn(over: float = 3.16, how: str = "rst", **more: Any) -> Callable[[Played], None]:
    """Play a connection that was opened under the toxic, whose first 100 bytes never came."""

    def sent(at: float) -> int:
        return 100 if at > 3.15 else 0

    settings = {"born": 3.1, "over": over, "how": how, **more}
    return lambda played: played.connection(sent, **settings)


def opened(over: float, how: str) -> Callable[[Played], None]:
    """Play a feed that was open before, of which nothing came from 3 on."""
    return lambda p: p.connection(feed, lambda at: feed(min(at, 3.0)), over=over, how=how)


def test_a_reset_follows_the_first_chunk() -> None:
    """So much later; on an armed link that of a connection that was open before, too."""
    assert proof(AT_ONCE, newborn()).bite == "bit"
    assert proof(LATER, newborn(3.36)).bite == "bit"
    assert proof(LATER, opened(3.26, "rst")).bite == "bit"


@pytest.mark.parametrize("over", [3.2, 3.26, 3.55])
def test_a_reset_at_another_time_is_something_else(over: float) -> None:
    """Too early or too late."""
    assert proof(LATER, newborn(over)).bite == "bit otherwise"


def test_open_connections_meet_a_fin() -> None:
    """That is not what was asked for, nor if others meet a RST."""
    found = proof(AT_ONCE, opened(3.08, "fin"))
    assert (found.bite, found.why[:33]) == ("bit otherwise", "of 1 connection: 0 met a RST, 1 a")
    assert proof(AT_ONCE, opened(3.08, "fin"), newborn()).bite == "bit otherwise"
    assert proof(AT_ONCE, newborn(), busy).bite == "bit otherwise"


def test_a_reset_never_bites_an_idle_connection() -> None:
    """It stays open; and what resets it all the same is something else."""
    assert proof(AT_ONCE, idle).bite == "did not bite"
    assert proof(AT_ONCE, lambda p: p.connection(over=3.2)).bite == "unknown"
    assert proof(AT_ONCE, lambda p: p.connection(born=3.1, over=3.2)).bite == "unknown"
    assert proof(fault("reset_peer", stream="upstream"), busy_downstream).bite == "did not bite"


def busy_downstream(played: Played) -> None:
    """Play a feed on which the bot says nothing."""
    played.connection(feed, feed)


def test_a_reset_passes_nothing() -> None:
    """Where bytes came before it, another fault has reset the connection; or nobody knows what has."""

    def cut(played: Played) -> None:
        played.connection(feed, lambda at: feed(min(at, 3.4)), over=3.5)

    assert proof(AT_ONCE, cut).bite == "bit otherwise"
    assert proof(AT_ONCE, lambda p: p.connection(feed, feed, over=3.5)).bite == "unknown"
    assert proof(AT_ONCE, busy).bite == "did not bite"


@pytest.mark.parametrize("by", ["bot", "exchange"])
def test_who_leaves_was_not_reset(by: str) -> None:
    """An armed link turns the exchange's own end into a RST."""
    assert proof(AT_ONCE, newborn(by=by)).bite == "did not bite"
    assert proof(AT_ONCE, newborn(by=by, how="fin")).bite == "did not bite"


def test_nothing_is_proven_by_an_exchange_that_nobody_sees() -> None:
    """It may have ended the connection."""
    assert proof(AT_ONCE, newborn(unseen="exchange")).bite == "unknown"
    assert proof(AT_ONCE, lambda p: p.connection(nothing, over=3.2, unseen="bot")).bite != "bit"
