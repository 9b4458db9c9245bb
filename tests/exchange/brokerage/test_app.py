"""Coinbase App's Data API, as clients of Advanced Trade meet it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from multidict import MultiDict

from downtick.exchange.auth.outcome import UNCHECKED
from downtick.exchange.brokerage import Match, answer, find
from downtick.exchange.call import Call
from downtick.exchange.config import ExchangeConfig
from downtick.exchange.ledger import Order, Ticket
from downtick.exchange.market import SeededMarket
from downtick.exchange.venue import Venue, open_venue
from tests.exchange.orders import PERPETUAL, D

PRODUCTS = ("BTC-USD", "ETH-BTC", PERPETUAL)
MARKET = SeededMarket(5, PRODUCTS, rate=10.0)


@pytest.fixture
def venue() -> Venue:
    """A venue of two products that are owned and one that is not."""
    balances = {"USD": D(1000), "BTC": D(2)}
    config = ExchangeConfig(seed=1, products=PRODUCTS, balances=balances)
    return open_venue(config, MARKET.openings, lambda kind, **data: None)


def get(venue: Venue, path: str, **query: str) -> tuple[int, Any]:
    """Return the status of an answer, and its body."""
    call = Call(1, 1, "GET", path, MultiDict(query))
    told = answer(call, venue, UNCHECKED)
    return told.status, msgspec.json.decode(told.body)


def test_the_time_is_a_number(venue: Venue) -> None:
    """Not a text as in Advanced Trade: coinbase-advanced-node subtracts its own clock from it."""
    status, body = get(venue, "/v2/time")
    assert status == 200
    assert isinstance(body["data"]["epoch"], int)


def test_currencies_are_told_apart_by_kind(venue: Venue) -> None:
    """Those of states have an ``id``, the others a ``code``; each is told once."""
    _, fiat = get(venue, "/v2/currencies")
    _, crypto = get(venue, "/v2/currencies/crypto")
    assert [one["id"] for one in fiat["data"]] == ["USD"]
    assert [one["code"] for one in crypto["data"]] == ["BTC", "ETH"]
    assert len({one["asset_id"] for one in crypto["data"]}) == 2


def test_rates_are_the_market_s_prices(venue: Venue) -> None:
    """What one of a currency is worth in the others: the price, or one over it."""
    price = venue.market.ticker("BTC-USD").price
    told = {
        currency: get(venue, "/v2/exchange-rates", currency=currency)[1]["data"]["rates"]
        for currency in ("USD", "BTC")
    }
    assert sorted(told["USD"]) == ["BTC", "USD"]
    assert sorted(told["BTC"]) == ["BTC", "ETH", "USD"]
    assert D(told["BTC"]["USD"]) == price
    assert D(told["USD"]["BTC"]) * price == pytest.approx(D(1), rel=D("1e-14"))


def test_an_unknown_currency_has_no_rates(venue: Venue) -> None:
    """The refusal is worded as Coinbase App's, not as Advanced Trade's."""
    status, body = get(venue, "/v2/exchange-rates", currency="XYZ")
    assert (status, [error["id"] for error in body["errors"]]) == (400, ["invalid_request"])


def test_prices_are_the_book_s(venue: Venue) -> None:
    """One buys at the best ask and sells at the best bid."""
    bids, asks = venue.book("BTC-USD").depth(1)
    amounts = {
        kind: D(get(venue, f"/v2/prices/BTC-USD/{kind}")[1]["data"]["amount"])
        for kind in ("buy", "sell", "spot")
    }
    last = venue.market.ticker("BTC-USD").price
    assert amounts == {"buy": asks[0].price, "sell": bids[0].price, "spot": last}


@pytest.mark.parametrize("path", ["BTC-XYZ/spot", "BTC-USD/best"])
def test_an_unknown_price_is_not_found(venue: Venue, path: str) -> None:
    """Neither of a pair that is not traded, nor of another kind."""
    assert get(venue, f"/v2/prices/{path}")[0] == 404


def test_balances_count_what_orders_hold(venue: Venue) -> None:
    """An account has one figure here, and an open order does not change it."""
    ticket = Ticket(
        client_order_id="mine",
        product_id="BTC-USD",
        side="BUY",
        configuration="limit_limit_gtc",
        base_size=D("0.01"),
        limit_price=D(10000),
    )
    assert isinstance(venue.ledger.place(ticket, venue.now(), venue.book("BTC-USD")), Order)
    _, body = get(venue, "/v2/accounts", limit="250")
    balances = {one["balance"]["currency"]: D(one["balance"]["amount"]) for one in body["data"]}
    kinds = {
        one["currency"]["code"]: (one["type"], one["currency"]["type"]) for one in body["data"]
    }
    assert balances == {"BTC": 2, "USD": 1000}
    assert kinds == {"BTC": ("wallet", "crypto"), "USD": ("fiat", "fiat")}


def test_accounts_come_in_pages(venue: Venue) -> None:
    """Each names the next by an opaque cursor, the last none."""
    _, first = get(venue, "/v2/accounts", limit="1")
    cursor = first["pagination"]["next_starting_after"]
    _, second = get(venue, "/v2/accounts", limit="1", starting_after=cursor)
    assert second["pagination"]["next_starting_after"] is None
    codes = [one["currency"]["code"] for page in (first, second) for one in page["data"]]
    assert sorted(codes) == ["BTC", "USD"]


def test_the_user_is_the_one_of_advanced_trade(venue: Venue) -> None:
    """The same id as in orders."""
    assert get(venue, "/v2/user")[1]["data"]["id"] == venue.identity.user_id


@pytest.mark.parametrize(
    ("path", "scope"),
    [("/v2/time", None), ("/v2/exchange-rates", None), ("/v2/accounts", "view")],
)
def test_what_is_the_user_s_needs_a_key(path: str, scope: str | None) -> None:
    """And what is everybody's needs none."""
    match = find("GET", path)
    assert isinstance(match, Match)
    assert match.route.scope == scope


@pytest.mark.parametrize(
    "path", ["/api/v3/brokerage//v2/time", "/v2", "/v2/prices/BTC-USD", "/time"]
)
def test_another_path_is_not_found(venue: Venue, path: str) -> None:
    """The two APIs do not run into each other."""
    assert get(venue, path)[0] == 404
