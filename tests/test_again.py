"""Tests that the machine spoilt are played again; no others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chaos_tests.metronome import Metronome, stolen, worst

ROOT = Path(__file__).parents[1]

SUITE = """
import os, signal, time
import pytest
from chaos_tests.again import _metronome

plays = []

@pytest.fixture
def stand_still(request):
    pid = request.config.stash[_metronome].pid
    def stand_still(seconds):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(pid, signal.SIGCONT)
    return stand_still

def test_spoilt(stand_still):
    plays.append("spoilt")
    if plays.count("spoilt") == 1:
        stand_still(1.5)
        plays.append(time.monotonic())
        assert "order" == "filled"
    assert time.monotonic() > plays[1] + 1.5  # it was waited for calm

def test_spoilt_each_time(stand_still):
    plays.append("each time")
    stand_still(1.5)
    assert plays.count("each time") > 3

def test_only_slow(stand_still):
    plays.append("slow")
    stand_still(0.1)
    assert plays.count("slow") > 1

def test_wrong():
    plays.append("wrong")
    sum(range(20_000_000))
    assert plays.count("wrong") > 1

def test_sound_all_the_same(stand_still):
    plays.append("sound")
    stand_still(1.5)
    assert plays.count("sound") == 1
"""


NO_HOST = """
import functools
from chaos_tests import again, metronome

again.Metronome = functools.partial(metronome.Metronome, stat="/dev/null")
"""


def test_what_the_host_took_is_told_for_each_processor(tmp_path: Path) -> None:
    """Nothing where the kernel does not say."""
    stat = tmp_path / "stat"
    stat.write_text(
        "cpu 1 2 3 4 5 6 7 9 0 0\ncpu0 0 0 0 0 0 0 0 300 0 0\ncpu3 0 0 0 0 0 0 0 0 0 0\nintr 7 1\n"
    )
    tick = os.sysconf("SC_CLK_TCK")
    assert stolen(str(stat)) == {"cpu0": 300 / tick, "cpu3": 0.0}
    stat.write_text("cpu 1 2 3 4\ncpu0 1 2 3 4\n")
    assert stolen(str(stat)) == stolen("/dev/null") == stolen(str(tmp_path / "none")) == {}


def test_a_processor_that_the_host_took_stood_still(tmp_path: Path) -> None:
    """Until it gave it back; another one says nothing of it."""
    stat = tmp_path / "stat"

    def show(*ticks: int) -> None:
        lines = [f"cpu{n} 0 0 0 0 0 0 0 {each} 0 0" for n, each in enumerate(ticks)]
        stat.with_suffix(".new").write_text("\n".join(["cpu 0", *lines, ""]))
        stat.with_suffix(".new").replace(stat)

    show(500, 700)
    metronome = Metronome(str(stat))
    try:
        since = time.monotonic() - 10
        before = metronome.most_lost(since, 20.0)
        show(500, 700 + 3 * os.sysconf("SC_CLK_TCK"))
        ends = time.monotonic() + 10
        while (lost := metronome.most_lost(since, 20.0)) <= before and time.monotonic() < ends:
            pass
        assert lost == pytest.approx(3.0)
    finally:
        metronome.close()


def test_what_is_lost_bit_by_bit_counts_where_it_is_near_each_other() -> None:
    """In the worst window of a test; what was lost before the test is another's."""
    losses = [(0.0, 1.0), (3.0, 3.05), (3.4, 3.5), (9.0, 9.1)]
    assert worst(losses, 2.0, 0.5) == pytest.approx(0.15)
    assert worst(losses, 2.0, 0.3) == pytest.approx(0.1)
    assert worst(losses, 0.0, 0.3) == pytest.approx(0.3)
    assert worst(losses, 0.4, 0.5) == pytest.approx(0.5)
    assert worst(losses, 9.2, 0.5) == 0


def test_only_what_a_standstill_spoilt_is_played_again(tmp_path: Path) -> None:
    """Twice at most, with the reason told; a wrong test, and one that is only slow, fail at once."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(NO_HOST)
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-rA", "-p", "no:randomly", "-p", "no:cacheprovider"),
            *("-p", "chaos_tests.again", "-n", "1", "--downtick-time-scale", "0.5"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    found = {
        name: verdict
        for verdict, name in re.findall(r"^(PASSED|FAILED) \S+::(\w+)", run.stdout, re.MULTILINE)
    }
    assert found == {
        "test_spoilt": "PASSED",
        "test_spoilt_each_time": "FAILED",
        "test_only_slow": "FAILED",
        "test_wrong": "FAILED",
        "test_sound_all_the_same": "PASSED",
    }
    again = re.findall(
        r"^played again: \S+::(\w+): .* still for \d\.\d\d s in it \((.*)\)$",
        run.stdout,
        re.MULTILINE,
    )
    assert [name for name, _ in again].count("test_spoilt") == 1
    assert [name for name, _ in again].count("test_spoilt_each_time") == 2
    assert {name for name, _ in again} == {"test_spoilt", "test_spoilt_each_time"}
    assert "AssertionError: assert 'order' == 'filled'" in dict(again)["test_spoilt"]
