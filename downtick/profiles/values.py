"""Reads the values of a mapping by their `Attribute`: type, unit, range, choices, defaults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from downtick.errors import InputError
from downtick.profiles.problems import Problems, did_you_mean, key_text, one_of, shown
from downtick.profiles.vocabulary import Attribute
from downtick.profiles.yaml_reader import Entry, Node

DURATION_PATTERN = r"[0-9]{1,9}(\.[0-9]{1,6})?(ms|s|m)"
_DURATION = re.compile(DURATION_PATTERN)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_DURATION_WORDS = "a time with its unit, such as `10s`, `800ms` or `2m`"

INSTANT_PATTERN = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z"
_INSTANT_FORMAT = "%Y-%m-%dT%H:%MZ"

_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "text": "text",
    "boolean": "`true` or `false`",
    "duration": _DURATION_WORDS,
    "instant": "a minute in UTC, such as `2024-05-14T04:15Z`",
    "list": "a list of texts",
}


class _Wrong(Exception):
    """The value is not of its kind; the message says what is special about that, or nothing."""


def read_values(
    node: Node,
    attributes: Sequence[Attribute],
    path: str,
    problems: Problems,
    *,
    others: Iterable[str] = (),
    what: str = "",
) -> dict[str, Any]:
    """Return the values of a mapping, defaults filled in; problems go into ``problems``.

    Args:
        node: the mapping.
        attributes: what it may hold.
        path: what to write before a key in a message, such as ``run.``.
        problems: where to tell what is wrong.
        others: keys that are read elsewhere.
        what: the mapping's own name in a message; left out, it is ``path``.

    Returns:
        One value for each attribute; None where it is not given, has no default, or is wrong.
    """
    entries = entries_of(node, what or path.rstrip("."), problems)
    if entries is None:
        return {attribute.name: attribute.default for attribute in attributes}
    known = {attribute.name: attribute for attribute in attributes}
    allowed = [*known, *others]
    for key, entry in entries.items():
        if key not in allowed:
            hint = did_you_mean(key, allowed)
            message = f"unknown key; allowed: {one_of(allowed)}{hint}"
            problems.add(entry.mark, f"{path}{key_text(key)}: {message}")
    for attribute in attributes:
        if attribute.required and attribute.name not in entries:
            wanted = describe(attribute)
            problems.add(node.mark, f"{path}{attribute.name}: missing; it must be {wanted}")
    return {
        name: read_value(entries[name].node, attribute, path + name, problems)
        if name in entries
        else attribute.default
        for name, attribute in known.items()
    }


def entries_of(node: Node, key: str, problems: Problems) -> dict[str, Entry] | None:
    """Return the entries of a mapping; of anything else None, and a problem."""
    if isinstance(node.value, dict):
        return node.value
    problems.add(node.mark, f"{key}: found {found(node)}; allowed: a mapping (`key: value` lines)")
    return None


def read_value(node: Node, attribute: Attribute, key: str, problems: Problems) -> Any:
    """Return one value as its attribute wants it, or None and a problem."""
    try:
        value = _of_kind(node, attribute)
        _in_range(value, attribute)
    except _Wrong as wrong:
        special = f" ({wrong})" if str(wrong) else ""
        hint = did_you_mean(node.value, attribute.choices) if isinstance(node.value, str) else ""
        message = f"{key}: found {found(node)}{special}; allowed: {describe(attribute)}{hint}"
        problems.add(node.mark, message)
        return None
    return value


def describe(attribute: Attribute) -> str:
    """Return what an attribute takes, in words."""
    if attribute.choices:
        many = "a list of " if attribute.kind == "list" else ""
        return many + one_of(attribute.choices)
    unit = f" in {attribute.unit}" if attribute.unit else ""
    least, most = attribute.minimum, attribute.maximum
    if least is not None and most is not None:
        bounds = f" from {_bound(attribute, least)} to {_bound(attribute, most)}"
    elif least is not None:
        bounds = f", at least {_bound(attribute, least)}"
    elif most is not None:
        bounds = f", at most {_bound(attribute, most)}"
    else:
        bounds = ""
    return f"{_WORDS[attribute.kind]}{unit}{bounds}"


def found(node: Node) -> str:
    """Return what stands at a node, in words."""
    if isinstance(node.value, dict):
        return "a mapping"
    return "a list" if isinstance(node.value, list) else shown(node.value)


def duration_text(seconds: float) -> str:
    """Return seconds as a profile writes them: ``10s``, ``800ms``."""
    return f"{seconds:g}s" if seconds >= 1 or seconds == 0 else f"{seconds * 1000:g}ms"


def instant_text(instant: datetime) -> str:
    """Return an instant as a profile writes it: ``2024-05-14T04:15Z``."""
    return instant.strftime(_INSTANT_FORMAT)


def seconds(text: str) -> float:
    """Return the seconds of a time as a profile writes it: ``10s``, ``800ms``, ``2m``.

    Raises:
        InputError: it is not a time with its unit.
    """
    try:
        return _duration(text)
    except _Wrong as wrong:
        raise InputError(f"{shown(text)} is not {_DURATION_WORDS}") from wrong


def _of_kind(node: Node, attribute: Attribute) -> Any:
    value = node.value
    match attribute.kind:
        case "boolean" if isinstance(value, bool):
            return value
        case "integer" if isinstance(value, int) and not isinstance(value, bool):
            return value
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        case "text" if isinstance(value, str):
            return value
        case "list" if isinstance(value, list):
            if not all(isinstance(item.value, str) for item in value):
                raise _Wrong("with something in it that is not text")
            return tuple(item.value for item in value)
        case "duration":
            return _duration(value)
        case "instant":
            return _instant(value)
        case "text" if isinstance(value, bool | int | float):
            raise _Wrong("put it in quotes")
    raise _Wrong


def _duration(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise _Wrong("negative" if value < 0 else "without a unit")
    if not isinstance(value, str):
        raise _Wrong
    if not _DURATION.fullmatch(value):
        raise _Wrong("negative" if value.startswith("-") else "")
    number, unit = re.split(r"(?=[ms])", value, maxsplit=1)
    return float(number) * _SECONDS[unit]


def _instant(value: object) -> datetime:
    if not isinstance(value, str) or not re.fullmatch(INSTANT_PATTERN, value):
        raise _Wrong
    try:
        return datetime.strptime(value, _INSTANT_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise _Wrong("there is no such minute") from None


def _in_range(value: Any, attribute: Attribute) -> None:
    if attribute.choices:
        unknown = [
            v
            for v in (value if isinstance(value, tuple) else (value,))
            if v not in attribute.choices
        ]
        if unknown:
            raise _Wrong(f"{shown(unknown[0])} is none of them" if isinstance(value, tuple) else "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        if attribute.minimum is not None and value < attribute.minimum:
            raise _Wrong("too small")
        if attribute.maximum is not None and value > attribute.maximum:
            raise _Wrong("too large")


def _bound(attribute: Attribute, value: float) -> str:
    return duration_text(value) if attribute.kind == "duration" else f"{value:,.10g}"
