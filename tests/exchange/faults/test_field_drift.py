from __future__ import annotations

from typing import Any

import pytest

from downtick.exchange.call import HttpAnswer
from downtick.exchange.error_bodies import v3_error
from downtick.exchange.frames import Body
from tests.exchange.faults.desk import Desk, FakeFeed

TRADES = Body("market_trades", "update", ("BTC-USD",), b"")


def _frame(sequence: int, *sides: str) -> dict[str, Any]:
    trades = [{"side": side, "product_id": "BTC-USD", "size": "1"} for side in sides]
    return {"sequence_num": sequence, "events": [{"trades": trades}]}


@pytest.mark.parametrize(("becomes", "expected"), [("null", {"side": None}), ("missing", {})])
def test_a_member_is_null_or_not_there(becomes: str, expected: dict[str, Any]) -> None:
    """Wherever it stands; one frame is one hit."""
    desk = Desk(FakeFeed(1))
    handle = desk.start("field_drift", field="side", becomes=becomes)
    told = desk.sent(TRADES, _frame(1, "BUY", "SELL"))["events"][0]["trades"]
    assert told == [expected | {"product_id": "BTC-USD", "size": "1"}] * 2
    assert desk.hits(handle) == 1


def test_a_member_keeps_its_first_value() -> None:
    """Which is true the first time, and no hit."""
    desk = Desk(FakeFeed(1))
    handle = desk.start("field_drift", field="sequence_num", becomes="constant")
    assert [desk.sent(TRADES, _frame(n))["sequence_num"] for n in (4, 5, 6)] == [4, 4, 4]
    assert desk.hits(handle) == 2


@pytest.mark.parametrize(
    ("field", "value", "expected"), [("sequence_num", "0", 0), ("size", "0", "0")]
)
def test_a_constant_is_of_the_members_kind(field: str, value: str, expected: Any) -> None:
    """A number where a number stood (OKX's checksum), text where text stood."""
    desk = Desk(FakeFeed(1))
    desk.start("field_drift", field=field, becomes="constant", value=value)
    told = desk.sent(TRADES, _frame(4, "BUY"))
    assert (told | told["events"][0]["trades"][0])[field] == expected


def test_answers_drift_as_frames_do() -> None:
    """On the routes that are named."""
    desk = Desk()
    desk.start("field_drift", field="best_bid", where="rest", routes=["/products/{}/ticker"])
    true = {"trades": [], "best_bid": "1", "best_ask": "2"}
    call = desk.asked("GET", "/products/BTC-USD/ticker")
    assert desk.answered(call, true) == true | {"best_bid": None}
    assert desk.answered(desk.asked("GET", "/best_bid_ask"), true) == true


def test_errors_do_not_drift() -> None:
    """A client that parses them by their members goes on doing so."""
    desk = Desk()
    handle = desk.start("field_drift", field="message")
    error = HttpAnswer(v3_error(404))
    assert desk.book.rewrite(desk.asked("GET", "/products/X"), error) == (error, None)
    assert desk.hits(handle) == 0


def test_a_member_that_is_nowhere_never_matched() -> None:
    """The misspelt name of one is told by the journal."""
    desk = Desk(FakeFeed(1))
    handle = desk.start("field_drift", field="sidee")
    assert desk.sent(TRADES, _frame(1, "BUY")) == _frame(1, "BUY")
    desk.book.stop(handle)
    assert desk.events("fault_off")[0]["matched"] is False
