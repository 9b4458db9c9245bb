"""Tests that the machine spoilt are played again; no others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chaos_tests.metronome import worst

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
        assert "order" == "filled"

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


def test_what_is_lost_bit_by_bit_counts_where_it_is_near_each_other() -> None:
    """In the worst window of a test; what was lost before the test is another's."""
    losses = [(0.0, 1.0, 1.0), (3.0, 3.1, 0.05), (3.4, 3.5, 0.1), (9.0, 9.1, 0.1)]
    assert worst(losses, 2.0, 0.5) == pytest.approx(0.15)
    assert worst(losses, 2.0, 0.3) == pytest.approx(0.1)
    assert worst(losses, 0.4, 0.5) == pytest.approx(0.5)
    assert worst(losses, 9.2, 0.5) == 0


def test_only_what_a_standstill_spoilt_is_played_again(tmp_path: Path) -> None:
    """Twice at most, with the reason told; a wrong test, and one that is only slow, fail at once."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-rA", "-p", "no:randomly", "-p", "no:cacheprovider"),
            *("-p", "chaos_tests.again", "-n", "1", "--downtick-time-scale", "0.5"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
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
