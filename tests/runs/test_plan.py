from __future__ import annotations

from pathlib import Path

import pytest

from downtick.errors import ProfileError
from downtick.runs.plan import planned

RESET, DOWN = "streaming/market-feed-reset", "streaming/market-feed-down"


def test_each_profile_becomes_a_run() -> None:
    """In the order in which they were asked for, with what the history must say of them."""
    plans = planned([RESET, DOWN], 7, 0.5)
    assert [plan.name for plan in plans] == [RESET, DOWN]
    assert [plan.prepared.asked_for for plan in plans] == [RESET, DOWN]
    assert {plan.prepared.schedule.seed for plan in plans} == {7}
    assert plans[0].seconds == (20 + 10) * 0.5


def test_a_repeated_run_has_a_number() -> None:
    """Its files have its name."""
    assert [plan.name for plan in planned([RESET], None, 1.0, 2)] == [f"{RESET}-1", f"{RESET}-2"]


def test_every_problem_of_every_profile_is_told(tmp_path: Path) -> None:
    """Before anything is started."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: wrong\ntitel: x\n", encoding="utf-8")
    with pytest.raises(ProfileError) as told:
        planned(["nosuch", RESET, str(wrong)], None, 1.0)
    assert any("nosuch" in problem for problem in told.value.problems)
    assert any("titel" in problem for problem in told.value.problems)
