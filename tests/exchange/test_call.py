from __future__ import annotations

import pytest

from downtick.exchange.call import Call, Delivery


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Delivery(), Delivery(), Delivery()),
        (Delivery(delay=1), Delivery(delay=2), Delivery(delay=3)),
        (
            Delivery(delay=1),
            Delivery(share=0, then="reset"),
            Delivery(delay=1, share=0, then="reset"),
        ),
        (Delivery(pace=5), Delivery(pace=50), Delivery(pace=5)),
        (
            Delivery(share=0.5, then="close"),
            Delivery(share=0, then="silence"),
            Delivery(share=0, then="silence"),
        ),
    ],
)
def test_two_ways_to_leave_are_one(one: Delivery, other: Delivery, both: Delivery) -> None:
    """Whichever fault was there first, nothing that one of them did is undone by the other."""
    assert one.beside(other) == other.beside(one) == both


@pytest.mark.parametrize(
    ("path", "body", "products"),
    [
        ("/api/v3/brokerage/market/products/BTC-USD/ticker", b"", ["BTC-USD"]),
        ("/api/v3/brokerage/orders", b'{"product_id":"ETH-USD","side":"BUY"}', ["ETH-USD"]),
        ("/api/v3/brokerage/orders", b'{"product_id":7}', []),
        ("/api/v3/brokerage/orders", b"\xff{", []),
        ("/api/v3/brokerage/orders", b"[" * 5000, []),
    ],
)
def test_a_request_names_its_products(path: str, body: bytes, products: list[str]) -> None:
    """In its path or its body; what cannot be read names none."""
    assert Call(1, 1, "POST", path, body=body).products == products
