"""Waiting for what a bot in a container says, by a log that comes in pieces."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from chaos_tests.compose.engine import Project

START = b'no message\n{"message": "starting"}\n{"message": "mode rec'
REST = b'overing -> normal"}\n{"message": "trading"}\n'


class Log:
    """Stands for a log that is followed: some pieces, and then nothing until somebody closes it."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        for piece in pieces:
            self._pieces.put(piece)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces.get, None)

    def close(self) -> None:
        """End it."""
        self._pieces.put(None)


def project(*pieces: bytes) -> Project:
    """Return a project whose bot has such a log."""
    bot: Any = SimpleNamespace(logs=lambda **_: Log(*pieces))
    containers = SimpleNamespace(list=lambda **_: [bot])
    return Project(SimpleNamespace(containers=containers))


def test_a_message_is_found_by_its_number() -> None:
    """Wherever it was cut in two; what is no message does not count."""
    up = project(START, REST)
    assert up.until_said("-> normal", within=5) == 2
    assert up.until_said("trading", after=2, within=5) == 3


def test_what_is_not_said_in_time_is_told() -> None:
    """The log is closed then, and what was said before does not count."""
    with pytest.raises(AssertionError, match=r"did not say 'starting' within 0\.05 s"):
        project(START).until_said("starting", after=1, within=0.05)
