"""ccxt, with and without an event loop, in both of Coinbase's dialects."""

from __future__ import annotations

import pytest

from chaos_tests.clients.judging import assert_told, assert_traded, assert_welcome
from chaos_tests.clients.running import Seen, run_session
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.clients("ccxt")]


EXCHANGE = pytest.mark.toxics(exchange={"dialect": "exchange"})


def test_coinbase(rig: Rig) -> None:
    """The synchronous client reads markets, balances and prices, and trades, with either kind of key."""
    seen = run_session(rig, "ccxt", "ccxt_rest.py", "coinbase")
    assert_rest(rig, seen)
    assert_welcome(rig)
    assert seen["ed25519"]["currencies"] == seen["accounts"]["currencies"]


@EXCHANGE
def test_coinbaseexchange(rig: Rig) -> None:
    """It does so in the other dialect: it replaces an order to edit it, and a cancelled one is found no more."""
    seen = run_session(rig, "ccxt", "ccxt_rest.py", "coinbaseexchange")
    assert_rest(rig, seen)
    assert_welcome(rig, statuses=[400, 404])  # too little money; an order that is gone
    assert seen["edited"]["order_id"] != seen["placed"]["order_id"]


def test_pro_coinbase(rig: Rig) -> None:
    """The client with feeds watches everything that it can watch, leaves one channel again, and trades."""
    assert_pro(rig, run_session(rig, "ccxt", "ccxt_pro.py", "coinbase"))


@EXCHANGE
def test_pro_coinbaseexchange(rig: Rig) -> None:
    """It does so in the other dialect, where the user's own trades come by feed too."""
    seen = run_session(rig, "ccxt", "ccxt_pro.py", "coinbaseexchange")
    assert_pro(rig, seen)
    trades = set(seen["user feed"]["trades"])
    assert trades
    assert trades <= {number for number, *_ in seen["filled"]["fills"]}


def assert_rest(rig: Rig, seen: Seen) -> None:
    """Check a session of the synchronous client."""
    assert_traded(rig, seen)
    assert seen["markets"]["symbols"] == ["BTC/USD", "ETH/USD"]
    assert seen["balance"]["free"]["USD"] == 100000
    assert seen["prices"]["bid"] < seen["prices"]["ask"]
    assert seen["prices"]["tickers"] == ["BTC/USD"]
    assert seen["open afterwards"]["order_ids"] == []
    assert seen["refused"]["error"] == "InsufficientFunds"


def assert_pro(rig: Rig, seen: Seen) -> None:
    """Check a session of the client with feeds."""
    assert_traded(rig, seen)
    assert_told(seen["user feed"]["orders"], seen)
    assert_welcome(rig)
    bid, ask = seen["market feed"]["best"]
    assert bid < ask
