"""The reaper: a process that outlives its run just long enough to end the run's children and remove its folder.

Started by `run_folder` as a plain script with nothing but the standard library, so that it is there in
milliseconds. Its standard input is the *lifeline*, a pipe whose only write end the run holds::

    run ──lifeline──▶ reaper          makes the folder, waits, kills the group, removes the folder
      │        └────▶ anchor          leads the group of the children; kills its own group at the pipe's end
      └─ children, all of them in the anchor's process group

The kernel closes the lifeline however the run dies, ``kill -9`` included. A child that is just being started
holds the pipe until it runs its own program, and by then it has joined the group, so none slips through.
The anchor is there so that the children end with the run even if the reaper itself was killed before.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time

POLL = 0.1
"""Seconds between two looks at the processes; the pipe itself is noticed at once."""

KILLING = 0.1
"""Seconds for which the group is killed again and again, unless it is gone before."""

REMOVING = 0.3
"""Seconds for which the folder is removed again and again, unless it is gone before."""

LIFELINE = 0
"""The descriptor of the pipe: standard input."""


class Watched:
    """A process that is not ours and whose end matters.

    On Linux by a descriptor of the process, which a new process under the old number cannot fake and which
    tells of a zombie too; elsewhere by its number.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        try:
            self._descriptor = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        except OSError:  # gone already, or a kernel without such descriptors: its number tells
            self._descriptor = None

    def has_ended(self) -> bool:
        """Tell whether the process is gone."""
        if self._descriptor is not None:
            return bool(select.select([self._descriptor], [], [], 0)[0])
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:  # another user's, but there
            return False
        return False


def make_folder(root: str) -> str:
    """Make a new folder of our own under ``root`` and return its path.

    The name is short, because a Unix socket's path must not be longer than 104 bytes on macOS.
    """
    path = os.path.join(root, f"downtick-{os.urandom(4).hex()}")  # noqa: PTH118 - pathlib is slow to import
    os.mkdir(path, 0o700)  # noqa: PTH102
    return path


def drop_anchor() -> int:
    """Start the process that leads the children's group and return the group's number."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            close_answer()
            os.read(LIFELINE, 1)  # nobody ever writes: it returns when the run is gone
            os.killpg(0, signal.SIGKILL)
        finally:
            os._exit(1)
    os.setpgid(pid, pid)  # here too: whichever comes first
    return pid


def close_answer() -> None:
    """Let go of the run's pipes, so that nobody who reads its output waits for us."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def wait_for_end(run: int, watched: Watched | None) -> None:
    """Return when the run is gone. Kill it when the watched process is gone.

    Args:
        run: the number of the run's process, our parent: no other process can have it meanwhile.
        watched: another process whose end ends the run too.
    """
    while not select.select([LIFELINE], [], [], POLL)[0]:
        if os.getppid() != run:  # gone, though a fork of it holds the pipe open
            return
        if watched is not None and watched.has_ended():
            os.kill(run, signal.SIGKILL)


def kill_group(group: int) -> None:
    """Kill every process of the group until the group is gone: then nobody can join it any more."""
    deadline = time.monotonic() + KILLING
    reaped = False
    while time.monotonic() < deadline:
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            return
        if not reaped:  # the anchor, our child, would keep the group's number as a zombie
            os.waitpid(group, 0)
            reaped = True
        time.sleep(0.002)


def remove_folder(path: str) -> None:
    """Remove the folder and all in it, even if somebody outside the group is still writing there."""
    deadline = time.monotonic() + REMOVING
    while True:
        remove_tree(path)
        if not os.path.lexists(path) or time.monotonic() > deadline:
            return
        time.sleep(0.01)


def remove_tree(path: str) -> None:
    """Remove as much as can be removed. `shutil`, which does it too, takes longer to import than we have."""
    with contextlib.suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                remove_tree(entry.path)
            else:
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108
    with contextlib.suppress(OSError):
        os.rmdir(path)  # noqa: PTH106


def main(root: str, run: int, watched: int | None) -> None:
    """Be the reaper of one run.

    Args:
        root: where the run's folder is to stand.
        run: the number of the run's process.
        watched: the number of another process whose end ends the run too, or None.
    """
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    group = drop_anchor()
    path = make_folder(root)
    try:
        os.write(1, f"{group} {path}".encode())
        close_answer()
        wait_for_end(run, Watched(watched) if watched else None)
    finally:
        kill_group(group)
        remove_folder(path)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
