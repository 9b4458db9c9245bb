"""ccxt, with and without an event loop, in both of Coinbase's dialects."""

from __future__ import annotations

import pytest

from chaos_tests.clients.judging import assert_told, assert_traded, assert_welcome
from chaos_tests.clients.running import Seen, run_session
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.clients("ccxt")]


def test_coinbase(rig: Rig) -> None:
    """The synchronous client reads markets, balances and prices, and trades, with either kind of key."""
    seen = run_session(rig, "ccxt", "ccxt_rest.py", "coinbase")
    assert_rest(rig, seen)
    assert seen["ed25519"]["currencies"] == seen["accounts"]["currencies"]


def test_pro_coinbase(rig: Rig) -> None:
    """The client with feeds watches everything that it can watch, leaves one channel again, and trades."""
    seen = run_session(rig, "ccxt", "ccxt_pro.py", "coinbase")
    assert_pro(rig, seen)


def assert_rest(rig: Rig, seen: Seen) -> None:
    """Check a session of the synchronous client."""
    assert_traded(rig, seen)
    assert_welcome(rig)
    assert seen["markets"]["symbols"] == ["BTC/USD", "ETH/USD"]
    assert seen["balance"]["free"]["USD"] == 100000
    assert seen["prices"]["bid"] < seen["prices"]["ask"]
    assert seen["open afterwards"]["order_ids"] == []
    assert seen["refused"]["error"] == "InsufficientFunds"


def assert_pro(rig: Rig, seen: Seen) -> None:
    """Check a session of the client with feeds."""
    assert_traded(rig, seen)
    assert_told(seen["user feed"]["orders"], seen)
    assert_welcome(rig)
    bid, ask = seen["market feed"]["best"]
    assert bid < ask
