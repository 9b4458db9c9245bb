"""Ways that change nothing: `identify`, `on_path`, `cached`."""

from pathlib import Path

import pytest

from downtick.links.pin import load_pin
from downtick.links.ways.cached import cached
from downtick.links.ways.identify import identify
from downtick.links.ways.on_path import on_path
from downtick.links.ways.way import Completed, Found, Missing
from tests.links.ways.small_site import BUILT, Commands, site_of


def binary(folder: Path, content: bytes) -> Path:
    """Write a binary of this content."""
    path = folder / "toxiproxy-server"
    path.write_bytes(content)
    path.chmod(0o755)
    return path


def says(text: str, code: int = 0) -> Commands:
    """Return commands that all say this."""
    return Commands(lambda words, environ, cwd: Completed(code, text))


def test_a_release_says_its_version(tmp_path: Path) -> None:
    """A released binary is believed when it is asked."""
    site = site_of(tmp_path, run=says("toxiproxy-server version 2.12.0\n"))
    path = binary(tmp_path, b"a release")
    assert identify(site, path, "x") == Found("x", "2.12.0", binary=path)


def test_a_go_built_one_carries_its_version(tmp_path: Path) -> None:
    """One that calls itself git is known by its build information, without being run."""
    run = says("toxiproxy-server version git")
    path = binary(tmp_path, BUILT)
    assert identify(site_of(tmp_path, run=run), path, "x") == Found("x", "2.12.0", binary=path)
    assert run.seen == []


@pytest.mark.parametrize(
    "content",
    [
        BUILT.replace(b"v2.12.0", b"v2.11.0"),
        BUILT.replace(load_pin().sum.encode(), load_pin().sum[::-1].encode()),
        BUILT.replace(b"cmd/server", b"cmd/cli"),
    ],
    ids=["version", "sum", "command"],
)
def test_a_go_built_one_that_differs(tmp_path: Path, content: bytes) -> None:
    """Another version, another module sum and another command of the module are each refused."""
    site = site_of(tmp_path, run=says("toxiproxy-server version git"))
    outcome = identify(site, binary(tmp_path, content), "x")
    assert isinstance(outcome, Missing)
    assert "is not Toxiproxy 2.12.0: toxiproxy-server version git" in outcome.reason


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("toxiproxy-server version 2.9.0", 0),
        ("toxiproxy-server version 2.12.0", 1),
        ("toxiproxy-server version 2.12.00", 0),
        ("", 0),
    ],
)
def test_a_release_of_another_version(tmp_path: Path, said: str, code: int) -> None:
    """Only the pinned version counts."""
    assert isinstance(
        identify(site_of(tmp_path, run=says(said, code)), binary(tmp_path, b"x"), "x"), Missing
    )


def test_an_empty_file_is_no_server(tmp_path: Path) -> None:
    """A file that cannot be looked into is told as such."""
    outcome = identify(site_of(tmp_path), binary(tmp_path, b""), "x")
    assert isinstance(outcome, Missing)
    assert "cannot be read" in outcome.reason


def test_path_and_cache(tmp_path: Path) -> None:
    """Each looks in its own place and says what it found there."""
    site = site_of(tmp_path, environ={"PATH": str(tmp_path)})
    assert on_path(site) == Missing("no toxiproxy-server there")
    assert cached(site) == Missing(f"nothing in {tmp_path}")
    path = binary(tmp_path, BUILT)
    assert on_path(site) == Found("PATH", "2.12.0", binary=path)
    assert cached(site) == Found("cache", "2.12.0", binary=path)


def test_no_path_at_all(tmp_path: Path) -> None:
    """Without PATH nothing is looked for, neither in the folder that the process stands in."""
    assert isinstance(on_path(site_of(tmp_path)), Missing)
