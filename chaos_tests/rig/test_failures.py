"""What a person sees when a test fails, and that a broken rig is never taken for a broken bot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from downtick.links.locate import CACHE_VARIABLE, cache_folder

pytestmark = pytest.mark.integration
_CACHE = cache_folder().parent  # before pytester gives the test another home
pytest_plugins = ["pytester"]

KILL = """
import os, signal, subprocess
import pytest
from downtick.arena.host import shared_arena

def kill_toxiproxy():
    arena = str(shared_arena().pid)
    listing = subprocess.run(["ps", "-axo", "pid=,ppid=,args="], capture_output=True, text=True).stdout
    (server,) = [l.split()[0] for l in listing.splitlines() if l.split()[1] == arena]
    os.kill(int(server), signal.SIGKILL)

def kill_arena():
    os.kill(shared_arena().pid, signal.SIGKILL)
"""


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A pytest of its own, with helper processes of its own, but not with a Toxiproxy built anew."""
    monkeypatch.setenv(CACHE_VARIABLE, str(_CACHE))
    pytester.makeini(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
    )
    return pytester


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider", *arguments)


def test_a_toxiproxy_that_dies_makes_the_test_an_error(pytester: pytest.Pytester) -> None:
    """Not a pass, though the test body itself was content; and the next test has a rig again."""
    pytester.makepyfile(
        KILL
        + """
def test_content(rig):
    kill_toxiproxy()
    with pytest.raises(Exception):
        rig.wait("never", within=30)

def test_next(rig):
    assert rig.endpoints.rest
"""
    )
    result = run(pytester)
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*ToxiproxyDied*"])


def test_an_arena_that_dies_makes_the_test_an_error(pytester: pytest.Pytester) -> None:
    """The same for the helper process, and for a bot's assertion that failed because of it."""
    pytester.makepyfile(
        KILL
        + """
def test_failing(rig):
    kill_arena()
    try:
        rig.wait("never", within=30)
    finally:
        raise AssertionError("the bot seems broken")

def test_next(rig):
    assert rig.endpoints.rest
"""
    )
    result = run(pytester)
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*ArenaDied*"])


def test_a_failing_test_says_what_happened_and_how_to_run_it_again(
    pytester: pytest.Pytester,
) -> None:
    """A timeline, the path of a history that can be read, and one command that fails in the same way."""
    pytester.makepyfile(
        """
import pytest

@pytest.mark.toxics(arm=("market_ws",))
async def test_broken(rig):
    await rig.inject("market_ws", "reset")
    assert "bot" == "back"
"""
    )
    result = run(pytester, "--downtick-time-scale", "0.5", "--downtick-seed", "7")
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert re.search(r"\d\.\d{3}s +conductor +inject done: reset on market_ws", text)
    (path,) = re.findall(r"history: (\S+)", text)
    header, *events = Path(path).read_text().splitlines()
    assert '"seed":7' in header
    assert any('"inject_done"' in event for event in events)
    (again,) = re.findall(r"run it again: pytest (.*)", text)
    assert "--downtick-time-scale 0.5 --downtick-seed 7" in again


def test_a_passing_test_leaves_a_history_only_where_it_is_asked_to(
    pytester: pytest.Pytester,
) -> None:
    """Nothing is littered; with a folder named, every test has its history there."""
    pytester.makepyfile("def test_fine(rig): pass")
    run(pytester).assert_outcomes(passed=1)
    assert not (pytester.path / ".downtick").exists()
    run(pytester, "--downtick-history", "kept").assert_outcomes(passed=1)
    assert len(list((pytester.path / "kept").glob("*.jsonl"))) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--downtick-time-scale", "fast"), "not a number above 0"),
        (("--downtick-seed", "x"), "not a whole number"),
        (("--downtick-toxiproxy-url", "http://192.0.2.1:8474"), "loopback"),
    ],
)
def test_a_bad_setting_is_one_clear_error(
    pytester: pytest.Pytester, arguments: tuple[str, ...], told: str
) -> None:
    """What is wrong and what is allowed; no socket was opened."""
    pytester.makepyfile("def test_fine(rig): pass")
    result = run(pytester, *arguments)
    assert result.ret != 0
    result.stdout.fnmatch_lines([f"*{told}*"])


def test_an_unknown_profile_is_an_error_with_a_near_miss(pytester: pytest.Pytester) -> None:
    """A test that names a profile wrongly says which one it may have meant."""
    pytester.makepyfile(
        """
import pytest

@pytest.mark.toxics("streaming/market-feed-reste")
def test_typo(rig): pass
"""
    )
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*market-feed-reset*"])
