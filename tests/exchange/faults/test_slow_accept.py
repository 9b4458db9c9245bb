from __future__ import annotations

from tests.exchange.faults.desk import Desk


def test_new_connections_of_one_door_wait() -> None:
    """So many real seconds each; those of other doors do not."""
    desk = Desk()
    handle = desk.start("slow_accept", delay=0.3, listener="rest")
    how, fault = desk.book.accepted(1, "rest")
    assert how == 0.3
    assert fault is not None
    assert fault.handle == handle
    assert desk.book.accepted(2, "market_ws") == (None, None)
    assert desk.hits(handle) == 1


def test_half_of_them_wait() -> None:
    """Every second one of that door, whoever else connects in between."""
    desk = Desk()
    handle = desk.start("slow_accept", share=0.5)
    doors = ["market_ws", "rest", "market_ws", "rest", "market_ws", "market_ws"]
    waits = [desk.book.accepted(number, door)[0] for number, door in enumerate(doors)]
    assert waits == [0.5, None, None, None, 0.5, None]
    assert desk.hits(handle) == 2
