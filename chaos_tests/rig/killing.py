"""Kills a run with `kill -9` and looks at what is left of it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chaos_tests.rig.killed_suite import NOTES
from chaos_tests.rig.leftovers import Traces

Kind = Literal["alone", "workers", "idle workers"]
Phase = Literal["starting", "playing"]

ROOT = Path(__file__).parents[2]
PYTEST = [
    *("-m", "pytest", "chaos_tests/rig/killed_suite.py", "-n", "2", "-p", "no:cacheprovider"),
    *("--downtick-time-scale", "0.1", "--basetemp", "{0}/base"),
    *("--downtick-history", "{0}/histories"),
]
COMMANDS: dict[Kind, list[str]] = {
    "alone": ["-m", "chaos_tests.rig.killed_suite"],
    "workers": [*PYTEST, "-k", "play"],
    "idle workers": [*PYTEST, "-k", "idle"],
}


@dataclass(frozen=True)
class Killed:
    """What was killed, and how long it took until nothing was left.

    Attributes:
        processes: how many belonged to the run when it was killed.
        ports: on how many it had listened.
        took: seconds from the kill to the end of a look that found nothing.
    """

    processes: int
    ports: int
    took: float


def kill_run(kind: Kind, phase: Phase, moment: float, traces: Traces, folder: Path) -> Killed:
    """Start a run, kill it, and wait until nothing is left but its histories.

    Args:
        kind: a process that holds a rig, or a pytest controller whose two workers hold one each, or none yet.
        phase: whether the moment counts from the start of the process or of the first test or rig.
        moment: when to kill it, in seconds.
        traces: marks the run.
        folder: for the run's output and histories.

    Raises:
        AssertionError: something was left after a second, or the run ended before it was killed.
    """
    notes, output = folder / "notes", folder / "output"
    notes.touch()
    with (
        output.open("w") as log,
        subprocess.Popen(
            [sys.executable, *(word.format(folder) for word in COMMANDS[kind])],
            cwd=ROOT,
            env={**traces.environment, NOTES: str(notes)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        ) as run,
    ):
        try:
            while phase == "playing" and run.poll() is None and not notes.stat().st_size:
                time.sleep(0.01)
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(moment)
            assert run.returncode is None, f"the run ended by itself: {output.read_text()[-2000:]}"
            processes = len(traces.processes())
            since = time.monotonic()
            run.kill()
            took = traces.gone_after(since)
        finally:
            run.kill()
    ports = [line.split() for line in notes.read_text().split("\n") if line]
    assert [(host, port) for host, port in ports if _listening(host, int(port))] == []
    return Killed(processes, len(ports), took)


def _listening(host: str, port: int) -> bool:
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection((host, port)):
        return True
    return False
