from __future__ import annotations

from downtick.history import Event
from downtick.report.timeline import timeline


def test_a_timeline_counts_from_the_first_event() -> None:
    """Times are seconds since the beginning of the history."""
    lines = timeline(
        [Event(100.0, "conductor", "steady_state"), Event(101.5, "conductor", "run_ended")]
    )
    assert [line.split()[0] for line in lines] == ["0.000s", "1.500s"]


def test_frames_between_two_events_are_one_line() -> None:
    """Forty thousand frames are no story; how many came on which connection is."""
    frames = [Event(1.0, "exchange", "frame_sent", {"conn": 3})] * 5
    (told, _) = timeline([*frames, Event(2.0, "conductor", "run_ended")])
    assert "#3: 5" in told


def test_the_middle_of_a_long_story_is_left_out() -> None:
    """The beginning and the end stay, with the number of lines between them."""
    events = [Event(float(i), "exchange", "accepted", {"conn": i}) for i in range(100)]
    lines = timeline(events, most=9)
    assert len(lines) == 9
    assert "92 more" in lines[3]
    assert "#99" in lines[-1]


def test_a_closed_connection_says_by_whom_and_how() -> None:
    """Who closed, and how, is what a reader asks first."""
    event = Event(
        0.0, "exchange", "closed", {"conn": 1, "by": "fault", "how": "reset", "code": None}
    )
    assert "#1 closed (by fault, how reset)" in timeline([event])[0]


def test_a_fault_that_hit_nothing_is_a_warning() -> None:
    """With how much there was that it might have hit."""
    data = {"handle": 1, "name": "http_error", "seen": 2}
    (told,) = timeline([Event(0.0, "exchange", "never_matched", data)])
    assert "warning: http_error never matched: 2 fitted, none was hit" in told
