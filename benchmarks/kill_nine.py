"""How long after a `kill -9` nothing is left of a run: no process, no port, no file but its histories.

Run as ``python -m benchmarks.kill_nine [SEED]``. The moments are random; the seed that is printed repeats them.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Row, show
from chaos_tests.rig.killing import Kind, Phase, kill_run
from chaos_tests.rig.leftovers import Traces

RUNS: list[tuple[Kind, Phase, int]] = [
    ("alone", "starting", 7),
    ("alone", "playing", 7),
    ("workers", "playing", 6),
]
SPAN = 2.0
"""Seconds of each phase within which the moments lie."""


def kill(kind: Kind, phase: Phase, moment: float) -> float:
    """Kill one run and return the seconds until nothing was left of it."""
    with (
        tempfile.TemporaryDirectory(prefix="dt") as temporary,
        tempfile.TemporaryDirectory() as folder,
    ):
        killed = kill_run(kind, phase, moment, Traces(Path(temporary)), Path(folder))
    print(
        f"  {kind}, {moment:.2f} s into {phase}: {killed.processes} processes,"
        f" {killed.ports} ports; all gone after {killed.took:.2f} s"
    )
    return killed.took


def main() -> None:
    """Measure and print."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10**6)
    draw = random.Random(seed)
    print(f"\nkill -9 at random moments, seed {seed}")
    rows = [
        Row.of(f"{kind}, {phase}", [kill(kind, phase, draw.uniform(0, SPAN)) for _ in range(count)])
        for kind, phase, count in RUNS
    ]
    show("nothing is left after kill -9 (s)", rows)


if __name__ == "__main__":
    main()
