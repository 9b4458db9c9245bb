from __future__ import annotations

from typing import Any

import pytest

from bot_v2.features.brokerages.coinbase.rest.settings import RestSettings
from tests.bot_v2.features.brokerages.coinbase.scaling import scales_all_but

UNSCALED = {
    "retry_after_max",
    "clock_margin",
    "max_body",
    "page",
    "max_pages",
    "threads",
}


def test_every_duration_takes_the_time_scale() -> None:
    """What is measured against the exchange's wall clock, and what it says itself, does not."""
    scales_all_but(RestSettings, UNSCALED)


@pytest.mark.parametrize(
    "wrong",
    [{"read_timeout": 0}, {"max_body": -1}, {"page": "1"}, {"retry_first": 9.0}, {"threads": 1}],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    """With the name of the setting."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RestSettings(**wrong)
