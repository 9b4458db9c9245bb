from __future__ import annotations

from functools import partial

from downtick.witness.connections import connections
from tests.witness.played import Played, fault


def _constant(sent: int, at: float) -> int:
    del at
    return sent


def test_connections_that_were_opened_apart_are_paired_by_their_order() -> None:
    """The n-th of the bot's is the n-th of the exchange's."""
    played = Played()
    for sent, born in ((300, 2.0), (100, 0.0), (200, 1.0)):
        played.connection(partial(_constant, sent), born=born)
    found = connections(played.evidence(), fault("reset_peer"))
    assert [[o.sent.steps[-1].most for o in one.others] for one in found] == [[300], [100], [200]]


def test_connections_that_were_opened_at_once_may_be_each_others() -> None:
    """What is said must be true of each."""
    played = Played()
    for born in (1.0, 1.0, 2.0):
        played.connection(born=born)
    found = connections(played.evidence(), fault("reset_peer"))
    assert [len(one.others) for one in found] == [2, 2, 1]


def test_where_one_was_never_passed_on_order_says_nothing() -> None:
    """Each that was not born too early, or dead too soon, may be it."""
    played = Played()
    played.connection(born=0.0, over=0.5)
    played.connection(born=1.0, unseen="exchange")
    played.connection(born=2.0)
    found = connections(played.evidence(), fault("reset_peer"))
    assert [len(one.others) for one in found] == [1, 1]


def test_only_connections_of_its_time_concern_a_fault() -> None:
    """Neither what was over before, nor what came later."""
    played = Played()
    played.connection(born=0.0, over=2.0)
    played.connection(born=5.0)
    assert connections(played.evidence(), fault("reset_peer")) == []
