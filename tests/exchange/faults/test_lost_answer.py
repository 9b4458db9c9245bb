from __future__ import annotations

from typing import Any

import pytest

from downtick.exchange.call import Call, Delivery
from tests.exchange.faults.desk import Desk


def _carried_out(desk: Desk, call: Call) -> Delivery | None:
    """Answer a request, and return how the answer leaves."""
    assert desk.answered(call, {"success": True}) == {"success": True}
    found = desk.book.delivery(call)
    return found[0] if found else None


@pytest.mark.parametrize("how", ["close", "reset", "silence"])
def test_nothing_of_an_answer_is_sent(how: Any) -> None:
    """And the connection ends as asked; the answer itself was made."""
    desk = Desk()
    handle = desk.start("lost_answer", how=how, routes=["POST /orders"])
    order, other = desk.asked("POST", "/orders", number=1), desk.asked("GET", "/orders", number=2)
    assert _carried_out(desk, order) == Delivery(share=0, then=how)
    assert desk.book.delivery(order) is None  # an answer is lost once
    assert _carried_out(desk, other) is None
    assert desk.hits(handle) == 1


def test_selectors_count_what_was_carried_out() -> None:
    """The second order of one product, whatever else is asked."""
    desk = Desk()
    desk.start("lost_answer", {"nth": 2, "product": "BTC-USD", "method": "POST"})
    bodies = [b'{"product_id":"BTC-USD"}', b'{"product_id":"ETH-USD"}']
    calls = [
        desk.asked("POST", "/orders", number=number, body=bodies[which])
        for number, which in enumerate((0, 1, 0, 0))
    ]
    lost = [_carried_out(desk, call) is not None for call in calls]
    assert lost == [False, False, True, False]
    (hit,) = desk.events("fault_hit")
    assert hit["request"] == 2


def test_what_was_not_carried_out_is_not_lost() -> None:
    """A request that another fault answered is no hit of this one."""
    desk = Desk()
    handle = desk.start("lost_answer")
    desk.start("http_error", status=503)
    call = desk.asked("POST", "/orders")
    assert desk.book.request(call) is not None
    assert desk.book.delivery(call) is None
    assert desk.hits(handle) == 0
