from __future__ import annotations

from typing import Any

import pytest

from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings
from tests.bot_v2.features.brokerages.coinbase.scaling import scales_all_but

UNSCALED = {
    "retry_after_max",
    "sends_per_window",
    "max_size",
    "queue_limit",
}


def test_every_duration_takes_the_time_scale() -> None:
    """All durations shrink by the factor, once; counts, sizes and the server's own Retry-After do not."""
    scales_all_but(StreamingSettings, UNSCALED)


def test_data_timeout_can_be_switched_off() -> None:
    """None stays None under any scale."""
    assert StreamingSettings(data_timeout=None, time_scale=0.1).real().data_timeout is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"open_timeout": 0},
        {"time_scale": -1},
        {"ping_interval": None},
        {"ping_timeout": "5s"},
        {"silence_timeout": float("nan")},
        {"queue_limit": 1},
        {"retry_first": 3.0, "retry_cap": 2.0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    """A wrong value is told by the name of its setting."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        StreamingSettings(**wrong)


def test_defaults_bring_data_back_within_five_seconds() -> None:
    """The longest wait plus a healthy connect leaves room within 5 s, and a stale feed shows within 30 s."""
    settings = StreamingSettings()
    assert settings.retry_cap <= 2.5
    assert settings.ping_interval + settings.ping_timeout <= 15
    assert max(settings.silence_timeout, settings.heartbeat_timeout) <= 15
