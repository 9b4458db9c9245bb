"""Whatever a client sends, it gets an answer of this dialect, and the ledger is changed by good requests alone."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.pro.floor import Floor

PATHS = (
    "GET /time",
    "GET /products/{}",
    "GET /products/BTC-USD/book",
    "GET /products/BTC-USD/trades",
    "GET /products/BTC-USD/candles",
    "GET /products/{}/ticker",
    "GET /products/{}/stats",
    "GET /currencies/{}",
    "GET /accounts/{}",
    "GET /orders",
    "GET /orders/{}",
    "GET /orders/client:{}",
    "GET /fills",
    "GET /profiles/{}",
    "DELETE /orders",
    "DELETE /orders/{}",
    "DELETE /orders/client:{}",
)
KEYS = (
    "before", "after", "limit", "level", "granularity", "start", "end", "status", "product_id",
    "order_id", "start_date", "end_date",
)  # fmt: skip
WORDS = st.text(max_size=12) | st.sampled_from(
    ["BTC-USD", "1", "-1", "9" * 25, "NaN", "1e9", "60", "all", "open", "2026-09-30", "0"]
)


@cache
def _floor() -> Floor:
    floor = Floor()
    floor.play(100)
    return floor


def _in_shape(line: str, body: bytes | None = None) -> int:
    answer = _floor().answer(line, body).answer
    told: Any = json.loads(answer.body)
    if answer.status != 200:
        assert answer.status in {400, 404}
        assert list(told) == ["message"]
    return answer.status


@given(
    st.sampled_from(PATHS),
    st.text(min_size=1, max_size=8),
    st.lists(st.tuples(st.sampled_from(KEYS), WORDS), max_size=4),
)
def test_every_query_is_answered(line: str, name: str, query: list[tuple[str, str]]) -> None:
    """And none of them changes the ledger: there is nothing to cancel."""
    before = _floor().ledger.state.number
    asked = "&".join(f"{key}={quote(value.encode(errors='replace'))}" for key, value in query)
    segment = name.replace("/", "_").replace("?", "_").replace(" ", "_")
    _in_shape(f"{line.format(segment)}?{asked}")
    assert _floor().ledger.state.number == before


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_every_body_is_answered(body: bytes) -> None:
    """Bytes of any kind are no order."""
    before = _floor().ledger.state.number
    assert _in_shape("POST /orders", body) == 400
    assert _floor().ledger.state.number == before


FIGURES = (
    st.decimals(allow_nan=True, allow_infinity=True).map(str)
    | st.floats()
    | st.integers()
    | st.sampled_from(["0.001", "63000.00", "1", 0.5, "0.00000001"])
)


@given(
    st.fixed_dictionaries(
        {"side": st.sampled_from(["buy", "sell"]), "product_id": st.just("BTC-USD")},
        optional={
            "type": st.sampled_from(["limit", "market"]),
            "price": FIGURES,
            "size": FIGURES,
            "funds": FIGURES,
            "stop_price": FIGURES,
            "time_in_force": st.sampled_from(["GTC", "GTT", "IOC", "FOK"]),
            "cancel_after": st.sampled_from(["min", "hour"]),
            "post_only": st.booleans(),
        },
    )
)
def test_every_order_is_taken_or_refused(order: dict[str, Any]) -> None:
    """Money is neither made nor lost, and what was taken can be looked up or was purged."""
    ledger = _floor().ledger
    known = len(ledger.state.orders)
    status = _in_shape("POST /orders", json.dumps(order).encode())
    assert len(ledger.state.orders) - known <= (status == 200)
    assert not any(ledger.state.totals().values())
    assert all(account.available >= 0 for account in ledger.state.accounts.values())
