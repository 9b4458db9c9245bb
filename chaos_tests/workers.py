"""How chaos tests are shared out to workers: tests that start many processes one after the other, the rest freely.

Two such tests at once would leave the rest no time. (pytest-xdist's own ``xdist_group`` marks do nothing under
pytest 9.2: pytest-dev/pytest-xdist, issue 1386.)
"""

from __future__ import annotations

from typing import Final

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

PROCESSES: Final = frozenset(
    f"chaos_tests/rig/test_{name}.py"
    for name in ("failures", "incident", "kill_nine", "plugin", "run", "up", "wheel")
)
"""Modules whose tests start many processes each."""


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """Gives a worker one test after the other, but all of `PROCESSES` to the same."""

    def _split_scope(self, nodeid: str) -> str:
        return "processes" if nodeid.split("::", 1)[0] in PROCESSES else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing | None:
    """Share out so where `--dist loadgroup` is asked for."""
    return Sharing(config, log) if config.getvalue("dist") == "loadgroup" else None
