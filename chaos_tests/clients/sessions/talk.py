"""What a session tells the test that started it: one JSON object a line, on standard output."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

WITHIN = 20.0
"""Seconds that a session waits for anything before it gives up."""


def tell(what: str, **particulars: object) -> None:
    """Tell one thing that the client saw."""
    line = json.dumps({"what": what, **particulars}, default=str)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def wait(condition: Callable[[], object], what: str) -> None:
    """Wait until a condition holds that another thread brings about.

    Raises:
        TimeoutError: it does not.
    """
    end = time.monotonic() + WITHIN
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {WITHIN:g} s: {what}")
        time.sleep(0.01)
