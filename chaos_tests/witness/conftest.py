from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest

from chaos_tests.witness.scene import Scene

collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]
"""Elsewhere there is no witness, which the unit tests look after."""


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A link made of a plain listener, with a witness that looks at it."""
    made = Scene()
    yield made
    made.close()
