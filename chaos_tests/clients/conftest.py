from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chaos_tests.clients.environments import left_out
from chaos_tests.clients.programs import without_program
from chaos_tests.clients.running import WITHIN, folder

pytest.register_assert_rewrite("chaos_tests.clients.judging")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the clients that this machine cannot have, and give the others time."""
    lacking = _lacking()
    out = [item for item in items if _client(item) in lacking]
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(WITHIN + 60))
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which clients were left out, and why."""
    for client, reason in sorted(_lacking().items()):
        terminalreporter.write_line(f"clients: {client} left out: {reason}")


def _lacking() -> dict[str, str]:
    return left_out(folder()) | without_program()


def _client(item: pytest.Item) -> str | None:
    marker = item.get_closest_marker("clients")
    return marker.args[0] if marker and marker.args else None
