from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from downtick.history import Event
from downtick.report.run_board import picture
from downtick.report.run_story import RunStory

START = 100.0


def event(at: float, kind: str, /, **data: Any) -> Event:
    """Return an event some seconds after the start."""
    return Event(START + at, "exchange", kind, data)


def story(*events: Event) -> RunStory:
    """Return the story of a run of 30 s that these happened in."""
    told = RunStory(30.0)
    told.hear(events)
    return told


def test_it_says_how_far_a_run_is() -> None:
    """From the steady state to the verdict."""
    run = story()
    assert run.phase(START) == "waits for a steady state"
    run.hear([event(2, "steady_state")])
    assert run.phase(START + 14) == "12 of 30 s"
    run.hear([event(20, "run_ended")])
    assert run.phase(START + 90) == "30 of 30 s, recovery"


def test_faults_stand_until_they_end() -> None:
    """Those of a link and those of the exchange; a reset is over at once."""
    run = story(
        event(1, "step_done", act=1, name="freeze", link="market_ws"),
        event(1, "step_done", act=2, name="reset", link="rest"),
        event(1, "step_done", act=3, name="http_error", link=None),
        event(1, "fault_on", handle=1, name="http_error"),
    )
    assert [*run.faults.values()] == ["freeze on market_ws", "http_error"]
    run.hear([event(2, "step_ending", act=1), event(2, "fault_off", handle=1)])
    assert not run.faults


def test_connections_are_counted_by_link() -> None:
    """Open ones only."""
    run = story(
        event(0, "accepted", conn=1, listener="market_ws"),
        event(0, "accepted", conn=2, listener="rest"),
        event(0, "accepted", conn=3, listener="rest"),
        event(1, "closed", conn=2),
        event(1, "closed", conn=99),
    )
    assert +run.open == {"market_ws": 1, "rest": 1}


def test_prices_age_from_when_the_exchange_sent_one() -> None:
    """In either dialect; a heartbeat is no price."""
    run = story(event(0, "frame_sent", channel="heartbeats"))
    assert run.price_age(START + 9) is None
    run.hear([event(1, "frame_sent", channel="ticker")])
    assert run.price_age(START + 3) == 2
    run.hear([event(2, "frame_sent", channel="", type="match")])
    assert run.price_age(START + 3) == 1


def test_orders_and_requests_are_counted() -> None:
    """Orders are those of the ledger."""
    run = story(
        event(0, "request", id=1),
        event(0, "request", id=2),
        event(1, "answer", status=200),
        event(1, "answer", status=503),
        event(1, "ledger", change="accepted"),
        event(1, "ledger", change="matched"),
    )
    assert (run.orders, run.requests, run.failed) == (1, 2, 1)


def test_the_picture_has_a_line_for_each_run() -> None:
    """With everything that can be seen of it."""
    busy = story(
        event(0, "steady_state"),
        event(0, "accepted", conn=1, listener="rest"),
        event(1, "step_done", act=1, name="freeze", link="market_ws"),
        event(1, "frame_sent", channel="ticker"),
        event(1, "request", id=1),
        event(1, "answer", status=503),
    )
    shown = io.StringIO()
    console = Console(width=140, file=shown)
    console.print(picture({"one": busy, "two": RunStory(5.0)}, START + 4))
    head, first, second = (line.split("  ") for line in shown.getvalue().splitlines())
    assert [cell.strip() for cell in first if cell.strip()] == [
        "one",
        "4 of 30 s",
        "freeze on market_ws",
        "rest 1",
        "3.0 s",
        "0",
        "1, 1 refused",
    ]
    assert "waits for a steady state" in "  ".join(second)
    assert "price age" in "  ".join(head)
