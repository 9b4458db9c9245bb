"""Whether faults happened, as far as the exchange's journal shows it."""

from __future__ import annotations

from downtick.checks.proofs import proofs
from downtick.witness.bite import Bite
from tests.checks.transcript import Transcript


def bites(t: Transcript, steps: int = 0) -> list[Bite]:
    """Return what is known of each fault."""
    return [proof.bite for proof in proofs(t.run(), steps)]


def test_a_fault_of_the_exchange_bit_where_it_hit() -> None:
    """Its hits are counted; without any it did nothing."""
    t = Transcript()
    conn = t.feed(0)
    t.fault("abort", 5, 6, hits=[(5, conn)])
    t.fault("http_error", 5, 6)
    assert bites(t) == [Bite.BIT, Bite.DID_NOT_BITE]


def test_a_reset_bit_where_a_connection_ended_with_it() -> None:
    """Without a word of the bot's."""
    t = Transcript()
    conn = t.feed(0)
    t.breaks("market_ws", "reset", 5)
    t.closes(conn, 5.01, how="reset")
    assert bites(t) == [Bite.BIT]


def test_a_reset_of_an_idle_link_did_not_bite() -> None:
    """There was nothing to reset."""
    t = Transcript()
    t.feed(0, listener="user_ws")
    t.breaks("market_ws", "reset", 5)
    (proof,) = proofs(t.run())
    assert proof.bite is Bite.DID_NOT_BITE
    assert proof.sentence == "no connection was open on the link"


def test_a_reset_that_a_connection_survived_did_not_bite() -> None:
    """Neither if the bot closed it long after, or with a word."""
    t = Transcript()
    t.closes(t.feed(0), 9, how="reset")
    t.closes(t.feed(1), 5.1, how="close_frame", code=1000)
    t.breaks("market_ws", "reset", 5)
    assert bites(t) == [Bite.DID_NOT_BITE]


def test_a_link_that_is_down_ends_what_is_open_and_lets_nothing_in() -> None:
    """Both are needed."""
    t = Transcript()
    conn = t.feed(0)
    t.breaks("market_ws", "down", 5, until=15)
    t.closes(conn, 5.01)
    t.feed(16)
    assert bites(t) == [Bite.BIT]
    t.feed(8)
    assert bites(t) == [Bite.DID_NOT_BITE]


def test_what_happens_to_bytes_is_unknown_without_a_witness() -> None:
    """The journal sees what the exchange sent, not what arrived."""
    t = Transcript()
    t.feed(0)
    t.breaks("market_ws", "latency", 5, until=15)
    assert bites(t) == [Bite.UNKNOWN]


def test_a_step_that_was_never_done_did_not_bite() -> None:
    """A `when` that never came leaves no trace in the history."""
    t = Transcript()
    conn = t.feed(0)
    t.breaks("market_ws", "reset", 5)
    t.closes(conn, 5.01, how="reset")
    assert bites(t, steps=2) == [Bite.BIT, Bite.DID_NOT_BITE]
