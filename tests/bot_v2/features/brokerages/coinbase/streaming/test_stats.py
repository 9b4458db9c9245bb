from __future__ import annotations

import dataclasses

import pytest

from bot_v2.features.brokerages.coinbase.streaming.stats import Counters


def test_a_snapshot_does_not_change() -> None:
    """What is counted later does not reach a snapshot taken before, and nobody can write into one."""
    counters = Counters()
    counters.add("gaps")
    counters.lost("silence")
    before = counters.snapshot()
    counters.add("gaps", 2)
    counters.lost("silence")
    assert (before.gaps, before.losses) == (1, {"silence": 1})
    assert (counters.snapshot().gaps, counters.snapshot().losses) == (3, {"silence": 2})
    with pytest.raises(dataclasses.FrozenInstanceError):
        before.gaps = 5  # type: ignore[misc]
    with pytest.raises(TypeError):
        before.losses["silence"] = 5  # type: ignore[index]


def test_only_known_counters_count() -> None:
    """A misspelt counter is an error, not a new one."""
    with pytest.raises(KeyError):
        Counters().add("gapz")
