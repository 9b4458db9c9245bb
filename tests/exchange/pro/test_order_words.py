from __future__ import annotations

from typing import Any

import pytest

from downtick.exchange.pro.order_words import order_type, status, stop_type, time_in_force, waits
from tests.exchange.orders import D, order

STOP: dict[str, Any] = {
    "configuration": "stop_limit_stop_limit_gtc",
    "stop_price": D(90),
    "stop_direction": "STOP_DIRECTION_STOP_DOWN",
}


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({}, "open"),
        ({"status": "PENDING"}, "pending"),
        ({"status": "CANCEL_QUEUED"}, "open"),
        ({"status": "FILLED"}, "done"),
        ({"status": "EXPIRED"}, "done"),
        ({"status": "CANCELLED"}, "done"),
        (STOP, "active"),
        ({**STOP, "triggered": True}, "open"),
    ],
)
def test_states(more: dict[str, Any], word: str) -> None:
    """Fewer than on Advanced Trade; a stop order that waits is active."""
    assert status(order(**more)) == word


def test_kinds_of_orders() -> None:
    """A limit order may wait for a price first."""
    limit, stop = order(), order(**STOP)
    market = order(configuration="market_market_ioc", limit_price=None)
    assert [order_type(each.ticket) for each in (limit, stop, market)] == [
        "limit",
        "limit",
        "market",
    ]
    assert [waits(each) for each in (limit, stop, market)] == [False, True, False]
    assert stop_type(stop.ticket) == "loss"
    rising = {**STOP, "stop_direction": "STOP_DIRECTION_STOP_UP"}
    assert stop_type(order(**rising).ticket) == "entry"


@pytest.mark.parametrize(
    ("configuration", "word"),
    [
        ("limit_limit_gtc", "GTC"),
        ("limit_limit_gtd", "GTT"),
        ("sor_limit_ioc", "IOC"),
        ("limit_limit_fok", "FOK"),
        ("stop_limit_stop_limit_gtd", "GTT"),
    ],
)
def test_how_long_an_order_rests(configuration: Any, word: str) -> None:
    """By the kinds of the ledger."""
    assert time_in_force(order(configuration=configuration).ticket) == word
