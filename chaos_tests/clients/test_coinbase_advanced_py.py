"""coinbase-advanced-py, Coinbase's own client: REST over TLS because it cannot do otherwise, feeds over TLS too."""

from __future__ import annotations

import pytest

from chaos_tests.clients.judging import assert_told, assert_traded, assert_welcome
from chaos_tests.clients.running import run_session
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.clients("coinbase-advanced-py")]


@pytest.mark.parametrize("key", ["ES256", "ED25519"])
def test_a_session(rig: Rig, key: str) -> None:
    """It follows every channel, trades, and sees what the ledger has, with either kind of key."""
    seen = run_session(rig, "coinbase-advanced-py", "advanced_py.py", key)
    assert_traded(rig, seen)
    assert_told(seen["user feed"]["orders"], seen)
    assert_welcome(rig)
    for feed in ("market feed", "user feed"):
        sequence = seen[feed]["sequence"]
        assert sequence == list(range(len(sequence)))
    balances = {"BTC": "2", "ETH": "20", "USD": "100000", "USDC": "100000"}
    assert seen["accounts"]["balances"] == balances
    assert seen["placed again"]["order_id"] == seen["placed"]["order_id"]
    assert seen["cancelled nothing"]["reason"] == "UNKNOWN_CANCEL_ORDER"
    assert seen["refused"]["error"] == "INSUFFICIENT_FUND"
