"""A run as a trace for Perfetto."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from downtick.report.fates import fates
from downtick.report.judged_run import JudgedRun
from downtick.report.perfetto import perfetto
from tests.report.runs import FAILED, deaf, told


def trace(judged: JudgedRun) -> list[dict[str, Any]]:
    """Return the events of a run's trace."""
    told = json.loads(perfetto(judged, fates(judged.run, judged.verdict)))
    return list(told["traceEvents"])


def busy() -> JudgedRun:
    """Return a run with a little of everything."""
    t = deaf()
    rest = t.opens("rest", 6)
    t.asks(rest, 7, answered=7.5)
    t.places(rest, 8, "good")
    t.places(rest, 9, "lost", silent=True)
    t.closes(rest, 9.5)
    t.fault("http_error", 10, until=20, hits=[(11, rest)])
    t.fault("lost_answer", 15, hits=[(16, rest)])
    t.starved(12, 13)
    return told(FAILED, t=t)


def test_every_event_is_one_that_the_format_knows() -> None:
    """Slices have a length, moments a scope, and all of them lie within the run."""
    events = trace(busy())
    assert {event["ph"] for event in events} == {"X", "i", "C", "M"}
    for event in events:
        if event["ph"] == "M":
            continue
        assert 0 <= event["ts"] <= 40e6
        assert event["ts"] + event.get("dur", 0) <= 40e6
        assert (event["ph"] == "X") == ("dur" in event)
        assert (event["ph"] == "i") == (event.get("s") == "t")


def test_slices_of_a_row_lie_within_one_another_or_apart() -> None:
    """Perfetto draws no others: faults that overlap have rows of their own."""
    rows = defaultdict(list)
    for event in trace(busy()):
        if event["ph"] == "X":
            rows[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    assert max(len(spans) for spans in rows.values()) > 2
    for spans in rows.values():
        for since, until in spans:
            for begin, end in spans:
                inside = begin <= since and until <= end
                assert inside or until <= begin or end <= since or (since <= begin and end <= until)


def test_a_request_lies_within_its_connection() -> None:
    """With its status, in microseconds since the first event; one without an answer ends with the connection."""
    by_name = {event["name"]: event for event in trace(busy()) if event["ph"] == "X"}
    request = by_name["GET /api/v3/brokerage/accounts"]
    assert (request["ts"], request["dur"], request["args"]["status"]) == (7e6, 0.5e6, "200")
    lost = by_name["POST /api/v3/brokerage/orders"]
    assert (lost["ts"], lost["dur"], lost["args"]["status"]) == (9e6, 0.5e6, "no answer")
    assert by_name["connection 2"]["args"]["end"] == "eof by bot"


def test_faults_orders_and_findings_are_told_with_their_proof() -> None:
    """And bytes are counted up."""
    events = trace(busy())
    assert any(event["name"] == "reset on market_ws" for event in events)
    assert any(event["name"] == "hit" for event in events)
    (evidence,) = [event for event in events if event["name"] == "violated"]
    assert evidence["args"] == {"event": 0, "says": "it never came back"}
    (unknown,) = [event for event in events if "(lost)" in event["name"]]
    assert (unknown["ph"], unknown["args"]["answer"]) == ("X", "unknown")
    counts = [event["args"]["bytes"] for event in events if event["ph"] == "C"]
    assert counts == [1, 2, 3, 4, 5, 10, 20]
