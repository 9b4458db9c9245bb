from downtick.exchange.call import Delivery
from tests.exchange.faults.desk import Desk


def test_an_answer_is_held_back() -> None:
    """On its routes, for as long as asked, in real seconds."""
    desk = Desk()
    handle = desk.start("late_answer", delay=0.75, routes=["POST /orders"])
    assert desk.book.delivery(desk.asked("POST", "/orders")) == (Delivery(delay=0.75), handle)
    assert desk.book.delivery(desk.asked("GET", "/accounts")) is None


def test_the_default_follows_the_time_scale() -> None:
    """Ten nominal seconds are one real second at 0.1."""
    desk = Desk()
    handle = desk.start("late_answer")
    assert desk.book.delivery(desk.asked("GET", "/time")) == (Delivery(delay=1.0), handle)
