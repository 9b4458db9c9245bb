"""`kill -9` of a run: within 1 s no process, no port, no file is left. `make bench` does it twenty times."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from chaos_tests.rig.killing import Kind, Phase, kill_run
from chaos_tests.rig.leftovers import Traces

pytestmark = pytest.mark.integration


CASES: list[tuple[Kind, Phase, int]] = [
    ("alone", "starting", 1),
    (
        "alone",
        "playing",
        4,
    ),  # itself, reaper, arena, Toxiproxy; the reaper's anchor may hide its environment
    ("workers", "playing", 7),
    ("idle workers", "playing", 2),
]


@pytest.mark.parametrize(("kind", "phase", "processes"), CASES)
def test_nothing_is_left_of_a_killed_run(
    kind: Kind, phase: Phase, processes: int, traces: Traces, tmp_path: Path
) -> None:
    """Killed at a random moment of its start or of its playing, a run leaves nothing but its histories.

    Not tried is a pytest-xdist worker that is still starting: until pytest is there, it is pytest-xdist's
    to end, which it does as soon as the worker first looks for its controller.
    """
    killed = kill_run(kind, phase, random.uniform(0, 1.5), traces, tmp_path)
    assert killed.processes >= processes
