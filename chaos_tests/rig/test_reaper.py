from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaos_tests.rig.leftovers import Traces, eventually

pytestmark = pytest.mark.integration

Start = Callable[..., "Run"]
ROOT = Path(__file__).parents[2]


class Run:
    """A run in a process of its own.

    Attributes:
        process: the run.
        reaper: the number of its reaper's process.
        folder: the run folder.
    """

    def __init__(self, traces: Traces, child: str, watched: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chaos_tests.rig.a_run", child, str(watched)],
            cwd=ROOT,
            env=traces.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        reaper, folder = self.process.stdout.readline().split()
        self.reaper, self.folder = int(reaper), Path(folder)

    def end(self) -> None:
        """End the process and let go of its pipes."""
        with self.process:
            self.process.kill()


@pytest.fixture
def start(traces: Traces) -> Iterator[Start]:
    """Give a function that starts a run, and end all of them after the test."""
    runs = []

    def start(child: str = "none", watched: int = 0) -> Run:
        runs.append(Run(traces, child, watched))
        return runs[-1]

    yield start
    for run in runs:
        run.end()


@pytest.mark.parametrize("child", ["none", "stubborn", "grandchild", "writer"])
@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_of_a_dead_run(
    start: Start, traces: Traces, child: str, death: signal.Signals
) -> None:
    """However a run dies, and whatever its child does, within 1 s no process and no file is left."""
    run = start(child)
    assert len(traces.processes()) >= 3
    assert run.folder.is_dir()
    since = time.monotonic()
    run.process.send_signal(death)
    traces.gone_after(since)


@pytest.mark.parametrize("child", ["stubborn", "grandchild", "writer"])
def test_nothing_is_left_of_an_orderly_run(start: Start, traces: Traces, child: str) -> None:
    """A run that just ends, without closing its folder, leaves nothing once its process has ended."""
    run = start(child)
    assert run.process.stdin is not None
    run.process.stdin.close()
    assert run.process.wait(10) == 0
    assert traces.processes() + traces.files() == []


def test_forked_run_is_seen_to_die(start: Start, traces: Traces) -> None:
    """A fork of the run (multiprocessing) does not keep the run's folder and children alive."""
    run = start("fork")
    since = time.monotonic()
    run.process.kill()
    # What remains is the fork itself: the test's own process, and its own business.
    eventually(lambda: len(traces.processes()) == 1, since, what=traces.processes)
    assert traces.files() == []


def test_run_ends_with_the_watched_process(start: Start, traces: Traces) -> None:
    """A run goes with the process it watches, even while nobody has waited for that one."""
    watched = subprocess.Popen(["sleep", "60"])
    try:
        run = start("stubborn", watched.pid)
        since = time.monotonic()
        watched.kill()
        traces.gone_after(since)
        assert run.process.wait(10) == -signal.SIGKILL
    finally:
        watched.kill()
        watched.wait()


def test_children_end_although_the_reaper_was_killed(start: Start, traces: Traces) -> None:
    """With its reaper killed, a run's children still end with it; its folder stays behind."""
    run = start("grandchild")
    os.kill(run.reaper, signal.SIGKILL)
    since = time.monotonic()
    run.process.kill()
    eventually(lambda: not traces.processes(), since, what=traces.processes)
    assert run.folder.exists()


def test_signals_do_not_reach_the_reaper(start: Start, traces: Traces) -> None:
    """What a person or a system sends to end processes politely does not end the reaper first."""
    run = start("stubborn")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        os.kill(run.reaper, number)
    since = time.monotonic()
    run.process.kill()
    traces.gone_after(since)


def test_runs_do_not_touch_each_other(start: Start, traces: Traces) -> None:
    """Of two runs side by side only the killed one ends."""
    kept, killed = start("stubborn"), start("stubborn")
    since = time.monotonic()
    killed.process.kill()
    alive = 4  # run, reaper, anchor, child
    eventually(lambda: len(traces.processes()) == alive, since, what=traces.processes)
    assert kept.folder.is_dir()
    assert not killed.folder.exists()
