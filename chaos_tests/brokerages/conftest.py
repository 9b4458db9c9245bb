"""The client under test."""

from __future__ import annotations

import pytest

from chaos_tests.brokerages.watch import Make, plain, sound


@pytest.fixture
def make() -> Make:
    """Return what makes the client as it is. Tests of the tests hand in broken ones instead."""
    return sound


@pytest.fixture
def make_plain() -> Make:
    """Return what makes the client as it is, without TLS."""
    return plain
