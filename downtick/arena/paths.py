"""Lets paths travel in messages, as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def path_to_text(value: object) -> str:
    """Return a path as text; msgspec asks for each value that it cannot write itself."""
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} does not travel in a message")


def path_of_text(kind: type, value: Any) -> Any:
    """Return text as a path; msgspec asks for each type that it does not know."""
    if kind is Path:
        return Path(value)
    raise NotImplementedError(f"{kind.__name__} does not travel in a message")
