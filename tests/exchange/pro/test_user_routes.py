from __future__ import annotations

from decimal import Decimal

import pytest

from downtick.exchange.ledger import Ticket
from tests.exchange.brokerage.site import PERPETUAL, START
from tests.exchange.pro.floor import Floor

D = Decimal


def test_accounts_have_what_is_held_and_what_is_free() -> None:
    """The balance is both together, with sixteen places."""
    floor = Floor()
    floor.place(price="10000.00", size="1")
    accounts = {account["currency"]: account for account in floor.ask("GET /accounts")}
    dollars = accounts["USD"]
    assert set(accounts) == {"BTC", "ETH", "USD", "USDC"}
    assert dollars["balance"] == "100000.0000000000000000"
    assert D(dollars["hold"]) + D(dollars["available"]) == 100_000
    assert D(dollars["hold"]) > 10_000
    assert dollars["profile_id"] == floor.venue.identity.portfolio_id
    assert floor.ask(f"GET /accounts/{dollars['id']}") == dollars
    assert floor.refused(f"GET /accounts/{dollars['profile_id']}", status=404) == "NotFound"


def test_fills_are_of_an_order_or_of_a_product() -> None:
    """One of them must be given."""
    floor = Floor()
    one = floor.place(type="market", price=None, size="0.001")["id"]
    floor.place(type="market", price=None, size="0.002")
    (fill,) = floor.ask(f"GET /fills?order_id={one}")
    kept = floor.ledger.state.fills[0]
    assert fill == {
        "created_at": "2026-09-30T02:37:15.057778Z",
        "trade_id": 5_000_000_001,
        "product_id": "BTC-USD",
        "order_id": one,
        "user_id": floor.venue.identity.user_id,
        "profile_id": floor.venue.identity.portfolio_id,
        "liquidity": "T",
        "price": f"{kept.price:.8f}",
        "size": "0.00100000",
        "fee": f"{kept.commission:.16f}",
        "side": "buy",
        "settled": True,
        "usd_volume": f"{kept.price * kept.size:.16f}",
        "market_type": "spot",
        "funding_currency": "USD",
    }
    both = floor.ask("GET /fills?product_id=BTC-USD")
    assert [D(found["size"]) for found in both] == [D("0.002"), D("0.001")]
    assert floor.ask("GET /fills?product_id=ETH-USD") == []
    words = "Either order_id or product_id must be specified"
    assert floor.refused("GET /fills") == words


def test_fills_are_paged_and_lie_in_a_stretch_of_time() -> None:
    """By trade id, and by the wall clock."""
    floor = Floor()
    for _ in range(3):
        floor.place(type="market", price=None, size="0.001")
    first = floor.answer("GET /fills?product_id=BTC-USD&limit=1")
    assert first.headers == {"CB-BEFORE": "5000000003", "CB-AFTER": "5000000003"}
    rest = floor.ask("GET /fills?product_id=BTC-USD&after=5000000003")
    assert [fill["trade_id"] for fill in rest] == [5_000_000_002, 5_000_000_001]
    assert floor.ask("GET /fills?product_id=BTC-USD&start_date=2026-09-30T02:37:16Z") == []
    assert len(floor.ask("GET /fills?product_id=BTC-USD&end_date=2026-10-01")) == 3
    assert floor.ask("GET /fills?product_id=BTC-USD&end_date=2026-09-30") == []


def test_fills_that_were_taken_back_and_those_of_futures_are_not_told() -> None:
    """The first are void, the second are none of this dialect's."""
    floor = Floor()
    floor.place(type="market", price=None, size="0.001")
    floor.ledger.void(1, START)
    assert floor.ask("GET /fills?product_id=BTC-USD") == []
    future = Ticket(
        client_order_id="f",
        product_id=PERPETUAL,
        side="BUY",
        configuration="market_market_ioc",
        base_size=D("0.01"),
    )
    floor.ledger.place(future, START, floor.venue.book(PERPETUAL))
    assert floor.ledger.state.fills[-1].product_id == PERPETUAL
    assert floor.ask(f"GET /fills?product_id={PERPETUAL}") == []
    assert [found["product_id"] for found in floor.ask("GET /orders?status=all")] == []
    order_id = floor.ledger.state.fills[-1].order_id
    assert floor.refused(f"GET /orders/{order_id}", status=404) == "NotFound"
    assert floor.refused(f"DELETE /orders/{order_id}", status=404) == "order not found"


def test_fees_are_those_of_the_users_tier() -> None:
    """With the volume that decides it."""
    floor = Floor()
    assert floor.ask("GET /fees") == {
        "taker_fee_rate": "0.0120",
        "maker_fee_rate": "0.0060",
        "usd_volume": "0",
    }


def test_there_is_one_profile() -> None:
    """The user's portfolio."""
    floor = Floor()
    (profile,) = floor.ask("GET /profiles")
    assert (profile["name"], profile["is_default"]) == ("default", True)
    assert floor.ask(f"GET /profiles/{profile['id']}") == profile
    assert floor.refused("GET /profiles/nobody", status=404) == "NotFound"


@pytest.mark.parametrize("query", ["start_date=then", "end_date=99999999999999"])
def test_a_date_that_is_none_is_declined(query: str) -> None:
    """The message names it."""
    name = query.partition("=")[0]
    told = Floor().refused(f"GET /fills?product_id=BTC-USD&{query}")
    assert told == f"{name} must be a valid ISO8601 date"
