"""The present mode, and who is told."""

from __future__ import annotations

import logging

import pytest

from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.modes import Modes


def test_a_bot_begins_by_recovering() -> None:
    """It trades on nothing that it has not looked at."""
    metrics = MetricsCollector()
    assert Modes(metrics).mode == "recovering"
    assert metrics.get_gauge("mode_recovering") == 1
    assert metrics.get_gauge("mode_normal") == 0


def test_a_change_is_logged_counted_and_shown(caplog: pytest.LogCaptureFixture) -> None:
    """With its reason; the end of trading as a warning."""
    metrics = MetricsCollector()
    modes = Modes(metrics)
    modes.enter("monitor_only", "503")
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "mode recovering -> monitor_only: 503"
    assert metrics.get_counter("mode_changes") == 1
    assert metrics.get_counter("mode_monitor_only_entered") == 1
    assert [metrics.get_gauge(f"mode_{name}") for name in ("monitor_only", "recovering")] == [1, 0]


def test_the_same_mode_again_changes_the_reason_alone(caplog: pytest.LogCaptureFixture) -> None:
    """And is no news."""
    metrics = MetricsCollector()
    modes = Modes(metrics)
    modes.enter("recovering", "again")
    assert modes.reason == "again"
    assert caplog.records == []
    assert metrics.get_counter("mode_changes") == 0
