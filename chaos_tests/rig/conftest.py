from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos_tests.rig.leftovers import Traces


@pytest.fixture
def traces() -> Iterator[Traces]:
    """Give the means to find everything that a run leaves.

    Its folder has a short path, because Unix sockets stand in it.
    """
    with tempfile.TemporaryDirectory(prefix="dt", ignore_cleanup_errors=True) as folder:
        yield Traces(Path(folder))
