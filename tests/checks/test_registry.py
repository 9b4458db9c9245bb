"""Every check that a profile may ask for is judged, and nothing is green for nothing."""

from __future__ import annotations

from downtick.checks.finding import Outcome
from downtick.checks.registry import JUDGES, judge
from downtick.checks.vocabulary import CHECKS
from tests.checks.transcript import Transcript


def test_every_check_has_a_judge() -> None:
    """What a profile can ask for, somebody judges."""
    assert set(JUDGES) == set(CHECKS)


def test_an_empty_run_exercises_nothing() -> None:
    """No check is green because nothing happened."""
    run = Transcript().run()
    for name in JUDGES:
        found = judge(run, name, {"within": 5.0, "max_rate": 2.0, "max_age": 10.0})
        assert found.outcome is Outcome.NOT_EXERCISED, found
        assert found.check == name
        assert found.sentence


def test_a_ledger_that_went_back_is_not_followed() -> None:
    """Orders that were, and are no more: nothing is said of them yet."""
    t = Transcript()
    t.places(t.opens("rest", 0), 1, "a", size="2")
    assert judge(t.run(), "limits_hold", {"max_position": 1}).outcome is Outcome.VIOLATED
    t.tell(2, "ledger", entry=50, change="rolledback", detail={"entry_number": 0})
    found = judge(t.run(), "limits_hold", {"max_position": 1})
    assert found.outcome is Outcome.NOT_EXERCISED
    assert "took orders back" in found.sentence
