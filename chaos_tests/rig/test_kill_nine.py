"""`kill -9` of a run: within 1 s no process, no port, no file is left. `make bench` does it twenty times."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from chaos_tests.rig.killing import Kind, Phase, kill_run
from chaos_tests.rig.leftovers import Traces

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("phase", ["starting", "playing"])
@pytest.mark.parametrize("kind", ["alone", "xdist"])
def test_nothing_is_left_of_a_killed_run(
    kind: Kind, phase: Phase, traces: Traces, tmp_path: Path
) -> None:
    """Killed at a random moment of its start or of its playing, a run leaves nothing but its histories."""
    killed = kill_run(kind, phase, random.uniform(0, 1.5), traces, tmp_path)
    assert phase == "starting" or killed.processes >= {"alone": 4, "xdist": 6}[kind]
