from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.arena.spill import SpilledEvents
from downtick.history import Event


def event(number: int) -> Event:
    return Event(float(number), "exchange", "frame_sent", {"seq": number, "products": ["BTC-USD"]})


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 7))
def test_it_is_the_list_of_what_was_told(sizes: list[int], block: int) -> None:
    """However the events come, and wherever they lie: length, order, indices and slices are a list's."""
    events = SpilledEvents(block)
    told: list[Event] = []
    for size in sizes:
        more = [event(len(told) + n) for n in range(size)]
        told += more
        events.extend(more)
    assert len(events) == len(told)
    assert list(events) == told
    assert [events[n] for n in range(-len(told), len(told))] == told + told
    assert events[1:-1] == told[1:-1]
    assert events[len(told) // 2 :] == told[len(told) // 2 :]
    assert events[::2] == told[::2]
    assert events[3:1] == []


def test_memory_holds_two_blocks_at_most() -> None:
    """What is older lies in the file."""
    events = SpilledEvents(block=100)
    for number in range(1000):
        events.append(event(number))
        assert len(events._tail) < 200
    assert len(events._spans) == 9
    assert events[5] == event(5)
    assert len(events._again[1]) == 100


@pytest.mark.parametrize("number", [3, -4])
def test_there_is_no_event_beyond_the_ends(number: int) -> None:
    """As in a list."""
    events = SpilledEvents(block=1)
    events.extend(map(event, range(3)))
    with pytest.raises(IndexError, match="of 3"):
        events[number]


def test_a_reader_sees_what_another_thread_tells_meanwhile() -> None:
    """No event is seen twice or missed while blocks move to the file."""
    events = SpilledEvents(block=10)

    def tell() -> None:
        for number in range(5000):
            events.append(event(number))

    writer = threading.Thread(target=tell)
    writer.start()
    seen: list[float] = []
    while len(seen) < 5000:
        if len(seen) < len(events):
            seen.append(events[len(seen)].at)
    writer.join()
    assert seen == [float(n) for n in range(5000)]


def test_reading_from_end_to_end_sees_what_comes_meanwhile() -> None:
    """A block may move to the file between two events."""
    events = SpilledEvents(block=3)
    events.append(event(0))
    seen = []
    for each in events:
        seen.append(each)
        if len(seen) < 50:
            events.append(event(len(seen)))
    assert seen == [event(number) for number in range(50)]
