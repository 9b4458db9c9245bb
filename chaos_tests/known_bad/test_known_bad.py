"""The judge is judged: each known-bad bot fails by the check that it is made for, and no healthy bot fails at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chaos_tests.known_bad.catalogue import HEALTHY, KNOWN_BAD
from chaos_tests.known_bad.conftest import JUDGED
from chaos_tests.known_bad.playing import SCALE, Judged, play
from downtick.checks.finding import Outcome
from downtick.verdict import Result

pytestmark = [pytest.mark.integration, pytest.mark.known_bad]

Play = Callable[[str, str], Judged]

SOUND = sorted({(bad.sound, bad.profile) for bad in KNOWN_BAD.values()})


@pytest.fixture
def judge(
    request: pytest.FixtureRequest, tmp_path: Path, record_property: Callable[[str, object], None]
) -> Play:
    """Return what plays a profile to a bot, and notes what came of it for the table."""

    def play_and_note(bot: str, profile: str) -> Judged:
        start = time.monotonic()
        scale = float(request.config.getoption("downtick_time_scale") or SCALE)
        judged, _ = play(bot, profile, tmp_path, scale)
        row = {
            "bot": bot,
            "profile": profile,
            "result": judged.result.value,
            "outcomes": {check: outcome.value for check, outcome in judged.outcomes.items()},
            "seconds": time.monotonic() - start,
        }
        record_property(JUDGED, row)
        return judged

    return play_and_note


@pytest.mark.parametrize("bot", KNOWN_BAD)
def test_a_known_bad_bot_is_caught(bot: str, judge: Play) -> None:
    """The verdict is FAIL, and the check that it is made for is violated."""
    bad = KNOWN_BAD[bot]
    judged = judge(bot, bad.profile)
    assert judged.outcomes[bad.check] is Outcome.VIOLATED, judged
    assert judged.result is Result.FAIL


@pytest.mark.parametrize(("bot", "profile"), SOUND)
def test_the_sound_one_passes(bot: str, profile: str, judge: Play) -> None:
    """PASS: every fault proven, and every check holds."""
    assert judge(bot, profile).result is Result.PASS


@pytest.mark.parametrize(
    ("bot", "profile"),
    [(bot, profile) for bot, shape in HEALTHY.items() for profile in shape.profiles],
)
def test_healthy_bots_of_other_shapes_raise_no_alarm(bot: str, profile: str, judge: Play) -> None:
    """Nothing is said against them; what their shape does not exercise may stay open."""
    judged = judge(bot, profile)
    assert Outcome.VIOLATED not in judged.outcomes.values(), judged
    assert judged.result is not Result.ERROR
