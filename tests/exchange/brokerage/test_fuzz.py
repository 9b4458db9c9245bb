"""Whatever a client sends, it gets an answer, and a ledger that refused has not changed."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import MultiDict

from downtick.exchange.auth.outcome import UNCHECKED
from downtick.exchange.brokerage.configurations import OrderConfiguration
from downtick.exchange.brokerage.routes import BASE, ROUTES, answer
from downtick.exchange.call import Call
from downtick.exchange.error_bodies import Answer
from downtick.exchange.ledger import replay
from tests.exchange.brokerage.site import FUTURE, PERPETUAL, Site, limit

FEW: Final = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])

SITE = Site(events=200)
OPEN = SITE.placed("open", limit_limit_gtc=limit())
SITE.placed("market", market_market_ioc={"quote_size": "100"})
SITE.placed("short", "SELL", PERPETUAL, market_market_ioc={"base_size": "0.01"})

WORDS: Final = "NaN -Infinity 1e999999999 1e-999999999 -1 0 -0 0.000000000000000001 . --1 0x1 1_0 null {} ../.. %00"
BIG: Final = "999999999999999 99999999999999.999999999999999999"
NASTY = st.sampled_from(
    [*WORDS.split(), *BIG.split(), "9" * 10_240, "0" * 10_240 + "1", "१२", "²", "\0", "😀", "", " "]
)
NUMBER = st.sampled_from(["0.001", "1", "10000.00", "63310", "100"]) | NASTY
NAME = st.sampled_from(["mine", "open", OPEN, "BTC-USD", PERPETUAL, FUTURE, "NO-PE", "USD"]) | NASTY
TIME = st.sampled_from(
    ["2026-12-24T18:00:00Z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z", "x"]
)
WORD = st.sampled_from(
    ["BUY", "SELL", "buy", "OPEN", "FILLED", "LIMIT", "SPOT", "FUTURE", "FOO", "CROSS", "ONE_DAY"]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | NASTY | NUMBER,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAME, inner, max_size=2),
    max_leaves=4,
)
TERMS = st.fixed_dictionaries(
    {},
    optional={
        "base_size": NUMBER,
        "quote_size": NUMBER,
        "limit_price": NUMBER,
        "stop_price": NUMBER,
        "stop_trigger_price": NUMBER,
        "stop_direction": st.sampled_from(["STOP_DIRECTION_STOP_UP", "STOP_DIRECTION_STOP_DOWN"]),
        "end_time": TIME,
        "post_only": st.booleans() | st.none(),
    },
)
KINDS = st.sampled_from([*OrderConfiguration.__struct_fields__, "twap_limit_gtd", "nothing"])
FIELDS: Final = {
    "client_order_id": NAME,
    "product_id": st.sampled_from(["BTC-USD", PERPETUAL, FUTURE]) | NAME,
    "side": st.sampled_from(["BUY", "SELL"]) | WORD,
    "order_configuration": st.dictionaries(KINDS, TERMS | JUNK, max_size=2),
    "leverage": NUMBER,
    "order_id": NAME,
    "order_ids": st.lists(NAME, max_size=3) | JUNK,
    "price": NUMBER,
    "size": NUMBER,
    "name": NAME,
    "setting": WORD,
    "usd_amount": NUMBER,
    "portfolio_uuid": st.just(SITE.venue.identity.portfolio_id) | NAME,
    "unknown": JUNK,
}
OBJECT = st.fixed_dictionaries({}, optional=FIELDS)
BODY = (OBJECT | JUNK).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40)
PARAMETERS: Final = """limit offset cursor start end granularity product_id product_ids product_type order_ids
    order_status order_types order_side sort_by start_date end_date start_sequence_timestamp trade_ids currency
    retail_portfolio_id asset_filters portfolio_type contract_expiry_type"""
QUERY = st.lists(
    st.tuples(
        st.sampled_from(PARAMETERS.split()),
        NAME | NUMBER | TIME | WORD | st.text(max_size=4),
    ),
    max_size=4,
)


def sound(told: Answer) -> Any:
    """Return an answer's JSON: it must be one, of a status that a client or its request can be to blame for."""
    assert told.status in {200, 400, 403, 404, 405}, told
    return json.loads(told.body)


def line(route: str, names: tuple[str, str]) -> str:
    """Return a request of a route, its placeholders filled."""
    method, pattern = route.split(" ")
    for name in names:
        pattern = pattern.replace("{}", name.replace("/", "") or "x", 1)
    return f"{method} {pattern}"


