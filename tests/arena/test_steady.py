from __future__ import annotations

from downtick.arena.steady import SteadyState
from downtick.history import Event


def see(steady: SteadyState, kind: str, **data: object) -> None:
    steady.see([Event(0.0, "exchange", kind, data)])


def test_a_feed_is_steady_with_its_first_data_frame() -> None:
    """Acknowledgements and heartbeats are no data."""
    steady = SteadyState(["market_ws"])
    see(steady, "accepted", conn=1, listener="market_ws")
    see(steady, "frame_sent", conn=1, channel="subscriptions")
    see(steady, "frame_sent", conn=1, channel="heartbeats")
    assert not steady.reached.is_set()
    see(steady, "frame_sent", conn=1, channel="ticker")
    assert steady.reached.is_set()


def test_every_link_of_the_profile_must_deliver() -> None:
    """One link that delivered does not stand for another."""
    steady = SteadyState(["market_ws", "rest"])
    see(steady, "accepted", conn=1, listener="market_ws")
    see(steady, "frame_sent", conn=1, channel="ticker")
    assert not steady.reached.is_set()
    see(steady, "accepted", conn=2, listener="rest")
    see(steady, "answer", conn=2, status=200)
    assert steady.reached.is_set()


def test_the_user_feed_is_steady_with_its_heartbeats() -> None:
    """While nobody trades, heartbeats are all that it carries."""
    steady = SteadyState(["user_ws"])
    see(steady, "accepted", conn=1, listener="user_ws")
    see(steady, "frame_sent", conn=1, channel="heartbeats")
    assert steady.reached.is_set()


def test_no_links_are_steady_at_once() -> None:
    """A profile that names no link has nothing to wait for."""
    assert SteadyState([]).reached.is_set()
