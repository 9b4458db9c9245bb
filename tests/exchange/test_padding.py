from __future__ import annotations

import json

import pytest

from downtick.exchange.padding import ADVANCED_TRADE, EXCHANGE

_SIZE = 100_000


@pytest.mark.parametrize("book", [b"[]", b'[{"side":"bid","price_level":"1"}]'])
def test_a_snapshot_of_advanced_trade_is_valid_json_of_at_least_its_size(book: bytes) -> None:
    """Whatever the book held before; the offers stay sorted."""
    frame = b'{"events":[{"type":"snapshot","updates":%b}]}' % book
    long = b"".join(ADVANCED_TRADE.pad(frame, _SIZE))
    (event,) = json.loads(long)["events"]
    assert _SIZE <= len(long) < 2 * _SIZE
    offers = [float(level["price_level"]) for level in event["updates"] if level["side"] != "bid"]
    assert offers == sorted(offers)


@pytest.mark.parametrize("book", [b"[]", b'[["63310.26","0.5"]]'])
def test_a_snapshot_of_the_exchange_dialect_is_valid_json_of_at_least_its_size(book: bytes) -> None:
    """Whatever the book held before; the asks stay sorted."""
    frame = b'{"type":"snapshot","asks":%b,"bids":[["1.00","2"]],"time":""}' % book
    long = b"".join(EXCHANGE.pad(frame, _SIZE))
    snapshot = json.loads(long)
    assert _SIZE <= len(long) < 2 * _SIZE
    assert snapshot["bids"] == [["1.00", "2"]]
    asks = [float(price) for price, _ in snapshot["asks"]]
    assert asks == sorted(asks)
