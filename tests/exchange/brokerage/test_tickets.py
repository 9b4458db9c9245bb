"""An order_configuration becomes a ticket, and a ticket an order_configuration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest

from downtick.exchange.brokerage.configurations import OrderConfiguration
from downtick.exchange.brokerage.proto_json import ProtoError
from downtick.exchange.brokerage.tickets import OrderForm, ticket, written
from downtick.exchange.ledger import Configuration, Refused, Ticket

END = "2026-12-24T18:00:00Z"
UP = "STOP_DIRECTION_STOP_UP"
LIMIT = {"base_size": "0.001", "limit_price": "10000.00"}
STOP = {**LIMIT, "stop_price": "9999.50", "stop_direction": UP}
BRACKET = {**LIMIT, "stop_trigger_price": "9000"}

EVERY_KIND: dict[str, dict[str, Any]] = {
    "market_market_ioc": {"quote_size": "100.50"},
    "market_market_fok": {"base_size": "0.001"},
    "sor_limit_ioc": LIMIT,
    "limit_limit_gtc": {**LIMIT, "post_only": True},
    "limit_limit_gtd": {**LIMIT, "end_time": END, "post_only": False},
    "limit_limit_fok": LIMIT,
    "stop_limit_stop_limit_gtc": STOP,
    "stop_limit_stop_limit_gtd": {**STOP, "end_time": END},
    "trigger_bracket_gtc": BRACKET,
    "trigger_bracket_gtd": {**BRACKET, "end_time": END},
}


def form(side: str = "BUY", configuration: Any = None, **more: Any) -> OrderForm:
    """Return a form as it comes from JSON."""
    body = {
        "client_order_id": "mine",
        "product_id": "BTC-USD",
        "side": side,
        "order_configuration": configuration,
        **more,
    }
    return msgspec.convert(body, OrderForm)


def taken(form: OrderForm) -> Ticket:
    """Return the ticket of a form that is none to refuse."""
    made = ticket(form)
    assert isinstance(made, Ticket), made
    return made


def test_every_kind_of_the_ledger_is_there() -> None:
    """What the ledger carries out can be asked for, and nothing else."""
    assert set(EVERY_KIND) == set(get_args(Configuration))
    assert OrderConfiguration.__struct_fields__ == tuple(get_args(Configuration))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_comes_back_as_it_was_written(kind: str) -> None:
    """From JSON to a ticket and back: the same members, the same digits."""
    asked = {kind: EVERY_KIND[kind]}
    assert written(taken(form(configuration=asked))) == asked


def test_all_members_of_a_ticket() -> None:
    """Each member of the JSON arrives where it belongs."""
    terms = {**STOP, "end_time": END, "reduce_only": True}
    asked = form("SELL", {"stop_limit_stop_limit_gtd": terms}, leverage="3")
    assert taken(asked) == Ticket(
        client_order_id="mine",
        product_id="BTC-USD",
        side="SELL",
        configuration="stop_limit_stop_limit_gtd",
        base_size=Decimal("0.001"),
        limit_price=Decimal("10000.00"),
        stop_price=Decimal("9999.50"),
        stop_direction="STOP_DIRECTION_STOP_UP",
        end_time=1_798_135_200_000_000_000,
        leverage=Decimal(3),
        reduce_only=True,
    )


def test_a_fraction_of_an_end_time() -> None:
    """An end_time with a fraction keeps it, to the microsecond."""
    asked = {"limit_limit_gtd": {**LIMIT, "end_time": "2026-12-24T19:00:00.25+01:00"}}
    terms = written(taken(form(configuration=asked)))["limit_limit_gtd"]
    assert terms["end_time"] == "2026-12-24T18:00:00.250000Z"


def without(terms: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in terms.items() if name != member}


UNSUPPORTED = "UNSUPPORTED_ORDER_CONFIGURATION"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (form("UNKNOWN_ORDER_SIDE", {"sor_limit_ioc": LIMIT}), "INVALID_SIDE"),
        (form(), UNSUPPORTED),
        (form(configuration={}), UNSUPPORTED),
        (form(configuration={"market_market_ioc": {}}), UNSUPPORTED),
        (
            form(configuration={"market_market_ioc": {"base_size": "1", "quote_size": "1"}}),
            UNSUPPORTED,
        ),
        (form("SELL", {"market_market_ioc": {"quote_size": "1"}}), UNSUPPORTED),
        (form(configuration={"sor_limit_ioc": {"limit_price": "1"}}), UNSUPPORTED),
        (
            form(configuration={"limit_limit_fok": {"limit_price": "1", "quote_size": "1"}}),
            UNSUPPORTED,
        ),
        (form(configuration={"market_market_ioc": {"base_size": "NaN"}}), "NON_NUMERIC_ORDER_SIZE"),
        (
            form(configuration={"market_market_ioc": {"quote_size": "1e9"}}),
            "NON_NUMERIC_ORDER_SIZE",
        ),
        (
            form(configuration={"limit_limit_gtc": without(LIMIT, "limit_price")}),
            "INVALID_LIMIT_PRICE",
        ),
        (
            form(configuration={"limit_limit_gtc": {**LIMIT, "limit_price": "x"}}),
            "INVALID_LIMIT_PRICE",
        ),
        (
            form(configuration={"stop_limit_stop_limit_gtc": without(STOP, "stop_price")}),
            "INVALID_STOP_PRICE",
        ),
        (
            form(configuration={"stop_limit_stop_limit_gtc": without(STOP, "stop_direction")}),
            UNSUPPORTED,
        ),
        (
            form(configuration={"trigger_bracket_gtc": without(BRACKET, "stop_trigger_price")}),
            "INVALID_BRACKET_STOP_TRIGGER_PRICE",
        ),
        (form(configuration={"limit_limit_gtd": LIMIT}), "GTD_ORDERS_MUST_HAVE_END_TIME"),
        (form(configuration={"sor_limit_ioc": LIMIT}, leverage="0"), "INVALID_LEVERAGE"),
        (form(configuration={"sor_limit_ioc": LIMIT}, leverage="ten"), "INVALID_LEVERAGE"),
        (
            form(
                configuration={"sor_limit_ioc": LIMIT},
                attached_order_configuration={"trigger_bracket_gtc": BRACKET},
            ),
            UNSUPPORTED,
        ),
    ],
)
def test_what_cannot_be_asked_for(asked: OrderForm, reason: str) -> None:
    """Each has its reason, in Coinbase's words."""
    refused = ticket(asked)
    assert isinstance(refused, Refused)
    assert refused.reason == reason


def test_a_market_sale_is_sized_in_what_is_sold() -> None:
    """The live API's own sentence."""
    refused = ticket(form("SELL", {"market_market_ioc": {"quote_size": "1"}}))
    assert isinstance(refused, Refused)
    assert refused.message == (
        "rpc error: code = InvalidArgument desc = Market sells must be parameterized in base currency"
    )


def test_two_kinds_at_once() -> None:
    """An order is of one kind: a second one cannot be read."""
    with pytest.raises(ProtoError, match='error parsing "limit_limit_fok", oneof'):
        ticket(form(configuration={"sor_limit_ioc": LIMIT, "limit_limit_fok": LIMIT}))


def test_an_end_time_that_is_none() -> None:
    """A time that cannot be read makes a body that cannot be read."""
    with pytest.raises(ProtoError, match="invalid google"):
        ticket(form(configuration={"limit_limit_gtd": {**LIMIT, "end_time": "tomorrow"}}))
