from __future__ import annotations

from downtick.exchange.frames import Body
from tests.exchange.faults.desk import Desk, FakeFeed


def test_a_word_is_a_new_one() -> None:
    """In answers and frames; what holds no word is left alone."""
    desk = Desk(FakeFeed(1))
    handle = desk.start("new_enum_value", field="status", value="HALTED")
    orders = [{"order_id": "1", "status": "OPEN"}, {"order_id": "2", "status": ""}]
    told = desk.answered(desk.asked("GET", "/orders/historical/batch"), {"orders": orders})
    assert [order["status"] for order in told["orders"]] == ["HALTED", ""]
    frame = {"events": [{"orders": [{"status": "OPEN"}]}], "status": 7}
    sent = desk.sent(Body("user", "update", (), b""), frame)
    assert sent == {"events": [{"orders": [{"status": "HALTED"}]}], "status": 7}
    assert desk.hits(handle) == 2


def test_one_product_has_the_new_word() -> None:
    """The other products keep theirs."""
    desk = Desk()
    desk.start("new_enum_value", {"product": "ETH-USD"})
    true = [{"product_id": name, "status": "online"} for name in ("BTC-USD", "ETH-USD")]
    told = desk.answered(desk.asked("GET", "/products"), {"products": true})["products"]
    assert [product["status"] for product in told] == ["online", "SUSPENDED_BY_VENUE"]
