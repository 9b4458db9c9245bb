"""The clients for Node.js, where there is one."""

from __future__ import annotations

import pytest

from chaos_tests.clients.environments import NODE
from chaos_tests.clients.judging import assert_told, assert_traded, assert_welcome
from chaos_tests.clients.running import run_session
from downtick.rig import Rig

pytestmark = pytest.mark.integration


@pytest.mark.clients("coinbase-api")
@pytest.mark.parametrize("key", ["ES256", "ED25519"])
def test_coinbase_api(rig: Rig, key: str) -> None:
    """It follows every channel and trades, with either kind of key."""
    seen = run_session(rig, NODE, "coinbase_api.cjs", key)
    assert_traded(rig, seen)
    assert_told(seen["user feed"]["orders"], seen)
    assert_welcome(rig)
    assert seen["market feed"]["errors"] == seen["user feed"]["errors"] == []


@pytest.mark.clients("coinbase-api")
@pytest.mark.toxics(exchange={"dialect": "exchange"})
def test_coinbase_api_exchange(rig: Rig) -> None:
    """In the other dialect it does the same by key, secret and passphrase; the ids that it makes up are refused."""
    seen = run_session(rig, NODE, "coinbase_api_exchange.cjs")
    assert_traded(rig, seen, edits=False)
    assert_told(seen["user feed"]["orders"], seen)
    assert_welcome(rig, statuses=[400])
    assert seen["refused"]["error"] == "Invalid client_oid"
    assert seen["market feed"]["errors"] == seen["user feed"]["errors"] == []


@pytest.mark.clients("coinbase-advanced-node")
@pytest.mark.toxics(exchange={"check_auth": False})
def test_coinbase_advanced_node(rig: Rig) -> None:
    """It follows every channel and trades; its keys are of a kind that nobody checks any more."""
    seen = run_session(rig, NODE, "coinbase_advanced_node.cjs")
    assert_traded(rig, seen, edits=False)
    assert_told(seen["user feed"]["orders"], seen)
    assert_welcome(rig)
    assert seen["market feed"]["errors"] == seen["user feed"]["errors"] == []
