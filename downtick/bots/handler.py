"""For bots in Python: a logging handler by which a bot tells of itself. Imports nothing but the standard library.

::

    log.addHandler(EventHandler())
    log.info("a tick", extra={"event": "tick", "channel": "ticker", "product_id": "BTC-USD", "sequence_num": 12})

A bot that must not know downtick writes the lines itself: see `downtick.bots.events`.
"""

from __future__ import annotations

import json
import logging
import os
import time
from typing import Any, Final

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; the rest was given with ``extra``."""


class EventHandler(logging.Handler):
    """Writes every record that has an ``event`` to a file; others are left to other handlers.

    Args:
        path: of the file; by default the one that ``DOWNTICK_EVENTS`` names. Without either nothing is written, so
            that a bot may always have this handler.
    """

    def __init__(self, path: str | None = None) -> None:
        super().__init__()
        self._path = path or os.environ.get("DOWNTICK_EVENTS")
        self._file: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record as one line: whole, whoever else writes to the file."""
        if self._path is None or not hasattr(record, "event"):
            return
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            given = {key: value for key, value in vars(record).items() if key not in _OWN}
            line = {"at": time.monotonic(), **{key: _plain(value) for key, value in given.items()}}
            os.write(self._file, json.dumps(line).encode() + b"\n")
        except Exception:  # noqa: BLE001 - as every handler does: a log must not end a bot
            self.handleError(record)

    def close(self) -> None:
        """Close the file."""
        self.acquire()
        try:
            if self._file is not None:
                os.close(self._file)
                self._file = None
        finally:
            self.release()
        super().close()


def _plain(value: Any) -> Any:
    """Return a value as it stands in a line: a text, a number, a boolean or null."""
    return value if value is None or isinstance(value, str | int | float) else str(value)
