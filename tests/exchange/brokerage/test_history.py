"""Orders and fills are listed newest first, filtered and in pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.exchange.brokerage.site import PERPETUAL, START, Site, limit

LATER = START + 60_000_000_000


def lived() -> tuple[Site, dict[str, str]]:
    """Return a site with one order of each fate, and their ids; the last two are a minute younger."""
    site = Site()
    ids = {
        "open": site.placed("open", limit_limit_gtc=limit("0.001", "10000")),
        "queued": site.placed("queued", product="ETH-USD", limit_limit_gtc=limit("0.1", "1000")),
        "cancelled": site.placed("cancelled", limit_limit_gtc=limit("0.001", "12000")),
        "bought": site.placed("bought", market_market_ioc={"quote_size": "100"}),
    }
    site.venue.ledger.cancel(ids["cancelled"], START)
    site.venue.ledger.cancel(ids["queued"], START, queued=True)
    site.venue = site.venue.like(now=LATER)
    ids["sold"] = site.placed("sold", "SELL", "ETH-USD", sor_limit_ioc=limit("0.01", "1000"))
    ids["contract"] = site.placed(
        "contract", "SELL", PERPETUAL, market_market_ioc={"base_size": "0.001"}
    )
    return site, ids


SITE, IDS = lived()


def listed(query: str) -> list[str]:
    """Return the names of the orders that a query finds."""
    names = {order_id: name for name, order_id in IDS.items()}
    orders = SITE.ask(f"GET /orders/historical/batch?{query}")["orders"]
    return [names[order["order_id"]] for order in orders]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["contract", "sold", "bought", "cancelled", "queued", "open"]),
        ("order_status=OPEN", ["open"]),  # and not the one whose cancel is queued
        ("order_status=OPEN&order_status=CANCEL_QUEUED", ["queued", "open"]),
        ("order_status=CANCELLED", ["cancelled"]),
        ("order_status=FILLED&order_side=SELL", ["contract", "sold"]),
        ("order_status=PENDING", []),
        ("product_ids=ETH-USD", ["sold", "queued"]),
        (
            "product_ids=ETH-USD&product_ids=BTC-USD&order_side=BUY",
            ["bought", "cancelled", "queued", "open"],
        ),
        ("product_id=ETH-USD", ["sold", "queued"]),
        ("order_types=MARKET", ["contract", "bought"]),
        ("order_type=LIMIT&order_types=MARKET&order_side=SELL", ["contract", "sold"]),
        ("time_in_forces=IMMEDIATE_OR_CANCEL", ["contract", "sold", "bought"]),
        ("product_type=FUTURE", ["contract"]),
        ("product_type=UNKNOWN_PRODUCT_TYPE&asset_filters=ETH", ["sold", "queued"]),
        ("start_date=2026-09-30T02:38:00Z", ["contract", "sold"]),
        ("end_date=2026-09-30T02:38:00Z&order_status=OPEN", ["open"]),
        (
            "start_date=2026-09-30T02:37:15.057778606Z&end_date=2026-09-30T02:37:15.057778607Z&order_status=OPEN",
            ["open"],
        ),
        ("end_date=2026-09-30T02:37:15.057778606Z", []),  # the end itself is left out
        ("order_placement_source=RETAIL_ADVANCED&order_status=OPEN", ["open"]),
        ("order_placement_source=RETAIL_SIMPLE", []),
        (f"retail_portfolio_id={SITE.venue.identity.portfolio_id}&order_status=OPEN", ["open"]),
        ("retail_portfolio_id=another", []),
        ("sort_by=LIMIT_PRICE&product_ids=BTC-USD&order_types=LIMIT", ["cancelled", "open"]),
        ("sort_by=LAST_FILL_TIME&limit=3", ["contract", "sold", "bought"]),
        ("sort_by=LAST_UPDATE_TIME&limit=2", ["contract", "sold"]),
        ("user_native_currency=USD&order_status=OPEN", ["open"]),
    ],
)
def test_orders_are_chosen(query: str, found: list[str]) -> None:
    """Each parameter of a query narrows the list; what is not known is passed over."""
    assert listed(query) == found


def test_orders_by_their_ids() -> None:
    """Ids may be repeated; the order of the list is its own."""
    query = f"order_ids={IDS['open']}&order_ids={IDS['sold']}"
    assert listed(query) == ["sold", "open"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("order_status=FOO", 'parsing list "order_status": "FOO" is not a valid value'),
        ("order_types=FOO", 'parsing list "order_types": "FOO" is not a valid value'),
        ("order_side=buy", 'parsing field "order_side": "buy" is not a valid value'),
        ("start_date=yesterday", 'parsing field "start_date": invalid time "yesterday"'),
        ("limit=many", "limit argument is invalid"),
        ("cursor=!", "cursor is invalid"),
        ("sort_by=MOOD", 'parsing field "sort_by": "MOOD" is not a valid value'),
    ],
)
def test_a_query_that_makes_no_sense(query: str, message: str) -> None:
    """It is refused with 400."""
    assert SITE.ask(f"GET /orders/historical/batch?{query}", status=400)["message"] == message


def test_orders_page_by_page() -> None:
    """Pages together are the whole; only the last has no next one and no cursor."""
    seen, line = [], "GET /orders/historical/batch?limit=4"
    told = SITE.ask(line)
    assert (told["has_next"], told["sequence"], told["proof_token_required"]) == (True, "0", False)
    seen += [order["order_id"] for order in told["orders"]]
    told = SITE.ask(f"{line}&cursor={told['cursor']}")
    assert (told["has_next"], told["cursor"]) == (False, "")
    seen += [order["order_id"] for order in told["orders"]]
    assert seen == list(reversed(IDS.values()))


def test_one_order() -> None:
    """An order's own route tells what the list tells of it."""
    told = SITE.ask(f"GET /orders/historical/{IDS['bought']}")["order"]
    query = f"GET /orders/historical/batch?order_ids={IDS['bought']}"
    assert told == SITE.ask(query)["orders"][0]


