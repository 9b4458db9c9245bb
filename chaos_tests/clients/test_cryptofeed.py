"""cryptofeed, which follows market data."""

from __future__ import annotations

import pytest

from chaos_tests.clients.judging import assert_welcome
from chaos_tests.clients.running import run_session
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.clients("cryptofeed")]


@pytest.mark.toxics(exchange={"check_auth": False})
def test_a_session(rig: Rig) -> None:
    """It reads the products, and follows trades and the book; its old word for heartbeats is refused, no more."""
    seen = run_session(rig, "cryptofeed", "cryptofeed_feed.py")
    assert_welcome(rig, refused=["no channel 'heartbeat' here"])
    assert seen["symbols"]["names"] == ["BTC-USD", "ETH-USD"]
    trades = rig.history.select("frame_sent", channel="market_trades", type="update")
    ids = {
        str(number)
        for e in trades
        for first, last in [e.data["trade_ids"]]
        for number in range(first, last + 1)
    }
    assert set(seen["market feed"]["trades"]) <= ids
