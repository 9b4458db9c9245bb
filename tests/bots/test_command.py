"""A bot that is a command line, as far as it needs no process."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest

from downtick.bots.command import BotCommand, check, filled_in, running
from downtick.errors import InputError


class Process:
    """Stands for a process: what it ends with when it is asked to, or that it does not."""

    def __init__(self, *, obeys: bool = True, ended: int | None = None) -> None:
        self.obeys = obeys
        self.returncode = ended
        self.signals: list[str] = []
        self.stdout = io.BytesIO(b"key wonderful-secret\nno end")

    def poll(self) -> int | None:
        return self.returncode

    def terminate(self) -> None:
        self.signals.append("term")
        if self.obeys:
            self.returncode = 0

    def kill(self) -> None:
        self.signals.append("kill")
        self.returncode = -9

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            raise subprocess.TimeoutExpired("bot", timeout or 0)
        return self.returncode


def bot(process: Process) -> BotCommand:
    """Return a bot that is this process."""
    return BotCommand(process, Path("bot.log"))  # type: ignore[arg-type]


def test_a_program_that_is_not_there_is_told_before_anything_starts() -> None:
    """Whoever mistypes it has nothing to take down."""
    with pytest.raises(InputError, match="no-such-bot-of-mine: there is no such program"):
        check(["no-such-bot-of-mine"])
    check(["sh"])


def test_a_bot_is_asked_to_end_and_what_became_of_it_is_told() -> None:
    """SIGTERM is enough for most."""
    process = Process()
    ended = bot(process).stop()
    assert str(ended).endswith("after SIGTERM, with exit code 0")
    assert process.signals == ["term"]
    asked, over = ended.events()
    assert (asked.kind, asked.source) == ("bot_asked_to_stop", "runner")
    assert (over.kind, over.data) == ("bot_ended", {"exit_code": 0, "killed": False})
    assert asked.at <= over.at


def test_a_bot_that_does_not_end_is_killed() -> None:
    """And that is said."""
    process = Process(obeys=False)
    ended = bot(process).stop()
    assert str(ended) == "the bot did not end within 5 s of SIGTERM, and was killed"
    assert (ended.killed, ended.exit_code) == (True, 137)
    assert process.signals == ["term", "kill"]


def test_a_bot_that_has_ended_is_left_alone() -> None:
    """Its exit code is what is left of it."""
    process = Process(ended=3)
    assert bot(process).exit_code == 3
    ended = bot(process).stop()
    assert str(ended) == "the bot had ended by itself, with exit code 3"
    assert [event.kind for event in ended.events()] == ["bot_ended"]
    assert process.signals == []


def test_a_bot_is_told_by_its_environment_and_never_survives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it is told comes before what was there; its output goes to a file in a folder that is made."""
    monkeypatch.setenv("DOWNTICK_REST_URL", "of another rig")
    process, started = Process(obeys=False), dict[str, Any]()

    def start(argv: list[str], **settings: Any) -> Process:
        started.update(settings, argv=argv)
        return process

    log = tmp_path / "logs" / "bot.log"
    told = {"DOWNTICK_REST_URL": "http://127.0.0.1:1", "DOWNTICK_API_SECRET": "wonderful-secret"}
    with running(["bot", "--at={rest_url}/time"], start, told, log):  # type: ignore[arg-type]
        assert process.signals == []
    assert started["argv"] == ["bot", "--at=http://127.0.0.1:1/time"]
    assert started["env"]["DOWNTICK_REST_URL"] == "http://127.0.0.1:1"
    assert "PATH" in started["env"]
    assert log.read_bytes() == b"key <removed>\nno end"
    assert process.signals == ["kill"]


def test_a_log_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    """Nothing was started for it."""

    def start(*_: object, **__: object) -> Process:
        raise AssertionError

    with (
        pytest.raises(InputError, match="Is a directory"),
        running(["bot"], start, {}, tmp_path),  # type: ignore[arg-type]
    ):
        pass


def test_only_placeholders_are_filled_in() -> None:
    """Other braces are the bot's own, and a secret is for no command line."""
    told = {"DOWNTICK_REST_URL": "http://a", "DOWNTICK_API_SECRET": "s", "NO_PROXY": "x"}
    words = ["{rest_url}", "{}", '{"rest_url": 1}', "{api_secret}", "{no_proxy}", "x{rest_url}y"]
    assert filled_in(words, told) == ["http://a", *words[1:5], "xhttp://ay"]
