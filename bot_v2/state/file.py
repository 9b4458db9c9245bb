"""The file of the store: one process at a time, and every change whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from bot_v2.state.errors import StoreFailed, StoreInUse, StoreUnreadable
from bot_v2.state.schema import prepare

T = TypeVar("T")

IN_MEMORY: Final = ":memory:"
"""A name for no file: everything is forgotten at the end."""


class StateFile:
    """An open store. To be used from one thread at a time.

    A process that is killed loses nothing for which `change` has returned: the log that it was appended to is the
    kernel's. A machine that loses its power loses nothing that was kept with `lasting`.

    Raises:
        StateError: see there; the file is as it was.
    """

    def __init__(self, path: Path | str) -> None:
        self._name = str(path)
        self._lock = None if self._name == IN_MEMORY else _lock(Path(path))
        try:
            self._db = _open(self._name)
        except BaseException:
            self._unlock()
            raise
        self._lasting = True

    def change(self, work: Callable[[sqlite3.Connection], T], lasting: bool = False) -> T:
        """Do all of some work, or nothing of it.

        Args:
            work: is handed the database.
            lasting: whether to return only when it would survive a loss of power.

        Raises:
            StoreFailed: it could not be done.
        """
        try:
            if lasting != self._lasting:
                self._db.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'NORMAL'}")
                self._lasting = lasting
            self._db.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._db)
                self._db.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # SQLite may have done so itself
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreFailed(f"{self._name}: {error}") from error
        return result

    def close(self) -> None:
        """Close it. Calling it again does no harm."""
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _lock(path: Path) -> int:
    """Take the file for this process; the kernel takes it back when the process ends, however it ends.

    The lock is a file beside it: closing any other handle of a database would end SQLite's own locks.
    """
    beside = path.with_name(path.name + ".lock")
    try:
        lock = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnreadable(f"{path} cannot be opened: {error}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise StoreInUse(f"{path} is in use by another process") from None
    return lock


def _open(name: str) -> sqlite3.Connection:
    db = None
    try:
        db = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        prepare(db, name)
    except BaseException as error:
        if db is not None:
            db.close()
        if isinstance(error, sqlite3.Error):
            raise StoreUnreadable(f"{name} cannot be used: {error}") from error
        raise
    return db
