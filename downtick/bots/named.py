"""Bots that a project has given names: ``[tool.downtick.bots]`` in its ``pyproject.toml``."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from typing import Any, Final

from downtick.errors import InputError
from downtick.profiles.problems import did_you_mean, one_of

FILE: Final = Path("pyproject.toml")
TABLE: Final = "tool.downtick.bots"


def named_bot(name: str, file: Path = FILE) -> tuple[str, ...]:
    """Return the command of a bot, as words.

    Args:
        name: that the project gave it.
        file: of the project; its table has a command line for each name, as one text or as a list of words.

    Raises:
        InputError: there is no such file, table or name, or what stands there is no command line.
    """
    bots = _bots(file)
    if name not in bots:
        hint = did_you_mean(name, bots)
        raise InputError(
            f"--bot: found `{name}`; allowed, in [{TABLE}] of {file}: {one_of(bots)}{hint}"
        )
    found = bots[name]
    try:
        words = shlex.split(found) if isinstance(found, str) else found
    except ValueError as error:
        raise InputError(f"{file}: {TABLE}.{name}: {error}") from error
    if not words or not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        raise InputError(
            f"{file}: {TABLE}.{name}: found {found!r}; allowed: a command line, or a list of its words"
        )
    return tuple(words)


def _bots(file: Path) -> dict[str, Any]:
    try:
        told: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"--bot: {file}: {error.strerror}; it names bots in [{TABLE}]") from error
    except ValueError as error:  # neither TOML nor UTF-8
        raise InputError(f"{file}: {error}") from error
    for key in TABLE.split("."):
        told = told.get(key) if isinstance(told, dict) else None
    if not isinstance(told, dict):
        raise InputError(f'--bot: {file} has no table [{TABLE}]: `name = "command line"`')
    return told
