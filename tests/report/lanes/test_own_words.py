"""What the bot says of itself, on the timeline."""

from __future__ import annotations

from downtick.report.lanes.own_words import own_words
from tests.report.lanes.quiet import AXIS, lane, transcript
from tests.report.runs import PASSED, told


def test_a_mode_is_drawn_while_the_bot_was_in_it() -> None:
    """A lane for each, also if it comes back to it."""
    t = transcript()
    for at, mode in ((0, "normal"), (10, "halted"), (15, "halted"), (30, "normal")):
        t.tell(at, "mode_changed", "bot", mode=mode)
    group = own_words(told(PASSED, t=t), AXIS)
    assert {each.name: each.note for each in group.lanes} == {"normal": "20 s", "halted": "20 s"}
    assert lane(group, "normal").shapes.count("<rect") == 2
    assert "normal for 10.000 s" in lane(group, "normal").shapes


def test_metrics_that_changed_are_drawn() -> None:
    """A switch while it is on, all others as a line from their least to their most."""
    t = transcript()
    t.tell(1, "metrics", "bot", values={"up": 0.0, "orders_total": 0.0, "size": 7.0, "age": -1.0})
    t.tell(11, "metrics", "bot", values={"up": 1.0, "orders_total": 1.0, "process_fds": 9.0})
    t.tell(21, "metrics", "bot", values={"up": 0.0, "age": 2.5, "process_fds": 10.0})
    group = own_words(told(PASSED, t=t), AXIS)
    notes = {each.name: each.note for each in group.lanes}
    assert notes == {"up": "10 s", "orders_total": "0 to 1", "age": "-1 to 2.5"}
    assert "c-read curve" in lane(group, "age").shapes


def test_a_counter_that_comes_later_had_counted_nothing() -> None:
    """The first order is told by the page that has it; what all names begin with is left out."""
    t = transcript()
    t.tell(1, "metrics", "bot", values={"my_bot_age": 1.0, "my_bot_size": 1.0})
    t.tell(
        11,
        "metrics",
        "bot",
        values={"my_bot_orders_total": 1.0, "my_bot_late": 1.0, "my_bot_age": 2.0},
    )
    group = own_words(told(PASSED, t=t), AXIS)
    assert {each.name: each.note for each in group.lanes} == {
        "age": "1 to 2",
        "orders_total": "0 to 1",
    }


def test_those_that_change_least_often_come_first_and_the_others_are_counted() -> None:
    """What changes at each reading says little at a glance."""
    t = transcript()
    names = [f"m{number:02}" for number in range(14)]
    for at in range(3):
        t.tell(
            at,
            "metrics",
            "bot",
            values=dict.fromkeys(["busy", *names] if at < 2 else ["busy"], float(at)),
        )
    group = own_words(told(PASSED, t=t), AXIS)
    assert [each.name for each in group.lanes] == names[:12]
    assert "3 that change more are not drawn" in group.note


def test_who_says_nothing_has_no_lane() -> None:
    """Nor a head for it."""
    assert not own_words(told(PASSED, t=transcript()), AXIS).markup()
