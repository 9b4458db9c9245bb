from __future__ import annotations

import pytest

from chaos_tests.soak.growth import Growth
from chaos_tests.soak.report import Report, clock
from chaos_tests.stages import duration


def test_a_run_that_held() -> None:
    """Everything that one wants to know, with the command that repeats it."""
    report = Report(
        7, 0.1, 900.0, 900.5, 150, 140, 10, ["rest/a", "rest/b", "orders/c"], 5, 9, 70, 149, 60
    )
    report.growth = (Growth("memory", 60, 61, 75),)
    report.stolen = 2.5
    text = "\n".join(report.lines())
    assert report.verdict == "PASS"
    for words in (
        *("PASS after 0:15:00 (time scale 0.1)", "150 nominal minutes", "in 140", "not yet in 10"),
        *("3 profiles played (1 of orders, 2 of rest; 3 different)", "5 faults started, 9 hits"),
        *(
            "70 orders in the ledger, the last in minute 149, 60 fills; the machine was too busy for 2.5 s",
            "memory 60 -> 61 (at most 75)",
            "--soak-seed 7 --soak-duration 900s --downtick-time-scale 0.1",
        ),
    ):
        assert words in text


def test_a_run_that_was_stopped_has_a_verdict_all_the_same() -> None:
    """It says that it was short."""
    report = Report(7, 1.0, 3600.0, 600.0, minutes=10, agreed=10, steps=3)
    assert report.verdict == "PASS"
    assert "after 0:10:00, stopped before its 1:00:00" in next(report.lines())


def test_a_violation_is_told_with_its_time() -> None:
    """And no agreement outweighs it."""
    report = Report(7, 1.0, 3600.0, 3600.0, minutes=60, agreed=60, steps=9)
    report.violated(61.0, "an order stands twice")
    assert report.verdict == "FAIL"
    assert "soak: VIOLATED at 0:01:01 nominal: an order stands twice" in list(report.lines())


def test_a_run_that_saw_nothing_says_nothing() -> None:
    """Doubt is never green."""
    assert Report(7, 1.0, 3600.0, 5.0, steps=3).verdict == "NOT EXERCISED"
    assert Report(7, 1.0, 3600.0, 600.0, minutes=10, agreed=10).verdict == "NOT EXERCISED"


@pytest.mark.parametrize(
    ("text", "seconds"), [("8h", 28800), ("15m", 900), ("90s", 90), ("1.5h", 5400), ("2d", 172800)]
)
def test_durations(text: str, seconds: float) -> None:
    """A number and a unit."""
    assert duration(text) == seconds
    assert clock(5400) == "1:30:00"


@pytest.mark.parametrize("text", ["8", "h", "0m", "-1h", "8 h", "1e3s", "8hours", ""])
def test_what_is_no_duration(text: str) -> None:
    """Is refused with what is allowed."""
    with pytest.raises(ValueError, match="such as 8h, 15m or 90s"):
        duration(text)
