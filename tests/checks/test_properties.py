"""What holds for every check, whatever the history."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.checks.finding import Finding, Outcome
from downtick.checks.index import index
from downtick.checks.instant import Instant
from downtick.checks.registry import JUDGES, judge
from downtick.checks.run import Connection, Frame, Reading, unwitnessed
from downtick.history import Event
from tests.checks.transcript import Transcript, at_once

GIVEN = {"within": 5.0, "max_rate": 2.0, "max_age": 10.0}
MOMENTS = st.integers(min_value=80, max_value=480).map(
    lambda eighths: eighths / 8
)  # exact in binary
ACTS = st.lists(
    st.tuples(
        MOMENTS,
        st.sampled_from(
            [
                *("cut", "feed", "frames", "order", "lost", "repeat", "list", "price", "sell"),
                *("ticks", "skips a tick", "doubles a tick"),
            ]
        ),
    ),
    max_size=12,
)


def told(acts: list[tuple[float, str]]) -> list[Event]:
    """Tell of a bot that was well until 20, of an outage from 20 to 40, and of acts at any time."""
    t = Transcript()
    t.steady(0, "market_ws", "rest")
    rest, feed = t.opens("rest", 0), t.feed(0)
    t.frames(feed, 0, 20, every=2)
    for second in range(1, 20, 4):
        t.places(rest, second, f"steady {second}", size="0.1")
        t.asks(rest, second + 1, "orders/historical/batch")
    handle = t.fault("lost_answer", 20, 40, hits=[(21, rest)])
    t.breaks("market_ws", "down", 20, until=40)
    t.closes(feed, 20)
    for number, (at, act) in enumerate(sorted(acts)):
        match act:
            case "cut":
                conn = t.feed(at)
                t.closes(conn, at + 1, how="reset")
            case "feed":
                t.frames(t.feed(at), at, at + 5)
            case "frames":
                t.frames(t.feed(at), at, 60)
            case "order" | "sell":
                t.places(rest, at, f"new {number}", "SELL" if act == "sell" else "BUY")
            case "lost":
                t.places(rest, at, f"lost {number}", fault=handle)
                t.events[-1].data["size"] = 0
            case "repeat":
                t.places(rest, at, "steady 1", applied=False)
            case "list":
                t.asks(rest, at, "orders/historical/batch")
            case "price":
                t.asks(rest, at, "product_book", query="product_id=BTC-USD")
            case "ticks" | "skips a tick" | "doubles a tick":
                t.frames(conn := t.feed(at, "LTC-USD"), at, at + 1, products=("LTC-USD",))
                for tick in range(1, 4):
                    t.frame(conn, at + tick, products=("LTC-USD",), seq=tick)
                heard = {"skips a tick": (1, 3), "doubles a tick": (1, 2, 2, 3)}.get(act, (1, 2, 3))
                t.processes(at + 4, 0, *heard, product="LTC-USD")
                t.closes(conn, at + 5)
    t.over(80)
    return t.history()


def findings(events: list[Event], read: Reading = unwitnessed) -> list[Finding]:
    """Return what every check says."""
    run = index(events, read=read)
    return [judge(run, name, GIVEN) for name in JUDGES]


def outcomes(events: list[Event], read: Reading = unwitnessed) -> dict[str, Outcome]:
    """Return the outcomes by check."""
    return {finding.check: finding.outcome for finding in findings(events, read)}


def changed(event: Event, **what: Any) -> Event:
    """Return an event with something else in it."""
    return msgspec.structs.replace(event, **what)


@given(ACTS, st.integers(-1_000, 1_000_000))
@settings(max_examples=50, deadline=None)
def test_another_clock_changes_nothing(acts: list[tuple[float, str]], shift: int) -> None:
    """Only distances between instants count."""
    events = told(acts)
    shifted = [changed(event, at=event.at + shift) for event in events]
    assert outcomes(shifted) == outcomes(events)


@given(ACTS, st.lists(MOMENTS, max_size=5))
@settings(max_examples=50, deadline=None)
def test_an_unrelated_product_changes_nothing(
    acts: list[tuple[float, str]], moments: list[float]
) -> None:
    """Frames of ETH on a connection of their own do not touch what is said of BTC."""
    t = Transcript()
    t._conns = iter(range(1000, 2000))  # type: ignore[assignment]
    conn = t.feed(0, "ETH-USD", channel="candles", listener="user_ws")
    for at in moments:
        t.frame(conn, at, "candles", ["ETH-USD"])
    events = told(acts)
    assert outcomes(sorted(events + t.events, key=lambda event: event.at)) == outcomes(events)


@given(ACTS, st.lists(MOMENTS, max_size=5))
@settings(max_examples=50, deadline=None)
def test_a_violation_stays_one_whatever_harmless_is_added(
    acts: list[tuple[float, str]], moments: list[float]
) -> None:
    """Pings, and requests for the time on a connection of their own, excuse nothing."""
    t = Transcript()
    t._conns = iter(range(1000, 2000))  # type: ignore[assignment]
    t._ids = iter(range(1000, 2000))  # type: ignore[assignment]
    conn = t.opens("rest", 0)
    for at in sorted(moments):
        t.asks(conn, at, "time")
    events = told(acts)
    before, after = outcomes(events), outcomes(sorted(events + t.events, key=lambda e: e.at))
    violated = {name for name, outcome in before.items() if outcome is Outcome.VIOLATED}
    violated -= {"stays_alive"}  # a sign of life is not harmless to it
    assert violated <= {name for name, outcome in after.items() if outcome is Outcome.VIOLATED}


@given(ACTS, st.floats(0, 30))
@settings(max_examples=50, deadline=None)
def test_knowing_less_never_makes_a_verdict_of_a_doubt(
    acts: list[tuple[float, str]], wider: float
) -> None:
    """What a wider interval says, the narrower one said too, or knew better."""

    def blurred(connection: Connection, frame: Frame) -> Instant:
        return Instant(frame[1].at, frame[1].at + wider)

    events = told(acts)
    sharp = outcomes(events, at_once)
    for read in (blurred, unwitnessed):
        for name, outcome in outcomes(events, read).items():
            assert outcome in {sharp[name], Outcome.NOT_EXERCISED}, name


@pytest.mark.parametrize("name", JUDGES)
def test_a_finding_names_its_check_and_events_that_there_are(name: str) -> None:
    """Evidence can be looked up."""
    acts = [
        (at, act)
        for at in (22.0, 35.0, 50.0)
        for act in ("feed", "lost", "order", "list", "skips a tick")
    ]
    events = told(acts)
    found = judge(index(events), name, GIVEN)
    assert found.check == name
    assert all(0 <= number < len(events) for number in found.evidence)
