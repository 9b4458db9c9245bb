"""Numbers and instants as clients write them: in strings, which may hold anything."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

_NUMBER: Final = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_INSTANT: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_EPOCH: Final = date(1970, 1, 1).toordinal()
_SECOND: Final = 1_000_000_000


def number(text: str) -> Decimal | None:
    """Return a plain decimal number, exactly as it was written, or None if it is none.

    No exponent, no sign but a minus, no digits but those of ASCII; so many digits that no amount of money in the
    world needs more. ``NaN``, ``1e9`` and ten thousand nines are no numbers here.
    """
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def instant(text: str) -> int | None:
    """Return an RFC 3339 instant in nanoseconds since 1970, or None if it is none (or before 1970)."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[part]) for part in range(1, 7))
    away = (int(found[9]) * 60 + int(found[10])) * 60 if found[8] else 0
    if not 1970 <= year <= 9998 or hour > 23 or minute > 59 or second > 59 or away >= 86_400:
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    seconds -= -away if found[8] == "-" else away
    return max(seconds, 0) * _SECOND + int((found[7] or "").ljust(9, "0"))
