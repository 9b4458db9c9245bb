"""The run folder: everything temporary of a run in one place, gone with all child processes when the run is.

However the run ends, by `RunFolder.close`, by its exit or by ``kill -9``, the reaper (`reaper`) ends the
children within a second and removes the folder. What it cannot reach: a child that left the run's process group
on purpose (``setsid``), and the folder of a run that dies after somebody killed its reaper; the children of
such a run still end.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Any, Self

from downtick.errors import RigError

_REAPER = Path(__file__).with_name("reaper.py")
_PATIENCE = 2.0


class RunFolder:
    """A folder, and a process group whose members end with this process.

    Attributes:
        path: the folder, for its owner alone (0700), in the system's folder for temporary files.
        group: the process group that children must join. `popen` does it; another way to start a child takes
            ``process_group=run.group``.
    """

    def __init__(
        self, path: Path, group: int, lifeline: int, reaper: subprocess.Popen[bytes]
    ) -> None:
        self.path = path
        self.group = group
        self._lifeline: int | None = lifeline
        self._reaper = reaper
        self._children: list[subprocess.Popen[Any]] = []
        _open_runs.add(self)
        atexit.register(self.close)

    @classmethod
    def create(cls, *, watch: int | None = None) -> RunFolder:
        """Make the folder and start its reaper. Takes some 30 ms.

        Args:
            watch: the number of another process whose end ends this one too, by SIGKILL: a pytest-xdist
                worker goes with its controller.

        Raises:
            RigError: the reaper did not start; the message carries what it said.
        """
        lifeline_out, lifeline = os.pipe()  # neither is inherited by any child
        arguments = [tempfile.gettempdir(), str(os.getpid()), *([str(watch)] if watch else [])]
        try:
            reaper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_REAPER), *arguments],
                stdin=lifeline_out,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                process_group=0,  # out of reach of the terminal's Ctrl-C
            )
        finally:
            os.close(lifeline_out)
        assert reaper.stdout is not None
        with reaper.stdout:
            answer = reaper.stdout.read().decode(errors="replace")
        group, _, path = answer.partition(" ")
        if not group.isdecimal():
            os.close(lifeline)
            reaper.wait()
            raise RigError(f"the run's reaper did not start: {answer.strip()}")
        return cls(Path(path), int(group), lifeline, reaper)

    def popen(self, argv: list[str], **kwargs: Any) -> subprocess.Popen[Any]:
        """Start a child in the run's process group, as ``subprocess.Popen`` does.

        Standard input is empty unless given: a child in a group of its own must not read the terminal.

        Raises:
            RigError: the run folder is closed.
            OSError: the child cannot be started.
        """
        if self._lifeline is None:
            raise RigError("the run folder is closed: no child can be started")
        kwargs.setdefault("stdin", subprocess.DEVNULL)
        child: subprocess.Popen[Any] = subprocess.Popen(argv, process_group=self.group, **kwargs)
        self._children.append(child)
        return child

    def close(self) -> None:
        """End all children at once, without asking, and remove the folder. A second call does nothing."""
        if self._lifeline is None:
            return
        self._let_go()
        atexit.unregister(self.close)
        for (
            child
        ) in self._children:  # the reaper kills them too, but as zombies they keep the group
            child.kill()
            child.wait()
        self._reaper.wait(_PATIENCE)
        if self.path.exists():  # somebody killed the reaper
            import shutil  # noqa: PLC0415 - only then

            shutil.rmtree(self.path, ignore_errors=True)

    def _let_go(self) -> None:
        """Close our end of the lifeline."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        _open_runs.discard(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_open_runs: weakref.WeakSet[RunFolder] = weakref.WeakSet()


def _forget_in_fork() -> None:
    """In a fork of the run (multiprocessing): the run is not ours to hold open, nor to close."""
    for run in list(_open_runs):
        run._let_go()


os.register_at_fork(after_in_child=_forget_in_fork)
