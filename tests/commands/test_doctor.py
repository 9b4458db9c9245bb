from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from downtick.commands import doctor
from downtick.errors import TopologyError, ToxiproxyNotFound
from downtick.links import locate
from downtick.links.ways.way import Found

BINARY = Found("cache", "2.12.0", binary=Path("/x/toxiproxy-server"))


def run(monkeypatch: pytest.MonkeyPatch, found: Found | Exception) -> tuple[int, str]:
    """Run the command on a machine where this is found; return exit code and output in one line."""

    def find_server(report: Callable[[str], None], *, install: bool) -> Found:
        assert not install
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(locate, "find_server", find_server)
    result = CliRunner().invoke(doctor.command, env={"COLUMNS": "200"})
    return result.exit_code, " ".join(result.output.split())


def test_a_machine_with_all_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which version there is and where from, and ends with 0."""
    code, output = run(monkeypatch, BINARY)
    assert code == 0
    assert "Toxiproxy 2.12.0 /x/toxiproxy-server (cache)" in output


def test_a_machine_without_toxiproxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what was looked at and what to do, and ends with 2."""
    error = ToxiproxyNotFound("none", ("PATH: [nothing] there", "nothing was installed"))
    code, output = run(monkeypatch, error)
    assert code == 2
    assert "missing Toxiproxy 2.12.0 PATH: [nothing] there → run `downtick install`" in output
    assert "no run is possible here yet" in output


def test_a_wrong_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what is wrong, and ends with 2."""
    code, output = run(monkeypatch, TopologyError("TOXIPROXY_URL: leads elsewhere"))
    assert code == 2
    assert "TOXIPROXY_URL: leads elsewhere → correct it or unset it" in output


def test_a_server_that_calls_itself_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is used, and the doubt about its version is told."""
    found = Found("TOXIPROXY_URL", "git", url="http://127.0.0.1:1", warning="calls itself 'git'")
    code, output = run(monkeypatch, found)
    assert code == 0
    assert "calls itself 'git' → start the server of the pinned release" in output


def test_a_machine_that_can_witness_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sense that is missing is told with its remedy, and a run is possible all the same."""

    def refused(*arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(doctor, "_sock_diag", refused)
    monkeypatch.setattr(doctor, "_bind", refused)
    monkeypatch.setattr("downtick.witness.packets.why_not", lambda: "not allowed")
    monkeypatch.setattr("shutil.which", lambda name: None)
    code, output = run(monkeypatch, BINARY)
    assert code == 0
    assert output.count("→") == 5
    for told in (
        "no netlink sock_diag",
        "all share 127.0.0.1",
        "no capture: not allowed",
        "no unshare",
    ):
        assert told in output
