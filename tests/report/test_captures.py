"""What a report says of captures."""

from __future__ import annotations

from downtick.history import Event
from downtick.report.captures import capture_words
from downtick.report.page import run_page
from tests.report.runs import PASSED, deaf, told

FILES = {"rest": "a-run.rest.pcap", "user_ws": "a-run.user_ws.pcap"}


def test_a_page_names_the_files_and_calls_them_secret() -> None:
    """Those of the keys too, and what is missing in them."""
    t = deaf()
    t.tell(1, "capturing", "arena", files=FILES, key_log="a-run.keys.log")
    counts = {
        "rest": {"packets": 9, "dropped": 0},
        "user_ws": {"packets": 9, "dropped": 3},
    }
    t.tell(41, "captured", "arena", counts=counts)
    text = run_page(told(PASSED, t=t)).decode()
    assert "SECRET, for they hold keys" in text
    assert "a-run.rest.pcap, a-run.user_ws.pcap, a-run.keys.log, beside the history" in text
    assert "the kernel had no room: 3 of user_ws<" in text


def test_a_page_says_why_there_are_none() -> None:
    """In the words of the machine."""
    t = deaf()
    t.tell(1, "no_capture", "arena", reason="raw sockets need root")
    assert "no capture: raw sockets need root" in run_page(told(PASSED, t=t)).decode()


def test_without_captures_nothing_is_said() -> None:
    """Nor of one in which nothing is missing."""
    assert "capture" not in run_page(told(PASSED)).decode().partition("<body>")[2]
    whole = Event(1.0, "arena", "captured", {"counts": {"rest": {"packets": 9, "dropped": 0}}})
    assert capture_words(whole) is None
