from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.witness.played import Played, busy, fault, feed, idle, nothing, proof

LIMIT = fault("limit_data", bytes=250)


def limited(total: int, **more: Any) -> Callable[[Played], None]:
    """Play a feed of which so much came, ever; it had brought 6000 bytes when the toxic was added."""
    settings = {"over": 3.4, "how": "fin", **more}
    return lambda played: played.connection(feed, lambda at: min(feed(at), total), **settings)


def newborn(total: int) -> Callable[[Played], None]:
    """Play a connection that was opened under the toxic, of which so much came."""

    def sent(at: float) -> int:
        return max(0, feed(at) - feed(3.1))

    return lambda played: played.connection(
        sent, lambda at: min(sent(at), total), born=3.1, over=3.5, how="fin"
    )


def test_a_limit_is_proven_to_the_byte() -> None:
    """From the toxic on, and from the birth of a later connection on; by a FIN or a RST."""
    found = proof(LIMIT, limited(6250), newborn(250))
    assert found == ("bit", "of 2 connections: 2 ended after exactly 250 bytes downstream")
    assert proof(LIMIT, limited(6250, how="rst")).bite == "bit"
    assert proof(LIMIT, limited(6150)).bite == "bit"  # the last message came after it


@pytest.mark.parametrize("play", [limited(6350), limited(6100), newborn(249), newborn(251)])
def test_another_number_is_something_else(play: Callable[[Played], None]) -> None:
    """Though it was the link that ended the connection."""
    assert proof(LIMIT, play).bite == "bit otherwise"
    assert proof(LIMIT, play, newborn(250)).bite == "bit otherwise"


def test_about_as_many_are_no_proof_of_their_own() -> None:
    """They say nothing against an exact one."""
    assert proof(LIMIT, limited(6200)).bite == "unknown"
    assert proof(LIMIT, limited(6200), newborn(250)).bite == "bit"


def test_a_limit_that_nobody_reached_did_not_bite() -> None:
    """Nor one that somebody passed unharmed, nor one of the wrong direction."""
    assert proof(LIMIT, idle).why == "nothing came to 250 bytes downstream"
    assert proof(LIMIT, busy).bite == "did not bite"
    assert proof(fault("limit_data", bytes=250, stream="upstream"), limited(9999, over=None)) == (
        *("did not bite", "nothing came to 250 bytes upstream"),
    )
    assert proof(LIMIT, newborn(250), busy).bite == "bit otherwise"


@pytest.mark.parametrize("by", ["bot", "exchange"])
def test_who_ends_it_after_as_many_bytes_is_no_limit(by: str) -> None:
    """The link has only passed it on."""
    assert proof(LIMIT, limited(6250, by=by)).bite == "did not bite"


@pytest.mark.parametrize("unseen", ["bot", "front", "exchange"])
def test_nothing_is_proven_by_ends_that_nobody_sees(unseen: str) -> None:
    """Who ended it, or how much came, is open then."""
    assert proof(LIMIT, limited(6250, unseen=unseen)).bite != "bit"


def test_a_limit_of_none_ends_it_at_the_first_byte() -> None:
    """Which never comes; and where none was sent, something else has ended it."""
    none = fault("limit_data", bytes=0)
    assert proof(none, limited(6000, over=3.06)).bite == "bit"
    assert proof(none, busy).bite == "did not bite"
    assert proof(none, lambda p: p.connection(over=3.3, how="fin")).bite == "unknown"
    assert proof(none, lambda p: p.connection(nothing, nothing)).bite == "did not bite"
