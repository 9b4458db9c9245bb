"""How the bot says what it does."""

from __future__ import annotations

import json
import logging

import pytest

from bot_v2.logs import JsonLines, log_to_stderr


def test_a_record_is_one_json_object_with_what_was_given_along() -> None:
    """In UTC."""
    record = logging.LogRecord("bot_v2.x", logging.ERROR, "x.py", 1, "no %s", ("order",), None)
    record.created = 0.25
    record.reason = "position_limit"
    assert json.loads(JsonLines().format(record)) == {
        "at": "1970-01-01T00:00:00.250+00:00",
        "level": "error",
        "logger": "bot_v2.x",
        "message": "no order",
        "reason": "position_limit",
    }


def test_an_exception_stays_on_the_line() -> None:
    """A log is read line by line."""
    try:
        raise ZeroDivisionError("by nothing")
    except ZeroDivisionError as error:
        raised = (type(error), error, error.__traceback__)
    record = logging.LogRecord("bot_v2", logging.ERROR, "x.py", 1, "failed\ntwice", (), raised)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ZeroDivisionError: by nothing" in json.loads(line)["exception"]


def test_what_cannot_be_json_is_text() -> None:
    """No record is lost for what was given with it."""
    record = logging.LogRecord("bot_v2", logging.INFO, "x.py", 1, "m", (), None)
    record.path = {1, 2}
    assert json.loads(JsonLines().format(record))["path"] == "{1, 2}"


def test_the_bots_records_go_to_stderr_at_their_level(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Others only as warnings."""
    root, own = logging.getLogger(), logging.getLogger("bot_v2")
    before = root.handlers[:], root.level, own.level
    try:
        log_to_stderr("info")
        logging.getLogger("bot_v2.x").info("heard")
        logging.getLogger("bot_v2.x").debug("not heard")
        logging.getLogger("other").info("not heard")
    finally:
        root.handlers[:], _, _ = before
        root.setLevel(before[1])
        own.setLevel(before[2])
        logging.captureWarnings(capture=False)
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["heard"]
