"""Nominal seconds, and what a time scale makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot_v2.scaled import Scaled, duration


@dataclass(frozen=True, kw_only=True)
class Patience(Scaled):
    wait: float = duration(4.0)
    attempts: int = 3


def test_only_durations_follow_the_time_scale() -> None:
    """A count stays what it is."""
    assert Patience(time_scale=0.1).real() == Patience(wait=0.4, attempts=3)


@pytest.mark.parametrize(
    "wrong", [{"wait": 0}, {"attempts": -1}, {"time_scale": float("nan")}, {"wait": "4"}]
)
def test_what_is_not_above_zero_is_refused_by_its_name(wrong: dict[str, Any]) -> None:
    """The message names the setting."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Patience(**wrong)
