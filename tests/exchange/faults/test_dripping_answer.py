from downtick.exchange.call import Delivery
from tests.exchange.faults.desk import Desk


def test_a_body_drips() -> None:
    """At the pace asked for, once."""
    desk = Desk()
    handle = desk.start("dripping_answer", {"once": True}, pace=20.0)
    call = desk.asked("GET", "/time")
    assert desk.book.delivery(call) == (Delivery(pace=20.0), handle)
    assert desk.book.delivery(call) is None


def test_the_default_pace_follows_the_time_scale() -> None:
    """A rate is divided: 100 bytes a nominal second are 1000 a real one at 0.1."""
    desk = Desk()
    desk.start("dripping_answer")
    struck = desk.book.delivery(desk.asked("GET", "/time"))
    assert struck is not None
    assert struck[0].pace == 1000.0
