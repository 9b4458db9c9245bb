"""The service under test."""

from __future__ import annotations

import pytest

from chaos_tests.streaming.desk import Make, sound


@pytest.fixture
def make() -> Make:
    """Return what makes the service as it is. Tests of the tests hand in broken ones instead."""
    return sound