def test_an_order_that_is_not_there() -> None:
    """404, in the live API's words."""
    assert SITE.ask("GET /orders/historical/nothing", status=404) == {
        "error": "unknown",
        "error_details": "order with this orderID was not found",
        "message": "order with this orderID was not found",
    }


def fills(query: str) -> list[str]:
    """Return the names of the orders whose fills a query finds."""
    names = {order_id: name for name, order_id in IDS.items()}
    told = SITE.ask(f"GET /orders/historical/fills?{query}")["fills"]
    return [names[fill["order_id"]] for fill in told]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["contract", "sold", "bought"]),
        ("product_ids=ETH-USD", ["sold"]),
        ("product_id=BTC-USD&product_ids=ETH-USD", ["sold", "bought"]),
        (f"order_ids={IDS['bought']}", ["bought"]),
        (f"order_id={IDS['sold']}", ["sold"]),
        (f"trade_ids={SITE.venue.ledger.state.fills[0].trade_id}", ["bought"]),
        ("start_sequence_timestamp=2026-09-30T02:38:00Z", ["contract", "sold"]),
        ("end_sequence_timestamp=2026-09-30T02:38:00Z", ["bought"]),
        ("sort_by=PRICE&limit=2", ["contract", "bought"]),
        ("sort_by=TRADE_TIME&limit=1", ["contract"]),
        ("retail_portfolio_id=another", []),
    ],
)
def test_fills_are_chosen(query: str, found: list[str]) -> None:
    """Each parameter of a query narrows the list."""
    assert fills(query) == found


def test_fills_page_by_page() -> None:
    """A cursor leads on; an empty one is the end."""
    told = SITE.ask("GET /orders/historical/fills?limit=2")
    assert len(told["fills"]) == 2
    rest = SITE.ask(f"GET /orders/historical/fills?limit=2&cursor={told['cursor']}")
    assert len(rest["fills"]) == 1
    assert rest["cursor"] == ""


def test_pages_have_an_end() -> None:
    """However many a client asks for, a page has 1000 at most; of fills, 100 without being asked."""
    site = Site()
    state = site.venue.ledger.state
    site.placed("mine", market_market_ioc={"quote_size": "100"})
    (fill,), (order,) = state.fills, state.orders.values()
    state.fills[:] = [replace(fill, number=number) for number in range(1, 1102)]
    state.orders.update({str(n): replace(order, order_id=str(n)) for n in range(1100)})
    for line, most in (
        ("fills", 100),
        ("fills?limit=999999", 1000),
        ("batch", 1000),
        ("batch?limit=999999", 1000),
    ):
        told = site.ask(f"GET /orders/historical/{line}")
        assert len(told["fills" if "fills" in line else "orders"]) == most
        assert told["cursor"]


def test_fills_agree_with_their_order() -> None:
    """What an order says was filled is what its fills add up to."""
    for name in ("bought", "sold", "contract"):
        order = SITE.ask(f"GET /orders/historical/{IDS[name]}")["order"]
        told = SITE.ask(f"GET /orders/historical/fills?order_ids={IDS[name]}")["fills"]
        assert sum(Decimal(fill["size"]) for fill in told) == Decimal(order["filled_size"]) > 0
        assert sum(Decimal(fill["commission"]) for fill in told) == Decimal(order["total_fees"])
        assert order["number_of_fills"] == str(len(told))


def test_a_fill_that_was_taken_back() -> None:
    """It stays in the list, as a reversal."""
    site, ids = lived()
    site.venue.ledger.void(1, LATER)
    told = site.ask(f"GET /orders/historical/fills?order_ids={ids['bought']}")["fills"]
    assert [fill["trade_type"] for fill in told] == ["REVERSAL"]


def test_reading_another_ledgers_state_is_enough() -> None:
    """A venue that shows an older state answers like a replica that is behind."""
    site, ids = lived()
    older = site.venue.ledger.as_of(6)

    class Behind:
        state = older

    site.venue = site.venue.like(ledger=Behind())  # type: ignore[arg-type]
    told = site.ask("GET /orders/historical/batch")["orders"]
    assert [order["order_id"] for order in told] == [ids["open"]]
    site.ask(f"GET /orders/historical/{ids['sold']}", status=404)
