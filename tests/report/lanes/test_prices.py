"""The age of prices."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Finding, Outcome
from downtick.report.lanes.axis import PLACES
from downtick.report.lanes.prices import ages, prices
from downtick.verdict import Verdict
from tests.report.lanes.quiet import AXIS, lane, transcript
from tests.report.runs import PASSED, told


def test_prices_grow_old_until_the_next() -> None:
    """The greatest age of each place; nothing is old before the first price."""
    values = ages(AXIS, [10.0, 11.0, 31.0])
    assert max(values) == 20.0
    assert values[PLACES // 4 - 1] == 0
    assert values[PLACES // 2] == pytest.approx(9.1)
    assert values[-1] == 9.0


def test_the_limit_of_orders_is_drawn_where_it_is_judged() -> None:
    """In real seconds; a price by REST counts too."""
    t = transcript()
    conn = t.feed(1)
    t.frames(conn, 2, 4)
    t.asks(t.opens("rest", 5), 6, "products/BTC-USD")
    finding = Finding("no_order_on_stale_price", Outcome.HOLDS, "", (), {"max_age": 5.0})
    judged = told(Verdict(PASSED.result, (), (finding,), ()), t=t)
    found = lane(prices(judged, AXIS), "BTC-USD")
    assert found.note == "up to 34 s, limit 5 s"
    assert 'class="limit"' in found.shapes
    assert 'class="limit"' not in lane(prices(told(PASSED, t=t), AXIS), "BTC-USD").shapes
