"""The user's fees and the key's permissions are told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from downtick.exchange.auth.outcome import Granted
from downtick.exchange.auth.scopes import Scope
from downtick.exchange.ledger import FEE_TIERS, Ledger, LedgerSettings
from tests.exchange.brokerage.site import BALANCES, START, Site


def test_transaction_summary_before_a_trade() -> None:
    """The first tier; volumes and fees are numbers."""
    told = Site().ask("GET /transaction_summary")
    assert told["total_volume"] == told["total_fees"] == 0
    assert told["fee_tier"] == {
        "pricing_tier": FEE_TIERS[0].name,
        "usd_from": "0",
        "usd_to": "10000",
        "taker_fee_rate": "0.012",
        "maker_fee_rate": "0.006",
        "aop_from": "",
        "aop_to": "",
    }


def test_transaction_summary_after_a_trade() -> None:
    """What was traded and paid adds up."""
    site = Site()
    order_id = site.placed("mine", market_market_ioc={"quote_size": "100"})
    order = site.venue.ledger.state.orders[order_id]
    told = site.ask("GET /transaction_summary")
    assert told["total_volume"] == told["advanced_trade_only_volume"] == float(order.filled_value)
    assert told["total_fees"] == told["advanced_trade_only_fees"] == float(order.fees) > 0
    site.venue.ledger.void(1, START)
    assert site.ask("GET /transaction_summary")["total_fees"] == 0


def test_the_last_tier_has_no_end() -> None:
    """Beyond it there is none."""
    site = Site()
    settings = LedgerSettings(volume_30d=Decimal(10**10))
    ledger = Ledger(site.venue.market.products, BALANCES, settings, at=START)
    site.venue = site.venue.like(ledger=ledger)
    tier = site.ask("GET /transaction_summary")["fee_tier"]
    assert (tier["pricing_tier"], tier["usd_to"]) == (FEE_TIERS[-1].name, "")


@pytest.mark.parametrize("scopes", [("view",), ("view", "trade"), ("view", "trade", "transfer")])
def test_key_permissions(scopes: tuple[Scope, ...]) -> None:
    """A key is told what it may do."""
    site = Site()
    site.granted = Granted("key", frozenset(scopes))
    assert site.ask("GET /key_permissions") == {
        "can_view": True,
        "can_trade": "trade" in scopes,
        "can_transfer": "transfer" in scopes,
        "portfolio_uuid": site.venue.identity.portfolio_id,
        "portfolio_type": "DEFAULT",
    }
