from __future__ import annotations

import pytest

from bot_v2.features.brokerages.coinbase.streaming import CoinbaseStreamingClient, StreamingSettings
from bot_v2.features.brokerages.coinbase.streaming.losses import Loss, Reason


def client(**settings: float) -> CoinbaseStreamingClient:
    return CoinbaseStreamingClient("ws://127.0.0.1:1", StreamingSettings(**settings), seed=1)  # type: ignore[arg-type]


def test_retry_after_is_honoured_in_real_seconds() -> None:
    """The server's own wish is not scaled, and some jitter is put on top."""
    waiting = client(time_scale=0.1)._wait_after(Loss(Reason.THROTTLED, "HTTP 429", 7.0))
    assert 7.0 < waiting < 7.1


def test_retry_after_has_a_bound() -> None:
    """Nobody can send the client away for a day."""
    waiting = client()._wait_after(Loss(Reason.REJECTED, "HTTP 503", 86_400.0))
    assert 60.0 < waiting < 61.0


def test_retry_after_of_nothing_does_not_hammer() -> None:
    """Zero seconds still means the back-off's own wait."""
    assert client()._wait_after(Loss(Reason.REJECTED, "HTTP 503", 0.0)) >= 0.15


def test_being_throttled_means_longer_waits() -> None:
    """429 without Retry-After waits longer than the longest ordinary wait at first."""
    assert 2.0 <= client()._wait_after(Loss(Reason.THROTTLED, "HTTP 429")) <= 4.0


def test_the_first_wait_is_short_and_later_ones_are_capped() -> None:
    """A single loss costs a moment; an outage is asked about every other second."""
    losing = client()
    waits = [losing._wait_after(Loss(Reason.UNREACHABLE)) for _ in range(20)]
    assert waits[0] <= 0.3
    assert max(waits) <= 2.0
    assert waits[-1] == pytest.approx(1.5, abs=0.5)


def test_a_client_that_was_only_made_is_idle() -> None:
    """Making one connects nothing and needs no event loop."""
    made = client()
    assert not made.is_connected()
    assert made.state == "idle"
    assert made.stats.attempts == 0
