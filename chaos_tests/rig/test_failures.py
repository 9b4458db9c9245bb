"""What a person sees when a test fails, and that a broken rig is never taken for a broken bot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from downtick.links.locate import CACHE_VARIABLE, cache_folder

pytestmark = pytest.mark.integration

SUITE = """
import os, signal, subprocess
import pytest
from downtick.arena.host import shared_arena

def test_toxiproxy_dies(rig):
    arena = str(shared_arena().pid)
    listing = subprocess.run(["ps", "-axo", "pid=,ppid=,args="], capture_output=True, text=True).stdout
    (server,) = [line.split()[0] for line in listing.splitlines() if line.split()[1] == arena]
    os.kill(int(server), signal.SIGKILL)
    with pytest.raises(Exception):
        rig.wait("never", within=30)

def test_after_toxiproxy(rig):
    assert rig.endpoints.rest

def test_arena_dies(rig):
    os.kill(shared_arena().pid, signal.SIGKILL)
    try:
        rig.wait("never", within=30)
    finally:
        pytest.fail("the bot seems broken")

def test_after_arena(rig):
    assert rig.endpoints.rest

@pytest.mark.toxics("streaming/market-feed-reste")
def test_misspelt(rig):
    pass

@pytest.mark.toxics("jittery.yaml")
def test_warned(rig):
    assert rig.endpoints.rest

@pytest.mark.toxics(arm=("market_ws",))
async def test_broken(rig):
    await rig.inject("market_ws", "reset")
    assert "bot" == "back"
"""

PROFILE = """
name: jittery
title: Latency that cannot be repeated
description: Toxiproxy draws its jitter from nothing that a seed could fix.
run: {for: 20s}
steps:
  - {at: 1s, for: 5s, link: market_ws, toxic: latency, attributes: {latency: 400, jitter: 100}}
"""

INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""


@dataclass(frozen=True)
class Run:
    """A pytest run that has ended: what it printed, and the verdict of each test."""

    code: int
    text: str
    folder: Path

    @property
    def verdicts(self) -> dict[str, set[str]]:
        """The words for each test, of all its phases."""
        found: dict[str, set[str]] = {}
        for verdict, name in re.findall(
            r"^(PASSED|FAILED|ERROR) \S+::(\w+)", self.text, re.MULTILINE
        ):
            found.setdefault(name, set()).add(verdict)
        return found


def pytest_run(folder: Path, suite: str, *arguments: str) -> Run:
    """Run a suite in a pytest of its own, with helper processes of its own."""
    (folder / "test_suite.py").write_text(suite)
    (folder / "pytest.ini").write_text(INI)
    (folder / "jittery.yaml").write_text(PROFILE)
    plain = [
        f"-pno:{plugin}" for plugin in ("randomly", "cacheprovider", "hypothesispytest", "xdist")
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", *plain, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, CACHE_VARIABLE: str(cache_folder().parent)},
    )
    return Run(done.returncode, done.stdout + done.stderr, folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The suite above, run once."""
    settings = ("--downtick-time-scale", "0.5", "--downtick-seed", "7")
    return pytest_run(tmp_path_factory.mktemp("suite"), SUITE, *settings)


def test_a_toxiproxy_that_dies_makes_the_test_an_error(run: Run) -> None:
    """Not a pass, though the test body itself was content; and the next test has a rig again."""
    assert run.verdicts["test_toxiproxy_dies"] == {"ERROR"}
    assert "ToxiproxyDied" in run.text
    assert run.verdicts["test_after_toxiproxy"] == {"PASSED"}


def test_an_arena_that_dies_makes_the_test_an_error(run: Run) -> None:
    """Nor a failure of the bot, though an assertion about the bot failed because of it."""
    assert run.verdicts["test_arena_dies"] == {"ERROR"}
    assert "ArenaDied" in run.text
    assert run.verdicts["test_after_arena"] == {"PASSED"}


def test_an_unknown_profile_is_an_error_with_a_near_miss(run: Run) -> None:
    """A test that names a profile wrongly is told which one it may have meant."""
    assert run.verdicts["test_misspelt"] == {"ERROR"}
    assert "did you mean `streaming/market-feed-reset`" in run.text


def test_the_linter_s_warnings_show(run: Run) -> None:
    """A profile that may be played, though it cannot be repeated, is told of once at the end."""
    assert run.verdicts["test_warned"] == {"PASSED"}
    assert re.search(
        r"^downtick: warning: jittery\.yaml:\d+: DT\d+ .*jitter", run.text, re.MULTILINE
    )


def test_a_failing_test_says_what_happened_and_how_to_run_it_again(run: Run) -> None:
    """A timeline, the path of a history that can be read, and one command with its scale and seed."""
    assert run.verdicts["test_broken"] == {"FAILED"}
    story = run.text[run.text.index("_ test_broken _") :]
    assert re.search(r"\d\.\d{3}s +conductor +inject done: reset on market_ws", story)
    path = re.findall(r"history: (\S+)", story)[0]
    header, *events = Path(path).read_text().splitlines()
    assert '"seed":7' in header
    assert any('"inject_done"' in event for event in events)
    again = re.findall(r"run it again: pytest (.*)", story)[0]
    assert "test_suite.py::test_broken" in again
    assert "--downtick-time-scale 0.5 --downtick-seed 7" in again


def test_a_passing_test_leaves_no_history_unless_asked(run: Run, tmp_path: Path) -> None:
    """Nothing is littered; with a folder named, every test has its history there."""
    assert not list(run.folder.glob(".downtick/*test_after*"))
    kept = pytest_run(tmp_path, "def test_fine(rig): pass", "--downtick-history", "kept")
    assert kept.code == 0
    assert len(list((tmp_path / "kept").glob("*.jsonl"))) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--downtick-time-scale", "fast"), "'fast' is not a number above 0"),
        (("--downtick-seed", "x"), "'x' is not a whole number"),
    ],
)
def test_a_bad_setting_runs_nothing(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """What is wrong and what is allowed, as pytest's own usage errors are told."""
    run = pytest_run(tmp_path, "def test_fine(rig): pass", *arguments)
    assert run.code == pytest.ExitCode.USAGE_ERROR
    assert re.search(rf"^ERROR: .*{told}", run.text, re.MULTILINE)
    assert run.verdicts == {}


def test_a_toxiproxy_elsewhere_is_refused(tmp_path: Path) -> None:
    """Only loopback, and the message says so."""
    elsewhere = ("--downtick-toxiproxy-url", "http://192.0.2.1:8474")
    run = pytest_run(tmp_path, "def test_fine(rig): pass", *elsewhere)
    assert run.verdicts["test_fine"] == {"ERROR"}
    assert "loopback" in run.text
