"""The commands about profiles: `profiles`, `show`, `schema`, `lint`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from downtick.commands import lint, profiles, schema, show
from downtick.data import data_folder
from downtick.errors import InputError, ProfileError
from downtick.profiles.library import library_names

GOOD = """\
name: mine
title: Mine
description: What it is.
steps:
  - {when: {exchange.ticks: 3}, link: market_ws, fault: reset}
  - {at: 1s, for: 2s, link: rest, fault: down}
expect: [resubscribes, reconnects: {within: 5s}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A good profile of one's own."""
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    return path


def run(command: object, *args: str) -> Result:
    """Run a command that succeeds or exits; what it raises is the group's to tell."""
    assert hasattr(command, "main")
    return CliRunner().invoke(command, args, catch_exceptions=False)  # type: ignore[arg-type]


def test_profiles_lists_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every profile has a line with its title."""
    monkeypatch.setenv("COLUMNS", "160")
    output = run(profiles.command).output
    for name in library_names():
        assert name in output
    assert "The market-data socket is reset after the third tick" in output


def test_show_draws_a_timeline(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lanes, faults, triggers and expectations are there."""
    monkeypatch.setenv("COLUMNS", "80")
    output = run(show.command, str(file)).output
    assert "mine: Mine" in output
    assert "What it is." in output
    assert "rest       down; at 1 s for 2 s" in output
    assert "market_ws  reset; when exchange.ticks reaches 3" in output
    assert "expect     reconnects (within 5s)" in output


def test_show_of_an_incident_tells_its_phases_and_sources(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the clock of then, and the second of the run."""
    phase = "{at: 2024-05-14T04:01Z, evidence: reported, what: All fails}"
    lines = "start: 2024-05-14T04:00Z, compression: 60, sources: [a page]"
    file.write_text(f"{GOOD}incident: {{{lines}, phases: [{phase}]}}\n")
    monkeypatch.setenv("COLUMNS", "120")
    output = run(show.command, str(file)).output
    assert "an incident, played 60 times as fast as it was" in output
    assert "  2024-05-14 04:01Z (1 s)      reported  All fails" in output
    assert output.endswith("  source: a page\n")


def test_show_of_a_bad_profile_is_one_error(tmp_path: Path) -> None:
    """A bad profile is told, not drawn."""
    (tmp_path / "bad.yaml").write_text("name: 5\n")
    with pytest.raises(ProfileError, match=r"bad\.yaml:1:7: name: found `5`"):
        run(show.command, str(tmp_path / "bad.yaml"))


def test_schema_prints_what_editors_use() -> None:
    """The output is the committed schema."""
    output = run(schema.command).output
    assert json.loads(output)["title"] == "A downtick fault profile"
    assert output == (data_folder("toxics") / "schema.json").read_text(encoding="utf-8")


def test_lint_of_the_library_is_clean() -> None:
    """Without a name the whole library is checked."""
    result = run(lint.command)
    assert result.exit_code == 0
    assert f"{len(library_names())} profiles: 0 errors, 0 warnings" in result.output


def test_lint_of_a_good_file_is_clean(file: Path) -> None:
    """One profile is one profile."""
    result = run(lint.command, str(file))
    assert (result.exit_code, result.output) == (0, "1 profile: 0 errors, 0 warnings\n")


def test_lint_tells_errors_by_file_and_line_and_exits_with_2(tmp_path: Path) -> None:
    """A problem of one file and a finding of another are both told."""
    trap = tmp_path / "trap.yaml"
    trap.write_text(
        "name: trap\ntitle: Trap\nsteps:\n  - {at: 1s, link: market_ws, toxic: reset_peer}\n"
    )
    (tmp_path / "bad.yaml").write_text("")
    result = run(lint.command, str(trap), str(tmp_path / "bad.yaml"), str(tmp_path))
    assert result.exit_code == 2
    assert f"{trap}:4: error DT003: `reset_peer` on `market_ws`" in result.output
    assert "bad.yaml:1:1: the file is empty" in result.output
    assert f"{tmp_path}: a directory; allowed: a .yaml file" in result.output
    assert "3 profiles: 3 errors, 0 warnings" in result.output


def test_a_warning_alone_is_no_failure(tmp_path: Path) -> None:
    """Warnings show, and nothing more."""
    file = tmp_path / "warned.yaml"
    file.write_text(
        "name: warned\ntitle: Warned\nsteps:\n"
        "  - {at: 1s, link: rest, toxic: bandwidth, attributes: {rate: 0}}\n"
    )
    result = run(lint.command, str(file))
    assert result.exit_code == 0
    assert "warning DT010" in result.output
    assert "1 profile: 0 errors, 1 warning\n" in result.output


def test_lint_explains_a_finding() -> None:
    """`--explain` checks nothing and tells what a finding means."""
    output = run(lint.command, "--explain", "DT003").output
    assert output.startswith("DT003: `reset_peer` does not reset open connections\n")


def test_what_lint_is_asked_must_exist() -> None:
    """An unknown finding and an impossible time scale are bad input."""
    with pytest.raises(InputError, match="unknown finding `DT999`"):
        run(lint.command, "--explain", "DT999")
    with pytest.raises(InputError, match="time scale: found 0; allowed"):
        run(lint.command, "--time-scale", "0")
