"""The command line's door: its commands, and how errors leave it."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from downtick import __version__, cli
from downtick.errors import InputError, RigError


def test_every_command_that_help_lists_can_be_loaded() -> None:
    """A name in the list is a module with a command of that name."""
    context = click.Context(cli.group)
    for name in cli.COMMANDS:
        command = cli.group.get_command(context, name)
        assert command is not None
        assert command.name == name


def test_help_lists_every_command_with_its_line() -> None:
    """The first thing that a newcomer types."""
    text = CliRunner().invoke(cli.group, ["--help"]).output
    for name, line in cli.COMMANDS.items():
        assert f"{name} " in text
        assert line.split()[0] in text


def test_version_is_the_package_version() -> None:
    """One version, told in one place."""
    assert __version__ in CliRunner().invoke(cli.group, ["--version"]).output


@pytest.mark.parametrize(("error", "code"), [(InputError("bad"), 2), (RigError("broken"), 4)])
def test_an_error_is_one_message_and_its_exit_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback: what went wrong, on standard error."""

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli.group, "main", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    assert capsys.readouterr().err == f"downtick: {error}\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    """Exit code 2, and no traceback."""
    result = CliRunner().invoke(cli.group, ["nonsense"])
    assert result.exit_code == 2
    assert "nonsense" in result.output
