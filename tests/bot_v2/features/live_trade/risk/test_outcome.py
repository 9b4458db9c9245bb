"""What became of an order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot_v2.features.brokerages.broker import OrderReport, Status
from bot_v2.features.live_trade.risk import OrderResult, Refusal
from tests.bot_v2.features.live_trade.risk.orders import BTC


@pytest.mark.parametrize(
    ("status", "filled", "result"),
    [
        ("open", "0", "accepted"),
        ("open", "0.4", "accepted"),
        ("filled", "1", "filled"),
        ("cancelled", "0.4", "accepted"),
        ("cancelled", "0", "rejected"),
        ("failed", "0", "rejected"),
    ],
)
def test_an_order_is_what_the_broker_says_of_it(status: Status, filled: str, result: str) -> None:
    """One that ended with nothing filled came to nothing, and says so."""
    told = OrderReport("x", "mine", BTC, "buy", Decimal(1), Decimal(filled), None, status)
    seen = OrderResult.reported(told)
    assert (seen.status, seen.report) == (result, told)
    assert (seen.client_order_id, seen.order_id) == ("mine", "x")
    assert (seen.rejection_reason is None) is (result != "rejected")


def test_a_refusal_says_its_name_and_its_figures() -> None:
    """In one text."""
    result = OrderResult.refused(Refusal("position_limit", "1.3 is beyond 1"), "mine")
    assert result.status == "rejected"
    assert result.rejection_reason == "position_limit: 1.3 is beyond 1"
    assert result.client_order_id == "mine"
