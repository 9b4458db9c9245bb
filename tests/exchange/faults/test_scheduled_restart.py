from __future__ import annotations

import pytest

from downtick.errors import InputError
from tests.exchange.faults.desk import Desk, FakeDoor, FakeFeed


def test_everybody_is_sent_away_and_nobody_gets_in() -> None:
    """1001 for each WebSocket, a close for each other connection, and a reset for whoever comes meanwhile."""
    feeds = [FakeFeed(1), FakeFeed(2)]
    desk = Desk(*feeds)
    desk.doors = [FakeDoor(1, 2), FakeDoor(3)]
    handle = desk.start("scheduled_restart")
    assert [feed.done for feed in feeds] == [[("close", 1001, "going away")]] * 2
    assert [event["conn"] for event in desk.events("fault_hit")] == [1, 2, 3]
    for door in ("rest", "market_ws", "user_ws"):
        assert desk.book.accepted(4, door)[0] == "refuse"
    assert desk.hits(handle) == 6
    assert desk.book.accepted(5, "rest") == (None, None)
    assert [door.renewals for door in desk.doors] == [0, 0]


def test_it_comes_back_with_another_certificate() -> None:
    """Of every door, when it is over and not before."""
    desk = Desk()
    desk.doors = [FakeDoor(), FakeDoor()]
    handle = desk.start("scheduled_restart", new_certificate=True)
    assert [door.renewals for door in desk.doors] == [0, 0]
    desk.book.stop(handle)
    assert [door.renewals for door in desk.doors] == [1, 1]


def test_a_certificate_that_is_not_there_is_told_before_anything_happens() -> None:
    """Nothing is on, nobody was closed."""
    feed = FakeFeed(1)
    desk = Desk(feed)
    desk.doors = [FakeDoor(renewable=False)]
    with pytest.raises(InputError, match="new_certificate"):
        desk.start("scheduled_restart", new_certificate=True)
    assert feed.done == []
    assert not desk.events("fault_on")
    assert desk.book.accepted(4, "rest") == (None, None)
