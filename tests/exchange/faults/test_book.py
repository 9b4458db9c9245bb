from __future__ import annotations

from typing import Any

import pytest

from downtick.errors import InputError
from downtick.exchange.call import Call, Delivery
from downtick.exchange.faults import Fate
from downtick.exchange.frames import Body
from downtick.exchange.vocabulary import EXCHANGE_FAULTS
from downtick.profiles.vocabulary import Attribute
from tests.exchange.faults.desk import Desk, FakeFeed

TICKER = Body("ticker", "update", ("BTC-USD",), b"")
BOOK = Body("l2_data", "update", ("ETH-USD",), b"")
BEAT = Body("heartbeats", "", (), b"")
ACK = Body("subscriptions", "", (), b"")


def _some_value(attribute: Attribute) -> Any:
    if attribute.choices:
        return attribute.choices[0]
    return "x" if attribute.kind == "text" else int(attribute.minimum or 0)


def test_every_fault_of_the_vocabulary_starts_and_stops() -> None:
    """Each is journalled on and off, with its hits."""
    for name, spec in EXCHANGE_FAULTS.items():
        desk = Desk()
        given = {a.name: _some_value(a) for a in spec.attributes if a.required}
        handle = desk.book.start(name, given, {})
        desk.book.stop(handle)
        (on,), (off,) = desk.events("fault_on"), desk.events("fault_off")
        assert (on["name"], off["name"], off["hits"], off["matched"]) == (name, name, 0, False)


@pytest.mark.parametrize(
    ("name", "attributes", "message"),
    [
        ("data_silense", {}, "data_silence"),
        ("abort", {"code": 1}, "no attribute 'code'"),
        ("close_code", {}, "code is required"),
        ("http_error", {"statu": 503}, "no attribute 'statu'"),
    ],
)
def test_what_cannot_be_started_is_refused(
    name: str, attributes: dict[str, Any], message: str
) -> None:
    """With what is allowed, and nothing is on afterwards."""
    desk = Desk()
    with pytest.raises(InputError, match=message):
        desk.book.start(name, attributes, {})
    assert not desk.events("fault_on")


def test_a_fault_that_hit_nothing_says_so() -> None:
    """With how many opportunities fitted; one that hit something does not."""
    desk = Desk()
    nothing = desk.start("http_error", {"nth": 3}, status=503)
    something = desk.start("late_answer")
    desk.book.request(Call(1, 1, "GET", "/time"))
    desk.book.delivery(Call(1, 1, "GET", "/time"))
    for handle in (nothing, something):
        desk.book.stop(handle)
    (told,) = desk.events("never_matched")
    assert (told["handle"], told["name"], told["seen"]) == (nothing, "http_error", 1)


def test_stopping_twice_counts_once() -> None:
    """A handle that is done is left alone."""
    desk = Desk()
    handle = desk.start("heartbeat_silence")
    desk.book.stop(handle)
    desk.book.stop(handle)
    assert len(desk.events("fault_off")) == 1


def test_heartbeat_silence_spares_data() -> None:
    """Only heartbeats are not made."""
    desk = Desk(FakeFeed(1))
    desk.start("heartbeat_silence")
    assert desk.fates(TICKER, BEAT, ACK) == [Fate.SENT, Fate.SILENT, Fate.SENT]


@pytest.mark.parametrize(
    ("name", "fate"),
    [("sequence_gap", Fate.LOST), ("duplicate_frame", Fate.TWICE), ("out_of_order", Fate.LATE)],
)
def test_a_frame_fault_meets_the_next_data_frame_of_each_connection(name: str, fate: Fate) -> None:
    """Once each, and then it is over; connections that come later are spared."""
    desk = Desk(FakeFeed(1), FakeFeed(2))
    desk.start(name)
    desk.feeds.append(FakeFeed(3))
    assert desk.fates(BEAT, TICKER, TICKER, feed=0) == [Fate.SENT, fate, Fate.SENT]
    assert desk.fates(TICKER, feed=2) == [Fate.SENT]
    assert not desk.events("fault_off")
    assert desk.fates(TICKER, TICKER, feed=1) == [fate, Fate.SENT]
    (off,) = desk.events("fault_off")
    assert (off["hits"], off["matched"]) == (2, True)
    assert [(e["conn"], e["seq"]) for e in desk.events("fault_hit")] == [(1, 1), (2, 0)]
    assert not desk.book.any_frames


def test_a_gap_takes_as_many_frames_as_asked() -> None:
    """Each with its number."""
    desk = Desk(FakeFeed(1))
    desk.start("sequence_gap", frames=3)
    assert desk.fates(TICKER, BOOK, TICKER, TICKER).count(Fate.LOST) == 3


