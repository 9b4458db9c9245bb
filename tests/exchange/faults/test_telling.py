from __future__ import annotations

from typing import Any

import pytest

from downtick.exchange.faults.telling import decode, encode, leave_out, objects, price, prices


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":0.1,"b":1e-7,"c":12345678901234567890.123456789,"d":[1,"2",null,true]}',
        b"[[1785000000,63310.26,63310.30,0.00000001]]",
        b"[]",
    ],
)
def test_what_is_passed_on_is_exact(text: bytes) -> None:
    """Figures that are numbers are not rounded on their way."""
    assert decode(encode(decode(text))) == decode(text)
    assert b"63310.26" in encode(decode(text)) or b"63310" not in text


def test_each_object_knows_its_product() -> None:
    """Its own, or that of what holds it."""
    told = {"product_id": "A", "x": {"y": 1}, "z": [{"id": "B", "w": {}}, 7]}
    assert [product for _, product in objects(told)] == ["A", "A", "B", "B"]
    assert [product for _, product in objects({"x": {}}, "C")] == ["C", "C"]


def test_prices_stand_where_either_dialect_writes_them() -> None:
    """Members, levels and changes; sizes, numbers and candles are none."""
    told: dict[str, Any] = {
        "price": "1",
        "size": "2",
        "volume": "3",
        "time": 4,
        "best_ask": "",
        "bids": [["5", "6", 1]],
        "changes": [["buy", "7", "8"]],
        "candles": [{"open": "9"}],
        "asks": [{"price": "10", "size": "11"}],
    }
    found = [holder[key] for holder, key, _ in prices(told)]
    assert sorted(found, key=float) == ["1", "5", "7", "10"]
    assert "9" in [holder[key] for holder, key, _ in prices(told, candles=True)]


@pytest.mark.parametrize("value", [None, "", "x", "NaN", "Infinity", 5, ["1"]])
def test_what_is_no_figure(value: Any) -> None:
    """Only text that holds a finite number is a price."""
    assert price(value) is None


def test_one_product_is_left_out() -> None:
    """Of every list, by either name of the member; and whether there was anything is told."""
    told = {"products": [{"id": "A"}, {"product_id": "B"}], "n": [1, "A"]}
    assert leave_out(told, "A")
    assert told == {"products": [{"product_id": "B"}], "n": [1, "A"]}
    assert not leave_out(told, "A")
