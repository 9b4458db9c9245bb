from __future__ import annotations

from typing import Any

import pytest

from bot_v2.features.market_data.settings import MarketDataSettings


def test_durations_follow_the_time_scale_and_nothing_else_does() -> None:
    """Ten times as fast: a tenth of each duration; counts, shares and the exchange's own seconds stay."""
    settings = MarketDataSettings(time_scale=0.1).real()
    assert settings.max_age == pytest.approx(0.8)
    assert settings.poll_spacing == pytest.approx(0.025)
    assert settings.flaw_limit == 3
    assert settings.jump_bound == 0.03
    assert settings.retry_after_max == 60.0
    assert settings.max_skew == 2.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_age": 0},
        {"pulse": -1},
        {"flaw_limit": 0},
        {"confirm_age": 9.0},
        {"retry_first": 6.0},
        {"settle_first": 200.0},
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    """With a sentence that names it."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MarketDataSettings(**wrong)
