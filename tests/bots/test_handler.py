"""A bot in Python tells of itself by its log."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from downtick.bots.events import VARIABLE, BotEvents
from downtick.bots.handler import EventHandler

TICK = {"event": "tick", "channel": "ticker", "product_id": "BTC-USD", "sequence_num": 12}


@pytest.fixture
def events(tmp_path: Path) -> BotEvents:
    """Return what reads the events of a bot."""
    path = tmp_path / "events.jsonl"
    path.touch()
    return BotEvents(path, {})


@pytest.fixture
def log(events: BotEvents, monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """Return a log whose records go where the environment says."""
    monkeypatch.setenv(VARIABLE, events.environment[VARIABLE])
    with logging_to(EventHandler()) as log:
        yield log


@contextlib.contextmanager
def logging_to(handler: logging.Handler) -> Iterator[logging.Logger]:
    """Make a log with this handler."""
    log = logging.getLogger(__name__)
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    yield log
    log.removeHandler(handler)
    handler.close()


def test_a_record_with_an_event_is_told(log: logging.Logger, events: BotEvents) -> None:
    """At the instant of its emission, on the history's clock."""
    before = time.monotonic()
    log.info("a tick", extra={**TICK, "price": Decimal("1.50")})
    after = time.monotonic()
    (told,) = events.news()
    assert before <= told.at <= after
    particulars = {key: value for key, value in TICK.items() if key != "event"}
    assert (told.kind, told.data) == ("tick", {**particulars, "price": "1.50"})
    assert events.rest() == []


def test_other_records_are_left_to_other_handlers(log: logging.Logger, events: BotEvents) -> None:
    """They are no events."""
    log.warning("a warning", extra={"product_id": "BTC-USD"})
    assert events.news() == []


def test_without_a_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot may always have the handler."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    with logging_to(EventHandler()) as log:
        log.info("a tick", extra=TICK)
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_cannot_be_written_stops_no_bot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of every handler."""
    monkeypatch.setattr(logging, "raiseExceptions", False)
    with logging_to(EventHandler(str(tmp_path / "nowhere" / "events"))) as log:
        log.info("a tick", extra=TICK)
