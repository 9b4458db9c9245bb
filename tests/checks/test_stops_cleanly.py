"""On SIGTERM the bot ends, in time, with a clean exit code, and places nothing more."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Finding, Outcome
from downtick.checks.stops_cleanly import check
from tests.checks.transcript import Transcript


def found(t: Transcript, scale: float = 1.0) -> Finding:
    """Return what the check says."""
    return check(t.run(scale), {"within": 5.0})


def ends(t: Transcript, took: float, exit_code: int = 0, *, killed: bool = False) -> None:
    """Ask the bot to end at 60, and let it end."""
    t.over(60)
    t.tell(60, "bot_asked_to_stop", "runner", signal="SIGTERM")
    t.tell(60 + took, "bot_ended", "runner", exit_code=exit_code, killed=killed)


@pytest.mark.parametrize(
    ("took", "exit_code", "outcome"),
    [
        (0.5, 0, Outcome.HOLDS),
        (4.9, 143, Outcome.HOLDS),
        (5.1, 0, Outcome.VIOLATED),
        (0.5, 1, Outcome.VIOLATED),
        (0.5, 137, Outcome.VIOLATED),
    ],
)
def test_it_ends_in_time_and_says_that_all_is_well(
    took: float, exit_code: int, outcome: Outcome
) -> None:
    """0 and 143 are clean: the latter is what SIGTERM leaves."""
    t = Transcript()
    ends(t, took, exit_code)
    assert found(t).outcome is outcome


def test_one_that_had_to_be_killed_did_not_stop() -> None:
    """Whatever its exit code says."""
    t = Transcript()
    ends(t, 1.0, 0, killed=True)
    assert found(t).outcome is Outcome.VIOLATED
    assert "was killed" in found(t).sentence


def test_a_process_does_not_end_ten_times_as_fast_as_life() -> None:
    """Three real seconds it has always."""
    t = Transcript()
    ends(t, 2.9)
    assert found(t, 0.1).outcome is Outcome.HOLDS
    t = Transcript()
    ends(t, 3.1)
    assert found(t, 0.1).outcome is Outcome.VIOLATED


def test_time_that_the_machine_took_leaves_a_doubt() -> None:
    """It may have been the bot's, or not."""
    t = Transcript()
    ends(t, 5.5)
    t.starved(60.5, 61.5)
    assert found(t).outcome is Outcome.NOT_EXERCISED


def test_nothing_is_placed_after_it() -> None:
    """What surely left later is; what may have been on its way is nobody's guess."""
    t = Transcript()
    t.places(t.opens("rest", 60.5), 61, "late")
    ends(t, 2.0)
    assert found(t).outcome is Outcome.VIOLATED
    assert "placed an order after SIGTERM" in found(t).sentence
    t = Transcript()
    t.places(t.opens("rest", 1), 61, "on its way")
    ends(t, 2.0)
    assert found(t).outcome is Outcome.NOT_EXERCISED
    t = Transcript()
    conn = t.opens("rest", 1)
    t.places(conn, 59, "in time")
    t.asks(conn, 61)
    ends(t, 2.0)
    assert found(t).outcome is Outcome.HOLDS


def test_whoever_was_not_asked_did_not_refuse() -> None:
    """A bot in the test's own process, and one that ended by itself."""
    t = Transcript()
    t.over(60)
    assert found(t).outcome is Outcome.NOT_EXERCISED
    t.tell(30, "bot_ended", "runner", exit_code=1, killed=False)
    assert found(t).outcome is Outcome.NOT_EXERCISED