READING = sorted(route for route in ROUTES if route.startswith("GET"))
WRITING = sorted(route for route in ROUTES if not route.startswith("GET"))


def call(route: str, names: tuple[str, str], query: list[tuple[str, str]], body: bytes) -> Answer:
    """Return what a request is answered with at the site that all examples share."""
    method, pattern = line(route, names).split(" ", 1)
    path = pattern if pattern.startswith("/") else BASE + pattern
    return answer(Call(1, 1, method, path, MultiDict(query), body=body), SITE.venue, UNCHECKED)


@pytest.mark.parametrize("route", READING)
@FEW
@given(names=st.tuples(NAME, NAME), query=QUERY)
def test_reading(route: str, names: tuple[str, str], query: list[tuple[str, str]]) -> None:
    """No path and no query breaks a route; nothing that is read is changed by it."""
    entries = len(SITE.venue.ledger.entries)
    sound(call(route, names, query, b"{}"))
    assert len(SITE.venue.ledger.entries) == entries


def changed(told: Any) -> bool:
    """Return whether an answer says that something was done."""
    return bool(told.get("success")) or any(r["success"] for r in told.get("results", ()))


@pytest.mark.parametrize("route", WRITING)
@FEW
@given(names=st.tuples(NAME, NAME), body=BODY)
def test_writing(route: str, names: tuple[str, str], body: bytes) -> None:
    """No body breaks a route; what was refused, or only previewed, left no trace in the ledger."""
    entries = len(SITE.venue.ledger.entries)
    told = sound(call(route, names, [], body))
    if not changed(told):
        assert len(SITE.venue.ledger.entries) == entries


MARKET = st.fixed_dictionaries({}, optional={"base_size": NUMBER, "quote_size": NUMBER})
PRICED = st.fixed_dictionaries({"base_size": NUMBER, "limit_price": NUMBER})
STOPPED = st.fixed_dictionaries(
    {"base_size": NUMBER, "limit_price": NUMBER, "stop_trigger_price": NUMBER}
)
ORDERS = st.fixed_dictionaries(
    {
        "client_order_id": st.uuids().map(str),
        "product_id": st.sampled_from(["BTC-USD", "ETH-USD", PERPETUAL, FUTURE]),
        "side": st.sampled_from(["BUY", "SELL"]),
        "order_configuration": st.one_of(
            st.fixed_dictionaries({"market_market_ioc": MARKET}),
            st.fixed_dictionaries({"limit_limit_gtc": PRICED}),
            st.fixed_dictionaries({"sor_limit_ioc": PRICED}),
            st.fixed_dictionaries({"trigger_bracket_gtc": STOPPED}),
        ),
    }
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(body=ORDERS)
def test_orders_of_any_figures(body: dict[str, Any]) -> None:
    """An order is placed or refused; a refusal has a reason, and changes nothing."""
    ledger = SITE.venue.ledger
    before = len(ledger.entries)
    told = SITE.ask("POST /orders", body)
    if told["success"]:
        assert told["order_id"] in ledger.state.orders
    else:
        assert told["error_response"]["preview_failure_reason"]
        assert len(ledger.entries) == before
    assert not any(ledger.state.totals().values())


def test_the_ledger_is_sound_after_all_that() -> None:
    """Whatever the other tests left in it: money is conserved, and a replay gives the same state."""
    ledger = SITE.venue.ledger
    assert not any(ledger.state.totals().values())
    assert replay(ledger.state.products, ledger.entries) == ledger.state
    assert all(account.available >= 0 for account in ledger.state.accounts.values())


def test_half_a_character_in_a_path() -> None:
    """Bytes that are no text come back as something that is."""
    told = call("GET products/{}", ("\udcff\udc00", ""), [("limit", "\udcff")], b"")
    assert sound(told)["error"] == "NOT_FOUND"


@pytest.mark.parametrize("size", [10, 1000, 100_000])
def test_a_long_query_is_not_repeated(size: int) -> None:
    """An error tells what is wrong, not all that was sent."""
    query = urlencode({"order_side": "x" * size})
    assert len(SITE.answer(f"GET /orders/historical/batch?{query}").body) < 400
    assert len(SITE.answer(f"GET /products/{quote('x' * size)}").body) < 400
