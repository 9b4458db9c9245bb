from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.ledger import Ticket
from downtick.exchange.pro.answers import Declined
from downtick.exchange.pro.tickets import ticket

D = Decimal
NOW = 1_000_000_000_000_000_000
OID = "d50ec984-77a8-460a-b958-66f114b0de9b"
LIMIT = {"product_id": "BTC-USD", "side": "buy", "price": "100.10", "size": "0.5"}


def _read(body: dict[str, Any] | bytes, time_scale: float = 1.0) -> Ticket:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ticket(sent, NOW, time_scale, "unnamed")


def _declined(body: dict[str, Any] | bytes) -> str:
    with pytest.raises(Declined) as declined:
        _read(body)
    answer = declined.value.answer.answer
    assert answer.status == 400
    return str(json.loads(answer.body)["message"])


def test_a_limit_order() -> None:
    """The default kind of order, good till cancelled."""
    assert _read({**LIMIT, "client_oid": OID.upper()}) == Ticket(
        client_order_id=OID,
        product_id="BTC-USD",
        side="BUY",
        configuration="limit_limit_gtc",
        base_size=D("0.5"),
        limit_price=D("100.10"),
    )
    assert _read({**LIMIT, "type": "limit", "side": "sell"}).side == "SELL"
    assert _read({**LIMIT, "post_only": True}).post_only


def test_who_gives_no_name_gets_one() -> None:
    """An empty one is none."""
    assert _read(LIMIT).client_order_id == "unnamed"
    assert _read({**LIMIT, "client_oid": ""}).client_order_id == "unnamed"


@pytest.mark.parametrize(
    ("force", "configuration"),
    [
        ("GTC", "limit_limit_gtc"),
        ("IOC", "sor_limit_ioc"),
        ("FOK", "limit_limit_fok"),
        (None, "limit_limit_gtc"),
    ],
)
def test_time_in_force(force: str | None, configuration: str) -> None:
    """Each is a kind of order of the ledger."""
    assert _read({**LIMIT, "time_in_force": force}).configuration == configuration


def test_good_till_time_ends_after_a_nominal_while() -> None:
    """A minute, an hour or a day."""
    wanted = {**LIMIT, "time_in_force": "GTT", "cancel_after": "hour"}
    found = _read(wanted, time_scale=0.1)
    assert (found.configuration, found.end_time) == ("limit_limit_gtd", NOW + 360 * 10**9)


@pytest.mark.parametrize(
    ("side", "stop", "direction"),
    [
        ("sell", "loss", "STOP_DIRECTION_STOP_DOWN"),
        ("buy", "entry", "STOP_DIRECTION_STOP_UP"),
        ("sell", None, "STOP_DIRECTION_STOP_DOWN"),
        ("buy", None, "STOP_DIRECTION_STOP_UP"),
    ],
)
def test_a_stop_order(side: str, stop: str | None, direction: str) -> None:
    """Which way it waits for follows from its side, if it is not told."""
    found = _read({**LIMIT, "side": side, "stop": stop, "stop_price": "99"})
    assert found.configuration == "stop_limit_stop_limit_gtc"
    assert (found.stop_price, found.stop_direction) == (D(99), direction)


def test_market_orders() -> None:
    """By size, or by the money to spend."""
    wanted = {"product_id": "BTC-USD", "side": "buy", "type": "market"}
    by_size, by_funds = _read({**wanted, "size": "1"}), _read({**wanted, "funds": "100.50"})
    assert (by_size.configuration, by_size.base_size) == ("market_market_ioc", D(1))
    assert (by_funds.base_size, by_funds.quote_size) == (None, D("100.50"))


@pytest.mark.parametrize("figure", ["0.00000001", 1e-08, 1, 0.5, "1", 100000000.12])
def test_figures_may_be_strings_or_numbers(figure: Any) -> None:
    """Exactly as they were written."""
    found = _read({**LIMIT, "size": figure})
    assert found.base_size == D(str(figure))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"side": "long"}, "Invalid side"),
        ({"side": None}, "Invalid side"),
        ({"product_id": None}, "product_id is required"),
        ({"product_id": 5}, "product_id is required"),
        ({"price": None}, "price required"),
        ({"size": ""}, "size required"),
        ({"size": "0"}, "Invalid size"),
        ({"size": "-1"}, "Invalid size"),
        ({"size": "NaN"}, "Invalid size"),
        ({"size": "1e5"}, "Invalid size"),
        ({"size": True}, "Invalid size"),
        ({"size": [1]}, "Invalid size"),
        ({"price": "9" * 40}, "Invalid price"),
        ({"price": 1e300}, "Invalid price"),
        ({"type": "iceberg"}, "Invalid order type"),
        ({"time_in_force": "DAY"}, "Invalid time_in_force"),
        ({"time_in_force": ["GTC"]}, "Invalid time_in_force"),
        ({"time_in_force": "GTT"}, "Invalid cancel_after"),
        ({"time_in_force": "GTT", "cancel_after": ["min"]}, "Invalid cancel_after"),
        (
            {"time_in_force": "IOC", "post_only": True},
            "post_only is invalid when time_in_force is IOC",
        ),
        ({"client_oid": "mine-1"}, "Invalid client_oid"),
        ({"client_oid": 7}, "Invalid client_oid"),
        ({"stop_price": "1", "stop": "up"}, "Invalid stop"),
        ({"stop_price": "1", "stop": []}, "Invalid stop"),
        ({"stop_price": "1", "time_in_force": "IOC"}, "Invalid time_in_force"),
        ({"type": "market", "size": None}, "size or funds required"),
        ({"type": "market", "stop_price": "1"}, "stop orders must be limit orders"),
    ],
)
def test_what_cannot_be_asked_for_is_declined(more: dict[str, Any], words: str) -> None:
    """With one message."""
    assert _declined({**LIMIT, **more}) == words


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b'{"size": 1e999999999999}', b"[" * 9999]
)
def test_what_cannot_be_read_is_declined(body: bytes) -> None:
    """Whatever it is."""
    assert _declined(body) in {"Malformed JSON", "Invalid side"}


_ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["buy", "sell", "limit", "market", "1", "0.1", "GTC", "GTT", "min", "BTC-USD"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*LIMIT, "type", "funds", "time_in_force", "cancel_after",
                                        "post_only", "client_oid", "stop", "stop_price"]), _ANY))  # fmt: skip
def test_every_body_is_a_ticket_or_is_declined(more: dict[str, Any]) -> None:
    """Nothing that a client sends raises anything else."""
    try:
        found = _read({**LIMIT, **more})
    except Declined:
        return
    assert found.base_size is not None or found.quote_size is not None
