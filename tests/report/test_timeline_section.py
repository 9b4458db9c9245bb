"""The timeline of a page."""

from __future__ import annotations

import re

from downtick.report.fates import fates
from downtick.report.lanes.axis import Axis
from downtick.report.timeline_section import timeline_section
from tests.report.runs import PASSED, deaf, told


def drawn() -> str:
    """Return the timeline of a run of 40 seconds."""
    t = deaf()
    t.starved(7, 8)
    judged = told(PASSED, t=t)
    axis = Axis(judged.start, judged.end)
    return str(timeline_section(judged, axis, fates(judged.run, judged.verdict)))


def test_lanes_stand_in_their_groups_between_two_rows_of_seconds() -> None:
    """A group that has nothing to show is left out."""
    text = drawn()
    assert re.findall(r"<h3>([\w ]+) <small>", text) == [
        *("Run", "Faults", "Connections", "Bytes", "Price age")
    ]
    assert text.count('class="lane axis"') == 2
    assert '<span style="left:25.000%">10</span>' in text


def test_the_script_gets_what_it_needs() -> None:
    """The seconds of the run, and tools that stay hidden without it."""
    text = drawn()
    assert 'data-span="40.000000"' in text
    assert 'class="tools" hidden=""' in text


def test_a_machine_that_gave_no_time_is_seen() -> None:
    """For how long, too: ages and deadlines are not the bot's fault then."""
    assert "the machine gave no time for 1.000 s" in drawn()
