from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings

UNSCALED = {
    "time_scale",
    "retry_after_max",
    "sends_per_window",
    "max_size",
    "queue_limit",
}


def test_every_duration_takes_the_time_scale() -> None:
    """All durations shrink by the factor; counts, sizes and the server's own Retry-After do not."""
    nominal = StreamingSettings(time_scale=0.1)
    real = nominal.real()
    for each in dataclasses.fields(StreamingSettings):
        before, after = getattr(nominal, each.name), getattr(real, each.name)
        if each.name not in UNSCALED:
            assert after == pytest.approx(before * 0.1), each.name
        elif each.name != "time_scale":
            assert after == before, each.name
    assert real.time_scale == 1.0


def test_real_settings_are_not_scaled_again() -> None:
    """Taking the real settings twice changes nothing more."""
    real = StreamingSettings(time_scale=0.1).real()
    assert real.real() == real


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
