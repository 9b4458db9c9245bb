from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest

from downtick.exchange import order_words
from downtick.exchange.ledger import Configuration, Order
from tests.exchange.orders import FUTURE, D, order, product


@pytest.mark.parametrize("configuration", get_args(Configuration))
def test_every_configuration_has_its_words(configuration: Configuration) -> None:
    """The type stands at the front of the configuration's name, the time in force at its end."""
    one = order(configuration=configuration)
    kinds = {"market": "MARKET", "sor": "LIMIT", "limit": "LIMIT"}
    kinds |= {"stop": "STOP_LIMIT", "trigger": "BRACKET"}
    times = {"ioc": "IMMEDIATE_OR_CANCEL", "fok": "FILL_OR_KILL"}
    times |= {"gtc": "GOOD_UNTIL_CANCELLED", "gtd": "GOOD_UNTIL_DATE_TIME"}
    assert order_words.order_type(one) == kinds[configuration.partition("_")[0]]
    assert order_words.time_in_force(one) == times[configuration.rpartition("_")[2]]


@pytest.mark.parametrize("configuration", get_args(Configuration))
def test_only_orders_with_a_stop_price_are_triggered(configuration: Configuration) -> None:
    """They wait, and then they do not; of others Coinbase says that they are of the wrong type."""
    found = [
        order_words.trigger_status(order(configuration=configuration, triggered=triggered))
        for triggered in (False, True)
    ]
    if "stop" in configuration or "bracket" in configuration:
        assert found == ["STOP_PENDING", "STOP_TRIGGERED"]
    else:
        assert found == ["INVALID_ORDER_TYPE"] * 2


@pytest.mark.parametrize(
    ("filled", "status", "share", "left"),
    [
        ("0", "OPEN", "0", "0.5"),
        ("0.1", "OPEN", "20.00", "0.4"),
        ("0.1", "CANCELLED", "20.00", "0"),
        ("0.4999", "OPEN", "99.98", "0.0001"),
        ("0.5", "FILLED", "100.00", "0"),
        ("0", "FAILED", "0", "0"),
    ],
)
def test_what_is_left_and_what_is_done(filled: str, status: str, share: str, left: str) -> None:
    """Nothing is left of an order that is over; nothing done is a bare zero, as in production."""
    one = order(status=status, filled_size=D(filled))
    assert order_words.completion(one) == share
    assert order_words.leaves(one) == D(left)


def test_what_was_voided_is_not_left() -> None:
    """It is not matched again."""
    one = order(filled_size=D("0.1"), voided_size=D("0.2"))
    assert order_words.leaves(one) == D("0.2")


def _spending(spent: str, fees: str, status: str) -> tuple[str, Decimal]:
    one = order(
        base_size=None,
        quote_size=D(100),
        limit_price=None,
        configuration="market_market_ioc",
        filled_size=D("0.001"),
        filled_value=D(spent),
        fees=D(fees),
        status=status,
    )
    return order_words.completion(one), order_words.leaves(one)


def test_an_order_by_money_is_measured_in_money() -> None:
    """Fees are part of what is spent; one that is filled is whole, although a bit of the money was left over."""
    assert _spending("49.5", "0.5", "OPEN") == ("50.00", D(50))
    assert _spending("98.9", "0.9", "FILLED") == ("100.00", D(0))
    assert _spending("49.5", "0.5", "CANCELLED") == ("50.00", D(0))


def _value(one: Order) -> Decimal:
    return order_words.value_after_fees(one, product(one.ticket.product_id))


def test_value_after_fees_is_what_production_says() -> None:
    """An order of February 2025: nothing filled, 0.15 % fees."""
    one = order(side="SELL", base_size=D("6.56"), limit_price=D("3.575"), maker_rate=D("0.0015"))
    assert _value(one) == D("23.416822")


def test_value_after_fees_of_a_part_and_of_the_whole() -> None:
    """A buyer pays the fees on top, a seller gets less; what is left counts until the order is over."""
    part: dict[str, Any] = {"filled_size": D("0.2"), "filled_value": D(20), "fees": D("0.3")}
    assert _value(order(**part)) == D("50.6")
    assert _value(order(side="SELL", **part)) == D("49.4")
    over = {**part, "status": "CANCELLED"}
    assert _value(order(**over)) == D("20.3")
    assert _value(order(side="SELL", **over)) == D("19.7")


def test_value_after_fees_of_a_future_counts_what_a_contract_is() -> None:
    """One BIT contract is a hundredth of a bitcoin."""
    one = order(product_id=FUTURE, base_size=D(3), limit_price=D(60000))
    assert _value(one) == D(1818)


def test_value_after_fees_without_a_price_is_that_of_the_fills() -> None:
    """Nobody knows what the rest of a market order will cost."""
    one = order(limit_price=None, configuration="market_market_ioc", filled_value=D(7), fees=D(1))
    assert _value(one) == D(8)
