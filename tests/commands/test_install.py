from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from downtick.commands.install import command
from downtick.errors import ToxiproxyNotFound
from downtick.links import locate
from downtick.links.ways.way import Found


def test_each_step_is_told_and_the_place_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps go to the terminal; the place alone to standard output, for scripts."""

    def find_server(report: Callable[[str], None]) -> Found:
        report("PATH: no toxiproxy-server there")
        return Found("go install", "2.12.0", binary=Path("/x/toxiproxy-server"))

    monkeypatch.setattr(locate, "find_server", find_server)
    result = CliRunner().invoke(command)
    assert result.exit_code == 0
    assert result.stdout == "/x/toxiproxy-server\n"
    assert "PATH: no toxiproxy-server there" in result.stderr


def test_a_container_is_not_left_running(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was started to see whether it works is ended; the run that needs it starts its own."""
    ended: list[bool] = []
    found = Found(
        "container",
        "2.12.0",
        url="http://127.0.0.1:1",
        warning="a doubt",
        release=lambda: ended.append(True),
    )
    monkeypatch.setattr(locate, "find_server", lambda report: found)
    result = CliRunner().invoke(command)
    assert ended == [True]
    assert "warning: a doubt" in result.stderr


def test_nothing_could_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error with every attempt goes to whoever called, who prints it and ends with 2."""

    def find_server(report: Callable[[str], None]) -> Found:
        raise ToxiproxyNotFound("none", ("PATH: nothing",))

    monkeypatch.setattr(locate, "find_server", find_server)
    result = CliRunner().invoke(command)
    assert isinstance(result.exception, ToxiproxyNotFound)
