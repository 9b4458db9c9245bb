from pathlib import Path

import pytest
import urllib3

from downtick.errors import TopologyError
from downtick.links.addresses import Address
from downtick.links.ways import named as module
from downtick.links.ways.named import named
from downtick.links.ways.way import Found, Missing
from tests.links.ways.small_site import site_of

URL = "http://localhost:8474"


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> list[Address]:
    """Let servers say the version that stands in VERSION, and return where they were asked."""
    asked: list[Address] = []

    def version_at(address: Address) -> str:
        asked.append(address)
        return "2.12.0"

    monkeypatch.setattr(module, "version_at", version_at)
    return asked


def say(monkeypatch: pytest.MonkeyPatch, outcome: str | Exception) -> None:
    """Let every server say this, or fail so."""

    def version_at(address: Address) -> str:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(module, "version_at", version_at)


def test_a_server_of_the_pinned_version(tmp_path: Path, answering: list[Address]) -> None:
    """It is used, by its address and not by a name that may mean another one."""
    assert named(site_of(tmp_path), URL) == Found(
        "TOXIPROXY_URL", "2.12.0", url="http://127.0.0.1:8474"
    )
    assert answering == [Address("127.0.0.1", 8474)]


def test_a_server_that_calls_itself_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is used, with a warning that says what nobody can know."""
    say(monkeypatch, "git")
    found = named(site_of(tmp_path), URL)
    assert isinstance(found, Found)
    assert found.version == "git"
    assert "calls itself 'git'" in (found.warning or "")


@pytest.mark.parametrize("version", ["2.9.0", "2.12.1", "", "GIT"])
def test_a_server_of_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    """It is refused."""
    say(monkeypatch, version)
    outcome = named(site_of(tmp_path), URL)
    assert isinstance(outcome, Missing)
    assert f"is {version!r}, not 2.12.0" in outcome.reason


@pytest.mark.parametrize(
    "error",
    [urllib3.exceptions.ProtocolError("gone"), ConnectionRefusedError(), ValueError(), KeyError()],
)
def test_no_toxiproxy_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Whatever else answers, or nothing, is told as no Toxiproxy."""
    say(monkeypatch, error)
    outcome = named(site_of(tmp_path), URL)
    assert isinstance(outcome, Missing)
    assert "no Toxiproxy answers at http://127.0.0.1:8474" in outcome.reason


def test_a_server_off_this_machine(tmp_path: Path, answering: list[Address]) -> None:
    """It is refused before it is asked anything."""
    with pytest.raises(TopologyError):
        named(site_of(tmp_path), "http://192.0.2.1:8474")
    assert answering == []
