"""A run to be killed: ``python -m chaos_tests.rig.a_run CHILD [WATCHED]`` makes a run folder and one child."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable

from downtick.arena.run_folder import RunFolder

STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.alarm(60)
print("ready", flush=True)
signal.pause()
"""
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {STUBBORN!r}])
"""
WRITER = """
import itertools, pathlib, sys
folder = pathlib.Path(sys.argv[1])
print("ready", flush=True)
for number in itertools.count():
    (folder / str(number % 1000)).write_bytes(bytes(4096))
"""


def start(run: RunFolder, code: str) -> None:
    """Start a Python child that runs the code, and wait until it says that it is ready."""
    child = run.popen([sys.executable, "-c", code, str(run.path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"


def fork(_run: RunFolder) -> None:
    """Fork this process: the fork inherits every descriptor, the pipe to the reaper too."""
    multiprocessing.get_context("fork").Process(target=time.sleep, args=(3,), daemon=True).start()


CHILDREN: dict[str, Callable[[RunFolder], None]] = {
    "none": lambda _run: None,
    "stubborn": lambda run: start(run, STUBBORN),
    "grandchild": lambda run: start(run, PARENT),
    "writer": lambda run: start(run, WRITER),
    "fork": fork,
}


def main(child: str, watched: str = "0") -> None:
    """Be a run that lasts until it is killed, or until its standard input closes."""
    run = RunFolder.create(watch=int(watched) or None)
    CHILDREN[child](run)
    sys.stdout.write(f"{run._reaper.pid} {run.path}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
