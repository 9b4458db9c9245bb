from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.history import VERSION, Event, Header, History, matching

HEADER = Header(VERSION, "2026-01-02T03:04:05+00:00", 12.5, {"profile": None, "seed": 7})
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
EVENTS = st.builds(
    Event,
    at=st.floats(0, 1e9),
    source=st.sampled_from(["conductor", "exchange", "links", "arena", "bot", "witness"]),
    kind=st.text(min_size=1),
    data=st.dictionaries(st.text(), JSON, max_size=4),
)


@pytest.fixture
def history() -> History:
    """Give a small history of two connections."""
    return History(
        [
            Event(1.0, "exchange", "accepted", {"conn": 1}),
            Event(2.0, "exchange", "closed", {"conn": 1, "by": "fault"}),
            Event(2.0, "bot", "closed", {"conn": 1}),
            Event(3.0, "exchange", "accepted", {"conn": 2}),
        ]
    )


def test_events_keep_their_order(history: History) -> None:
    """A history is what was told, in the order in which it was told."""
    late = Event(0.5, "links", "accepted")
    history.append(late)
    assert len(history) == 5
    assert history[4] is late
    assert [event.at for event in history] == [1.0, 2.0, 2.0, 3.0, 0.5]


def test_extend_appends_in_order(history: History) -> None:
    """Several events go to the end as they come."""
    history.extend(Event(at, "bot", "tick") for at in (4.0, 5.0))
    assert [event.at for event in history][-2:] == [4.0, 5.0]


def test_reading_goes_on_while_events_arrive(history: History) -> None:
    """A reader sees what is appended while it reads."""
    seen = []
    for event in history:
        seen.append(event.at)
        if len(history) < 6:
            history.append(Event(9.0, "bot", "tick"))
    assert seen == [1.0, 2.0, 2.0, 3.0, 9.0, 9.0]


def test_select_by_kind_source_and_particulars(history: History) -> None:
    """A selection asks for the kind, and if wanted for the source and particulars."""
    assert [event.at for event in history.select("accepted")] == [1.0, 3.0]
    assert [event.source for event in history.select("closed", source="bot")] == ["bot"]
    assert [event.at for event in history.select("accepted", conn=2)] == [3.0]
    assert history.select("accepted", conn=3) == []


def test_select_after_an_instant(history: History) -> None:
    """`after` leaves out what happened at that very instant."""
    assert [event.at for event in history.select("accepted", after=1.0)] == [3.0]
    assert history.select("accepted", after=3.0) == []


def test_first_and_last(history: History) -> None:
    """The oldest and the newest of a selection, or None."""
    first, last = history.first("accepted"), history.last("accepted")
    assert first is not None
    assert last is not None
    assert (first["conn"], last["conn"]) == (1, 2)
    assert history.first("step_done") is None
    assert history.last("step_done") is None


def test_an_absent_particular_does_not_match() -> None:
    """An event without a particular matches only those who ask for None."""
    event = Event(1.0, "bot", "closed")
    assert not matching("closed", code=1000)(event)
    assert event.get("code", 1006) == 1006
    with pytest.raises(KeyError):
        event["code"]


def test_written_form_is_json_lines(history: History) -> None:
    """Any tool reads it: a header line that says what it is, then one event a line."""
    header, *events = [json.loads(line) for line in history.to_jsonl(HEADER)]
    assert header["format"] == "downtick.history"
    assert header["version"] == VERSION
    assert header["run"] == {"profile": None, "seed": 7}
    assert events[1] == {
        "at": 2.0,
        "source": "exchange",
        "kind": "closed",
        "data": {"conn": 1, "by": "fault"},
    }


@given(st.lists(EVENTS, max_size=5))
def test_what_is_written_is_read_again(events: list[Event]) -> None:
    """Nothing of a history is lost or changed by writing it."""
    header, again = History.from_jsonl(b"".join(History(events).to_jsonl(HEADER)))
    assert header == HEADER
    assert list(again) == events


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"not json\n",
        b"{}\n",
        b'{"format": "another", "version": 1}\n',
        b"".join(History([Event(1.0, "bot", "tick")]).to_jsonl(HEADER))[:-5],
    ],
    ids=["empty", "not JSON", "no format", "another format", "cut off"],
)
def test_something_else_is_refused(text: bytes) -> None:
    """What is not a history is told so, in one sentence."""
    with pytest.raises(ValueError, match="not a downtick history"):
        History.from_jsonl(text)


def test_another_version_is_refused() -> None:
    """A history of a format that this version does not know is not guessed at."""
    other = Header(VERSION + 1, HEADER.started_at, HEADER.clock, {})
    with pytest.raises(ValueError, match=f"version {VERSION + 1}; this downtick reads {VERSION}"):
        History.from_jsonl(b"".join(History().to_jsonl(other)))
