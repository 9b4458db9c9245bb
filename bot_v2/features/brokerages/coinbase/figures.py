"""Reads what Coinbase writes: money as `Decimal`, instants as seconds since 1970. Never a float for money.

Whatever is not of the form that it should be is `Malformed`: nothing is guessed, and nothing is left out of a
list because it cannot be read. An order that is not seen is an order that is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_FIGURE: Final = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?", re.ASCII)
_INSTANT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,12})?(Z|[+-]\d{2}:\d{2})",
    re.ASCII,
)


class Malformed(ValueError):
    """An answer that does not have the form that it should have, with the reason."""


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """Return an object of JSON.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(value, dict):
        raise Malformed(f"{what} is no object but {_shown(value)}")
    return value


def sequence(value: Any, what: str) -> Sequence[Any]:
    """Return a list of JSON.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(value, list):
        raise Malformed(f"{what} is no list but {_shown(value)}")
    return value


def text(holder: Mapping[str, Any], key: str, *, empty: bool = False) -> str:
    """Return a member that is a text.

    Args:
        holder: of the member.
        key: of the member.
        empty: whether it may be empty.

    Raises:
        Malformed: it is missing, or something else.
    """
    value = holder.get(key)
    if not isinstance(value, str) or not (value or empty):
        raise Malformed(f"{key} is {_shown(value)}")
    return value


def figure(value: Any, what: str) -> Decimal:
    """Return a figure, written as a text or as a number.

    Raises:
        Malformed: it is no finite figure of a size that money has.
    """
    if isinstance(value, str) and _FIGURE.fullmatch(value):
        value = Decimal(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        value = _whole(value, what)
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value.adjusted()) > 40:
        raise Malformed(f"{what} is {_shown(value)}")
    return value


def decimal(holder: Mapping[str, Any], key: str) -> Decimal:
    """Return a member that is a figure.

    Raises:
        Malformed: it is missing, or none.
    """
    return figure(holder.get(key), key)


def not_negative(holder: Mapping[str, Any], key: str) -> Decimal:
    """Return a member that is a figure of zero or more.

    Raises:
        Malformed: it is missing, none, or below zero.
    """
    found = decimal(holder, key)
    if found < 0:
        raise Malformed(f"{key} is {found}")
    return found


def instant(holder: Mapping[str, Any], key: str) -> float:
    """Return a member that is an instant in RFC 3339, in seconds since 1970.

    Raises:
        Malformed: it is missing, or none.
    """
    written = text(holder, key)
    found = _INSTANT.fullmatch(written)
    if found is None:
        raise Malformed(f"{key} is {_shown(written)}")
    day, time, fraction, zone = found.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone == 'Z' else zone}")
        return whole.timestamp() + float(fraction or 0)
    except (ValueError, OverflowError):
        raise Malformed(f"{key} is {_shown(written)}") from None


def rfc3339(at: float) -> str:
    """Return an instant in seconds since 1970 as Coinbase's queries take it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(value: Decimal) -> str:
    """Return a figure as Coinbase takes it: without exponent."""
    return f"{value:f}"


def _whole(value: int, what: str) -> Decimal:
    try:
        return Decimal(value)
    except (InvalidOperation, ValueError):
        raise Malformed(f"{what} is no figure") from None


def _shown(value: object) -> str:
    return f"{value!r:.60}"
