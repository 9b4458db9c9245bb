"""Products are told with their figures, their state and, of a future, their contract."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from downtick.exchange.ledger import Flags
from tests.exchange.brokerage.site import FUTURE, PERPETUAL, START, Site

SITE = Site(events=400)


def test_products_and_one_product_agree() -> None:
    """The list holds what each product's own route gives, in both families of routes."""
    listed = SITE.ask("GET /products")
    assert list(listed) == ["products", "num_products", "pagination"]
    assert listed["num_products"] == 4
    assert listed["products"] == [
        SITE.ask(f"GET /market/products/{product.product_id}")
        for product in SITE.venue.market.products
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("limit=1", ["BTC-USD"]),
        ("limit=1&offset=1", ["ETH-USD"]),
        ("offset=9", []),
        ("limit=0", ["BTC-USD", "ETH-USD", PERPETUAL, FUTURE]),
        ("product_ids=ETH-USD&product_ids=NO-PE", ["ETH-USD"]),
        ("product_type=SPOT", ["BTC-USD", "ETH-USD"]),
        ("product_type=FUTURE", [PERPETUAL, FUTURE]),
        ("product_type=FUTURE&contract_expiry_type=PERPETUAL", [PERPETUAL]),
        ("contract_expiry_type=EXPIRING", [FUTURE]),
        ("get_all_products=true", ["BTC-USD", "ETH-USD", PERPETUAL, FUTURE]),
    ],
)
def test_products_are_chosen(query: str, found: list[str]) -> None:
    """Limit, offset, names and types choose; what is not known is passed over."""
    listed = SITE.ask(f"GET /products?{query}")["products"]
    assert [product["product_id"] for product in listed] == found


def test_a_product_has_its_figures_as_strings() -> None:
    """A product's figures are strings on its grid; its flags are booleans."""
    told = SITE.ask("GET /products/BTC-USD")
    assert told["quote_increment"] == told["price_increment"] == "0.01"
    assert told["base_increment"] == "0.00000001"
    assert told["cancel_only"] is False
    assert told["price"] == SITE.ask("GET /product_book?product_id=BTC-USD")["last"]
    assert {type(value) for value in told.values()} <= {str, bool, list, type(None)}
    assert "future_product_details" not in told


@pytest.mark.parametrize(
    "flag",
    [
        "is_disabled",
        "cancel_only",
        "limit_only",
        "post_only",
        "trading_disabled",
        "auction_mode",
        "view_only",
    ],
)
def test_a_product_has_the_flags_of_the_ledger(flag: str) -> None:
    """What may be done with a product at the moment shows in it, and in no other product."""
    site = Site()
    site.venue.ledger.set_flags("BTC-USD", replace(Flags(), **{flag: True}), START)
    assert site.ask("GET /products/BTC-USD")[flag] is True
    assert site.ask("GET /products/ETH-USD")[flag] is False


def test_a_product_taken_offline_says_so() -> None:
    """The status is the market's own until the exchange gives it another."""
    site = Site()
    assert site.ask("GET /products/BTC-USD")["status"] == "online"
    site.venue.ledger.set_flags("BTC-USD", Flags(status="offline"), START)
    assert site.ask("GET /products/BTC-USD")["status"] == "offline"


@pytest.mark.parametrize(
    ("product", "venue", "expiry", "size"),
    [
        (PERPETUAL, "INTX", None, "1"),
        (FUTURE, "FCM", "2026-12-26T16:00:00Z", "0.01"),
    ],
)
def test_a_future_has_its_contract(product: str, venue: str, expiry: str, size: str) -> None:
    """Only a future has future_product_details: how it ends, and how much one contract is of."""
    told = SITE.ask(f"GET /products/{product}")
    assert (told["product_type"], told["product_venue"]) == ("FUTURE", venue)
    details = told["future_product_details"]
    assert (details["contract_expiry"], details["contract_size"]) == (expiry, size)
    assert details["contract_root_unit"] == "BTC"


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("products/NO-PE", 404, "Product NO-PE not supported"),
        ("products?limit=-1", 400, "limit argument is invalid"),
        ("products?offset=x", 400, "offset argument is invalid"),
        (
            "products?product_type=FRUIT",
            400,
            'parsing field "product_type": "FRUIT" is not a valid value',
        ),
    ],
)
def test_what_cannot_be_answered(line: str, status: int, message: str) -> None:
    """A bad request gets Coinbase's status and words."""
    assert SITE.ask(f"GET /{line}", status=status)["message"] == message
