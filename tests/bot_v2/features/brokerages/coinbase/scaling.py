"""How settings whose durations are nominal take the time scale."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import pytest

from bot_v2.features.brokerages.coinbase.rest.settings import RestSettings
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings


def scales_all_but(kind: type[RestSettings | StreamingSettings], unscaled: Collection[str]) -> None:
    """See that at a tenth of the time everything is a tenth of itself, but what is named; and that only once."""
    nominal = kind(time_scale=0.1)
    real = nominal.real()
    assert real.time_scale == 1.0
    for each in dataclasses.fields(kind):
        before, after = getattr(nominal, each.name), getattr(real, each.name)
        if each.name in unscaled:
            assert after == before, each.name
        elif each.name != "time_scale":
            assert after == pytest.approx(before * 0.1), each.name
    assert real.real() == real