def test_a_frame_fault_ends_with_its_connections() -> None:
    """A connection that is gone is not waited for, and no hit is claimed."""
    desk = Desk(FakeFeed(1))
    desk.start("sequence_gap")
    desk.book.left(desk.feeds[0])
    assert desk.events("fault_off")[0]["matched"] is False


@pytest.mark.parametrize(
    ("name", "attributes", "done"),
    [
        ("close_code", {"code": 1012, "reason": "restart"}, ("close", 1012, "restart")),
        ("close_code", {"code": 1006}, ("abort",)),
        ("abort", {}, ("abort",)),
        ("error_message", {"message": "x"}, ("error", b'{"type":"error","message":"x"}')),
        ("garbage_text", {"text": "<p>"}, ("garbage", b"<p>")),
    ],
)
def test_a_strike_meets_every_open_connection_once(
    name: str, attributes: dict[str, Any], done: tuple[Any, ...]
) -> None:
    """And is over at once."""
    desk = Desk(FakeFeed(1), FakeFeed(2))
    desk.start(name, **attributes)
    assert [feed.done for feed in desk.feeds] == [[done], [done]]
    (off,) = desk.events("fault_off")
    assert off["hits"] == 2


def test_a_huge_snapshot_pads_snapshots_of_books_alone() -> None:
    """Open subscriptions are shown one at once; other frames stay as they are."""
    snapshot = Body("l2_data", "snapshot", ("BTC-USD",), b"")
    desk = Desk(FakeFeed(1))
    desk.start("huge_snapshot", bytes=100_000)
    assert desk.feeds[0].done == [("show", "level2")]
    assert desk.book.any_frames
    padded = [desk.book.padding(desk.feeds[0], body) for body in (TICKER, BOOK, snapshot)]
    assert padded == [0, 0, 100_000]


def test_half_of_the_new_connections_are_refused() -> None:
    """Every second one, at a door or at its handshake; half of the heartbeats' connections are silent."""
    desk = Desk(FakeFeed(1), FakeFeed(2))
    for name in ("refuse_connections", "refuse_upgrade", "heartbeat_silence"):
        desk.start(name, share=0.5)
    assert [desk.book.accepted(n, "market_ws")[0] for n in range(3, 6)] == [
        "refuse",
        None,
        "refuse",
    ]
    handshakes = [desk.book.upgrade(n, "/", "market_ws") is not None for n in range(3, 6)]
    assert handshakes == [True, False, True]
    assert [desk.fates(BEAT, feed=n) for n in (1, 0)] == [[Fate.SENT], [Fate.SILENT]]


def test_refused_connections_are_those_of_one_door() -> None:
    """The others get in."""
    desk = Desk()
    desk.start("refuse_connections", how="hang", listener="rest")
    how, fault = desk.book.accepted(7, "rest")
    assert how == "hang"
    assert fault is not None
    assert desk.book.accepted(8, "market_ws") == (None, None)
    assert desk.events("fault_hit")[0]["conn"] == 7


def test_a_half_answer_strikes_its_routes() -> None:
    """Selectors count its hits as any fault's."""
    desk = Desk()
    desk.start("half_answer", {"once": True}, routes=["/products"])
    calls = [Call(1, 1, "GET", path) for path in ("/time", "/products", "/products")]
    struck = [desk.book.delivery(call) for call in calls]
    assert [found and found[0] for found in struck] == [
        None,
        Delivery(share=0.5, then="close"),
        None,
    ]


def test_a_refused_handshake_is_a_hit() -> None:
    """The default is 503 with Coinbase's JSON."""
    desk = Desk()
    handle = desk.start("refuse_upgrade")
    struck = desk.book.upgrade(1, "/", "market_ws")
    assert struck is not None
    assert struck[0].answer.status == 503
    assert struck[0].headers == {}
    desk.book.stop_all()
    assert desk.events("fault_off")[0].data == {
        "handle": handle,
        "name": "refuse_upgrade",
        "hits": 1,
        "matched": True,
    }


def test_an_answer_leaves_in_all_the_ways_that_faults_want() -> None:
    """Late and cut, each of them a hit; the journal names the last one."""
    desk = Desk()
    late, half = desk.start("late_answer", delay=0.5), desk.start("half_answer")
    found = desk.book.delivery(Call(1, 1, "GET", "/time"))
    assert found == (Delivery(delay=0.5, share=0.5, then="close"), half)
    assert [event["handle"] for event in desk.events("fault_hit")] == [late, half]
