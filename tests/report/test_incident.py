"""An incident that is being played, told by its own clock."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from downtick.history import Event
from downtick.profiles.model import Profile
from downtick.report.incident import IncidentStory
from downtick.report.incident_screen import Lines, Screen
from tests.profiles.small_words import WORDS, profile_of

SCALE = 0.1


def profile() -> Profile:
    """Return an incident of two minutes, played in ten nominal seconds."""
    return profile_of(
        "at: 5s, for: 3s, link: rest, fault: down",
        "at: 6s, exchange: close_code, attributes: {code: 1001}",
        run="for: 10s",
        extra=(
            "incident: {start: 2024-05-14T04:00Z, compression: 12, sources: [s], phases: ["
            "{at: 2024-05-14T04:00Z, evidence: inferred, what: calm}, "
            "{at: 2024-05-14T04:01Z, evidence: reported, what: all fails}]}"
        ),
    )


def story() -> IncidentStory:
    """Return the story of it at a tenth of its time."""
    return IncidentStory(profile(), WORDS, SCALE)


def conductor(at: float, kind: str, **data: object) -> Event:
    """Return an event of the conductor, so many nominal seconds after the steady state at 100."""
    return Event(100 + at * SCALE, "conductor", kind, data)


def exchange(at: float, kind: str, **data: object) -> Event:
    """Return an event of the exchange, as above."""
    return Event(100 + at * SCALE, "exchange", kind, data)


STEADY = conductor(0, "steady_state")


def test_the_clock_stands_until_the_bot_is_steady() -> None:
    """What happens before is no part of the incident."""
    told = story()
    assert told.hear(exchange(-20, "request")) == []
    assert told.look(500.0) == []
    assert not told.begun
    assert f"{told.clock(500.0):%H:%M:%S}" == "04:00:00"


def test_the_clock_goes_by_compression_and_time_scale() -> None:
    """Half a real second is five nominal ones, and those are a minute of then."""
    told = story()
    told.hear(STEADY)
    assert told.nominal(100.5) == 5
    assert f"{told.clock(100.5):%H:%M:%S}" == "04:01:00"


def test_the_clock_stands_still_with_the_machine() -> None:
    """Faults are put off by what was stolen, and so are their times."""
    told = story()
    told.hear(Event(99, "arena", "late", {"seconds": 7.0}))  # before the incident
    told.hear(STEADY)
    told.hear(Event(100.4, "arena", "late", {"seconds": 0.3}))
    assert told.look(100.5) == []
    assert told.nominal(100.5) == pytest.approx(2)


def test_phases_begin_and_end_with_what_happened_meanwhile() -> None:
    """By the clock alone, in order, each with its evidence."""
    told = story()
    assert told.hear(STEADY) == ["2024-05-14 04:00:00Z  phase begins (inferred): calm"]
    told.hear(exchange(1, "accepted"))
    told.hear(exchange(2, "request"))
    told.hear(exchange(2, "answer", status=200))
    told.hear(exchange(2, "ledger", change="accepted"))
    assert told.look(100.4) == []
    assert told.look(100.5) == [
        "2024-05-14 04:01:00Z  phase ends: calm",
        "2024-05-14 04:01:00Z    meanwhile: 1 request, 1 new connection, 1 order taken",
        "2024-05-14 04:01:00Z  phase begins (reported): all fails",
    ]
    told.hear(exchange(6, "request"))
    told.hear(exchange(6, "answer", status=503))
    told.hear(exchange(6, "accepted"))
    told.hear(exchange(6, "refused"))
    told.hear(exchange(6, "closed", by="fault"))
    *_, last = told.hear(conductor(10, "run_ended"))
    assert last == (
        "2024-05-14 04:02:00Z    meanwhile: 1 request (1 answered 503), "
        "1 new connection (1 turned away), 1 lost, 0 orders taken"
    )
    assert told.over


def test_faults_are_shown_as_they_begin_and_end() -> None:
    """A phase that begins in the same instant is told first; one fault that is over at once is no state."""
    told = story()
    told.hear(STEADY)
    *_, phase, fault = told.hear(conductor(5, "step_done", step=0, act=0))
    assert phase == "2024-05-14 04:01:00Z  phase begins (reported): all fails"
    assert fault == "2024-05-14 04:01:00Z    fault on: down on rest"
    assert told.hear(conductor(6, "step_done", step=1, act=1)) == [
        "2024-05-14 04:01:12Z    fault: close_code (code 1001) on exchange"
    ]
    assert list(told.faults.values()) == ["down on rest"]
    assert told.hear(conductor(8, "step_healed", step=0, act=0)) == [
        "2024-05-14 04:01:36Z    fault off: down on rest"
    ]
    assert told.faults == {}


def test_what_still_lasts_at_the_end_is_over_with_it() -> None:
    """A fault to the end of the run is healed by the end."""
    told = story()
    told.hear(STEADY)
    told.hear(conductor(5, "step_done", step=0, act=0))
    told.hear(conductor(10, "run_ended"))
    assert told.faults == {}


def printed(*, terminal: bool) -> tuple[Console, io.StringIO]:
    """Return a console and what it prints."""
    file = io.StringIO()
    return Console(file=file, force_terminal=terminal, width=100, highlight=False), file


def test_without_a_terminal_there_are_lines() -> None:
    """The title, then what is told; the clock alone brings phases about."""
    console, file = printed(terminal=False)
    told = story()
    with Lines(told, console) as shown:
        shown.tell(told.hear(STEADY))
        shown.tick(100.5)
    lines = file.getvalue().splitlines()
    assert lines[0] == "a-profile: A profile (12 times as fast as then)"
    assert lines[1] == "2024-05-14 04:00:00Z  phase begins (inferred): calm"
    assert lines[-1] == "2024-05-14 04:01:00Z  phase begins (reported): all fails"
    assert "\x1b" not in file.getvalue()


def test_a_terminal_shows_the_clock_the_phases_and_the_faults() -> None:
    """Past, present and future are told apart."""
    console, file = printed(terminal=False)
    told = story()
    screen = Screen(told, console)
    console.print(screen.picture(0.0))
    assert "04:00:00 UTC   waiting for the bot" in file.getvalue()
    told.hear(STEADY)
    screen.tell(told.hear(conductor(5, "step_done", step=0, act=0)))
    console.print(screen.picture(100.5))
    text = file.getvalue()
    assert "2024-05-14 04:01:00 UTC   5 s, 12 times as fast as then" in text
    assert "✓  05-14 04:00  inferred  calm" in text
    assert "▶  05-14 04:01  reported  all fails" in text
    assert "faults now:\n  down on rest" in text
    assert "fault on: down on rest" in text


def test_the_last_picture_stays() -> None:
    """Whoever looks up afterwards sees how it ended."""
    console, file = printed(terminal=True)
    told = story()
    with Screen(told, console):
        told.hear(STEADY)
        told.hear(conductor(10, "run_ended"))
    assert "faults now: none" in file.getvalue()
