"""What the bot counts, and how Prometheus reads it."""

from __future__ import annotations

import threading

import pytest

from bot_v2.metrics import MetricsCollector


def test_a_counter_starts_at_nothing_and_counts() -> None:
    """What never happened is 0, not an error."""
    metrics = MetricsCollector()
    assert metrics.get_counter("orders_placed") == 0
    metrics.increment("orders_placed")
    metrics.increment("orders_placed", 2)
    assert metrics.get_counter("orders_placed") == 3


def test_a_counter_never_goes_down() -> None:
    """Prometheus would take it for a restart."""
    with pytest.raises(ValueError, match="never goes down"):
        MetricsCollector().increment("orders_placed", -1)


def test_a_gauge_that_was_never_set_is_not_there() -> None:
    """Nobody knows is not the same as 0."""
    metrics = MetricsCollector()
    assert metrics.get_gauge("mark_price") is None
    metrics.set_gauge("mark_price", 50_000)
    metrics.set_gauge("mark_price", 50_001.5)
    assert metrics.get_gauge("mark_price") == 50_001.5


@pytest.mark.parametrize("name", ["", "Orders", "orders placed", "1st", "orders\n# x"])
def test_a_name_that_prometheus_would_not_read_is_refused(name: str) -> None:
    """Where it is used, not where it is scraped."""
    metrics = MetricsCollector()
    with pytest.raises(ValueError, match="no name for a metric"):
        metrics.increment(name)
    with pytest.raises(ValueError, match="no name for a metric"):
        metrics.set_gauge(name, 1)


def test_everything_is_rendered_in_prometheus_text_format() -> None:
    """Counters end in _total; each has its type above it."""
    metrics = MetricsCollector()
    metrics.increment("orders_placed", 2)
    metrics.set_gauge("mode_normal", 1)
    assert metrics.render() == (
        "# TYPE bot_v2_orders_placed_total counter\n"
        "bot_v2_orders_placed_total 2\n"
        "# TYPE bot_v2_mode_normal gauge\n"
        "bot_v2_mode_normal 1.0\n"
    )


def test_counts_from_many_threads_are_all_there() -> None:
    """No increment is lost."""
    metrics = MetricsCollector()

    def count() -> None:
        for _ in range(500):
            metrics.increment("n")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert metrics.get_counter("n") == 2000
