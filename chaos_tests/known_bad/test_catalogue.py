"""The catalogue asks for what can come true."""

from __future__ import annotations

import pytest

from chaos_tests.known_bad.catalogue import HEALTHY, KNOWN_BAD, PROFILES
from downtick.prepare import prepare

pytestmark = [pytest.mark.integration, pytest.mark.known_bad]


def test_there_are_forty_ways_to_be_broken() -> None:
    """And no two of them are the same bot in the same profile."""
    assert len(KNOWN_BAD) >= 40
    ways = [(bad.profile, bad.check, bad.parts, *bad.figures.items()) for bad in KNOWN_BAD.values()]
    assert len(set(ways)) == len(ways)


@pytest.mark.parametrize("bot", KNOWN_BAD)
def test_the_profile_expects_what_the_bot_breaks(bot: str) -> None:
    """Otherwise nothing could catch it."""
    bad = KNOWN_BAD[bot]
    profile = prepare(str(PROFILES / f"{bad.profile}.yaml"), None, 0.5).profile
    assert bad.check in {check.name for check in profile.expect}


def test_every_profile_is_played_to_a_known_bad_bot_and_to_the_healthy_one() -> None:
    """The healthy one plays those of the known-bad ones."""
    there = {file.stem for file in PROFILES.glob("*.yaml")}
    assert {bad.profile for bad in KNOWN_BAD.values()} == there
    assert {profile for shape in HEALTHY.values() for profile in shape.profiles} <= there
