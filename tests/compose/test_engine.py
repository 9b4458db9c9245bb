from __future__ import annotations

from typing import Any

import pytest
from docker.errors import DockerException

from chaos_tests.compose import engine


class Engine:
    """Stands for a Docker engine that answers."""

    def ping(self) -> bool:
        return True

    def close(self) -> None:
        """Let go."""


def unreachable() -> Any:
    """Stand for an engine that is not there."""
    raise DockerException("Error while fetching server API version\nand more")


def test_without_an_engine_one_line_says_so() -> None:
    """And how one is named."""
    said = engine.lacking(unreachable)
    assert said is not None
    assert "no Docker engine can be reached (Error while fetching server API version)" in said
    assert "DOCKER_HOST" in said


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (["docker", "compose"], None),
        (["docker-compose"], None),
        (None, "there is neither `docker compose` nor `docker-compose`; install one"),
    ],
)
def test_with_an_engine_a_command_is_needed(
    monkeypatch: pytest.MonkeyPatch, there: list[str] | None, said: str | None
) -> None:
    """Either of the two."""
    monkeypatch.setattr(engine, "compose_command", lambda: there)
    assert engine.lacking(Engine) == said
