"""What is drawn of a history, lane by lane."""

from __future__ import annotations

from dataclasses import replace

import pytest

from downtick.checks.finding import Finding, Outcome
from downtick.checks.proofs import Proof
from downtick.history import Event
from downtick.report.fates import fates
from downtick.report.lanes.axis import PLACES, Axis
from downtick.report.lanes.calls import calls
from downtick.report.lanes.connections import connections
from downtick.report.lanes.faults import faults
from downtick.report.lanes.ladder import amount, ladder
from downtick.report.lanes.lane import Group, Lane
from downtick.report.lanes.orders import orders
from downtick.report.lanes.prices import ages, prices
from downtick.verdict import Verdict
from downtick.witness.bite import Bite
from tests.checks.transcript import Transcript
from tests.report.runs import PASSED, told

AXIS = Axis(0.0, 40.0)


def lane(group: Group, name: str) -> Lane:
    """Return a lane by its name."""
    (found,) = [lane for lane in group.lanes if lane.name == name]
    return found


def transcript() -> Transcript:
    """Tell of a run of 40 seconds in which nothing happens yet."""
    t = Transcript()
    t.steady(0)
    t.over(40)
    return t


@pytest.mark.parametrize(
    ("bite", "look"),
    [
        (Bite.BIT, "solid"),
        (Bite.DID_NOT_BITE, "hollow"),
        (Bite.UNKNOWN, "dashed"),
        (Bite.BIT_OTHERWISE, "dashed"),
    ],
)
def test_only_a_fault_that_bit_is_solid(bite: Bite, look: str) -> None:
    """One that surely did not is hollow; doubt is dashed."""
    t = transcript()
    t.breaks("rest", "latency", 10, until=20)
    judged = told(PASSED, t=t)
    (fault,) = judged.run.faults
    verdict = replace(PASSED, proofs=(Proof("latency", "rest", bite, "why", (fault.number,)),))
    shapes = lane(faults(told(verdict, t=t), AXIS), "rest").shapes
    assert f'class="c-error {look}" data-e="{fault.number}"' in shapes
    assert 'x="2500"' in shapes
    assert 'width="2500"' in shapes
    assert f"latency on rest, 10.000 s: {bite.value}, why" in shapes


def test_each_hit_of_an_exchange_fault_is_a_tick() -> None:
    """The fault itself is a block in the lane of the exchange."""
    t = transcript()
    conn = t.feed(1)
    t.fault("http_error", 2, until=4, hits=[(2.5, conn), (3.5, conn)])
    group = faults(told(PASSED, t=t), AXIS)
    assert lane(group, "exchange").note == "http_error"
    assert lane(group, "hits").shapes.count("<path") == 2
    assert lane(group, "market_ws").note == "none"


def test_a_connection_says_how_it_ended() -> None:
    """What was cut is marked; what ended in order is not; what lives has no end."""
    t = transcript()
    cut, left, _ = t.feed(1), t.feed(2), t.feed(3)
    t.closes(cut, 5, how="reset")
    t.closes(left, 6, how="close_frame", code=1000)
    found = lane(connections(told(PASSED, t=t), AXIS), "market_ws")
    assert found.note == "3"
    assert f"#{cut} from 1.000 s: reset by bot" in found.shapes
    assert "close_frame 1000 by bot" in found.shapes
    assert "open at the end" in found.shapes
    assert found.shapes.count("c-bad dot") == found.shapes.count("c-dim dot") == 1


def test_connections_that_are_not_drawn_are_counted() -> None:
    """A storm of them would be a blot."""
    t = transcript()
    for number in range(402):
        t.closes(t.opens("rest", number / 100), number / 100 + 0.001)
    found = lane(connections(told(PASSED, t=t), AXIS), "rest")
    assert found.note == "402, 2 not drawn"


def test_bytes_of_a_feed_are_known_as_far_as_they_were_sent() -> None:
    """By their place in the stream where that is told; of answers also when they were surely read."""
    t = transcript()
    conn = t.feed(1)
    t.frame(conn, 2, offset=100)
    t.frame(conn, 3, offset=150)
    rest = t.opens("rest", 1)
    t.asks(rest, 4, size=1000)
    t.asks(rest, 5, size=500)
    group = ladder(told(PASSED, t=t), AXIS)
    assert lane(group, "market_ws").note == "sent 150 B"
    assert lane(group, "rest").note == "sent 1.5 kB, surely read 1 kB"
    assert "between" in lane(group, "rest").shapes
    assert "between" not in lane(group, "market_ws").shapes
    assert "no witness" in group.note


def test_a_witness_tells_what_the_kernel_had_and_what_the_bot_read() -> None:
    """Two more lines, and the note is gone."""
    t = transcript()
    t.frame(t.feed(1), 2, offset=100)
    at = {"socket": 1, "link": "market_ws", "end": "bot", "port": 5, "since": 0.5}
    t.events.append(Event(1.0, "witness", "born", at))
    figures = {"acked": 1, "sent": 0, "wqueue": 0, "unsent": 0, "state": 1, "since": 2.0}
    for when, received, queue in ((2.5, 80, 0), (3.5, 80, 20)):
        data = {"socket": 1, "received": received, "rqueue": queue, **figures}
        t.events.append(Event(when, "witness", "sample", data))
    group = ladder(told(PASSED, t=t), AXIS)
    assert lane(group, "market_ws").note == "sent 100 B, received 80 B, read 60 B"
    assert group.note == ""


def test_bytes_are_told_in_words() -> None:
    """Short."""
    assert [amount(n) for n in (0, 999, 61_234, 2.5e6, 3e9)] == [
        *("0 B", "999 B", "61.2 kB", "2.5 MB", "3 GB")
    ]


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


def test_orders_stand_by_what_became_of_them() -> None:
    """One whose answer was lost is drawn until the bot knew, or to the end."""
    t = transcript()
    conn = t.opens("rest", 1)
    t.places(conn, 2, "good")
    t.places(conn, 3, "bad", applied=False, status=400)
    t.places(conn, 10, "lost", silent=True)
    judged = told(PASSED, t=t)
    group = orders(judged, fates(judged.run, judged.verdict), AXIS)
    notes = {lane.name: lane.note for lane in group.lanes}
    assert notes == {"accepted": "1", "refused": "1", "doubled": "0", "unknown": "1"}
    shapes = lane(group, "unknown").shapes
    assert "in the ledger; nobody saw the bot read that" in shapes
    assert 'width="7500"' in shapes


def test_calls_stand_by_their_status() -> None:
    """429 is one of its own, and an answer without a byte is none."""
    t = transcript()
    conn = t.opens("rest", 1)
    for at, status in ((2, 200), (3, 429), (4, 404), (5, 503), (6, 503)):
        t.asks(conn, at, status=status)
    t.asks(conn, 7, silent=True)
    t.asks(conn, 8, size=0)
    notes = {lane.name: lane.note for lane in calls(told(PASSED, t=t), AXIS).lanes}
    assert notes == {"2xx": "1", "4xx": "1", "429": "1", "5xx": "2", "no answer": "2"}
