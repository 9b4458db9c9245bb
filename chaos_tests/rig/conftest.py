from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos_tests.rig.leftovers import Traces


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Let the processes that a test starts be interrupted, though this one may ignore SIGINT.

    A shell without job control ignores it for what it runs in the background, and children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def traces() -> Iterator[Traces]:
    """Give the means to find everything that a run leaves.

    Its folder has a short path, because Unix sockets stand in it.
    """
    with tempfile.TemporaryDirectory(prefix="dt", ignore_cleanup_errors=True) as folder:
        yield Traces(Path(folder))
