"""Collects everything that is wrong with one file, so that it is told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NamedTuple

MOST_PROBLEMS = 50
"""A file with more problems than this is something else than a profile; the rest is only counted."""


class Mark(NamedTuple):
    """A place in a file, both counted from 1."""

    line: int
    column: int


class Problems:
    """The problems of one file, in the order of the file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[tuple[Mark, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, mark: Mark, message: str) -> None:
        """Add one problem; the message says what was found and what is allowed."""
        self._found.append((mark, message))

    def lines(self) -> tuple[str, ...]:
        """Return one line a problem: ``file:line:column: message``."""
        found = sorted(dict.fromkeys(self._found))
        lines = [f"{self._file}:{mark.line}:{mark.column}: {text}" for mark, text in found]
        if len(lines) > MOST_PROBLEMS:
            lines[MOST_PROBLEMS:] = [
                f"{self._file}: and {len(lines) - MOST_PROBLEMS} more problems"
            ]
        return tuple(lines)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return ``; did you mean `x`?``, or nothing if no allowed word is near."""
    near = difflib.get_close_matches(word[:80], list(allowed), n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def one_of(allowed: Iterable[str]) -> str:
    """Return the allowed words as a reader wants them: `a`, `b`, `c`."""
    return ", ".join(f"`{word}`" for word in allowed) or "nothing"


def key_text(key: str) -> str:
    """Return a key as it may stand in a message."""
    return key if key.isprintable() and len(key) <= 60 else shown(key)


def shown(value: object) -> str:
    """Return a value as it may stand in a message: short, on one line, printable."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else str(value)
    return f"`{text[:57]}...`" if len(text) > 60 else f"`{text}`"
