"""What a test expects by itself is read and refused as what a profile expects is."""

from __future__ import annotations

from typing import Any

import pytest

from downtick.errors import ProfileError
from downtick.prepare import prepare
from downtick.profiles.expecting import BY_HAND, by_hand, expecting
from downtick.profiles.model import Profile
from downtick.words import VOCABULARY


def asked(profile: Profile) -> dict[str, Any]:
    """Return what a profile expects: parameters by check, each asked once."""
    assert len({check.name for check in profile.expect}) == len(profile.expect)
    return {check.name: dict(check.parameters) for check in profile.expect}


def test_a_test_expects_more_than_its_profile() -> None:
    """A check that both name is asked as the test has it; the profile's others stay."""
    profile = prepare("streaming/seven-resets").profile
    more = expecting(profile, ["stays_alive", {"reconnects": {"within": "9s"}}], VOCABULARY)
    assert asked(profile)["reconnects"] == {"within": 5.0}
    assert asked(more) == {"resubscribes": {}, "stays_alive": {}, "reconnects": {"within": 9.0}}
    assert more.steps == profile.steps
    assert expecting(profile, [], VOCABULARY) is profile


def test_faults_by_hand_have_what_stands_for_a_profile() -> None:
    """No step, no time to settle: the test knows of both."""
    profile = by_hand([{"limits_hold": {"max_position": 1.5}}], VOCABULARY)
    assert asked(profile) == {"limits_hold": {"max_position": 1.5}}
    assert (profile.name, profile.steps, profile.run.settle) == (BY_HAND, (), 0)


@pytest.mark.parametrize(
    ("expect", "scale", "complaint"),
    [
        (["reconects"], 1.0, "unknown check.*did you mean `reconnects`"),
        (["reconnects"], 1.0, r"reconnects\.within: missing"),
        ([{"limits_hold": {"max_position": "much"}}], 1.0, r"limits_hold\.max_position: found"),
        (["stays_alive", "stays_alive"], 1.0, "given twice"),
        ([{"reconnects": {"within": "1s"}}], 0.1, r"reconnects\.within: 1 ?s.*100 ms"),
    ],
)
def test_what_cannot_be_asked_is_refused(expect: list[Any], scale: float, complaint: str) -> None:
    """Before anything is started, with what is allowed."""
    with pytest.raises(ProfileError, match=f"^expect.*{complaint}"):
        by_hand(expect, VOCABULARY, scale)
