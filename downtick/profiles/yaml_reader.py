"""YAML text to a tree of values that know where they stand.

PyYAML scans and parses; the tree is built here from its events, with a stack of our own, so that depth and size
are bounded before anything grows. Left out on purpose: anchors and aliases (a few lines of them can stand for
billions of values), tags (they name types), several documents, keys that are not words. Plain words are read by
the core schema of YAML 1.2, as editors do: only ``true`` and ``false`` are booleans, ``on`` and ``no`` are text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from downtick.profiles.problems import Mark, Problems, key_text, shown

MOST_CHARACTERS = 64 * 1024
MOST_VALUES = 10_000
DEEPEST = 16

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

Scalar = str | int | float | bool | None


class Entry(NamedTuple):
    """One key of a mapping: where the key stands, and its value."""

    mark: Mark
    node: Node


@dataclass(frozen=True)
class Node:
    """One value of the tree: a scalar, a list of nodes, or a mapping by key."""

    value: Scalar | list[Node] | dict[str, Entry]
    mark: Mark


def read(text: str, problems: Problems) -> Node | None:
    """Return the tree of a YAML text, or None if it has none; what is wrong goes into ``problems``."""
    if len(text) > MOST_CHARACTERS:
        size = f"{len(text):,} characters; a profile has at most {MOST_CHARACTERS:,}"
        problems.add(Mark(1, 1), f"the file is too large: {size}")
        return None
    try:
        return _Builder(problems).build(yaml.parse(text, Loader=yaml.SafeLoader))
    except _Refused as refused:
        problems.add(refused.mark, refused.message)
    except yaml.reader.ReaderError as error:
        problems.add(*_unreadable(text, error.position))
    except yaml.MarkedYAMLError as error:
        problems.add(*_explained(text, error))
    except (ValueError, OverflowError) as error:
        # PyYAML lets these through for an escape beyond Unicode and for a giant %YAML version.
        problems.add(Mark(1, 1), f"not YAML: an escape or directive is out of range ({error})")
    return None


class _Refused(Exception):
    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.message = message


class _Open:
    """A mapping or list that is still being read."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.key: tuple[str, Mark] | None = None


class _Builder:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._open: list[_Open] = []
        self._root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        for count, event in enumerate(events):
            mark = _mark(event.start_mark) if event.start_mark else Mark(1, 1)
            if count > MOST_VALUES:
                raise _Refused(mark, f"more than {MOST_VALUES:,} values; a profile needs a hundred")
            self._refuse(event, mark)
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event, mark)
                case yaml.MappingStartEvent():
                    self._start(Node({}, mark))
                case yaml.SequenceStartEvent():
                    self._start(Node([], mark))
                case yaml.CollectionEndEvent():
                    self._place(self._open.pop().node)
        return self._root

    def _refuse(self, event: yaml.Event, mark: Mark) -> None:
        """Refuse what a profile never needs."""
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(mark, f"`*{event.anchor}`: aliases are not allowed; write the value out")
        if anchor := getattr(event, "anchor", None):
            raise _Refused(mark, f"`&{anchor}`: anchors are not allowed; write the value out")
        if tag := getattr(event, "tag", None):
            raise _Refused(mark, f"{shown(tag)}: tags are not allowed; write the value alone")
        if isinstance(event, yaml.DocumentStartEvent) and self._root is not None:
            raise _Refused(mark, "a second document; a file holds one profile")

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        text = str(event.value)
        if not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
            raise _Refused(mark, "an escape that is half a character; write the character itself")
        parent = self._open[-1] if self._open else None
        if parent and isinstance(parent.node.value, dict) and parent.key is None:
            parent.key = (text, mark)
        else:
            self._place(Node(text if event.style else _plain(text), mark))

    def _start(self, node: Node) -> None:
        parent = self._open[-1] if self._open else None
        if parent and isinstance(parent.node.value, dict) and parent.key is None:
            raise _Refused(node.mark, "a list or mapping as a key; a key is one word")
        if len(self._open) == DEEPEST:
            raise _Refused(node.mark, f"nested deeper than {DEEPEST} levels; a profile needs five")
        self._open.append(_Open(node))

    def _place(self, node: Node) -> None:
        """Put a finished value where it belongs."""
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent.node.value, list):
            parent.node.value.append(node)
        elif isinstance(parent.node.value, dict) and parent.key is not None:
            key, mark = parent.key
            parent.key = None
            if key in parent.node.value:
                first = parent.node.value[key].mark
                self._problems.add(
                    mark, f"{key_text(key)}: given twice; the first is in line {first.line}"
                )
            else:
                parent.node.value[key] = Entry(mark, node)


def _plain(text: str) -> Scalar:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if len(text) < 40 and _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)


def _unreadable(text: str, position: int) -> tuple[Mark, str]:
    before = text[:position]
    mark = Mark(before.count("\n") + 1, position - before.rfind("\n"))
    found = f"U+{ord(text[position]):04X}"
    return mark, f"not YAML: the character {found} cannot stand in a text file"


def _explained(text: str, error: yaml.MarkedYAMLError) -> tuple[Mark, str]:
    at = error.problem_mark or error.context_mark
    mark = _mark(at) if at else Mark(1, 1)
    lines = text.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or line[mark.column - 1 : mark.column] == "\t":
        column = line.index("\t") + 1
        return Mark(mark.line, column), "a tab; YAML is indented and spaced with spaces only"
    what = f"{error.context}: {error.problem}" if error.context else str(error.problem)
    return mark, f"not YAML: {' '.join(what.split())}"
