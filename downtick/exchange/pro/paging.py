"""Pages by the headers ``CB-BEFORE`` and ``CB-AFTER`` (docs: Exchange REST, Pagination).

``after`` asks for older items than a cursor, ``before`` for newer ones: before and after mean the list, newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Final, TypeVar

from downtick.exchange.pro.asked import Asked

Item = TypeVar("Item")

_MOST: Final = 1000


def page(
    asked: Asked, newest_first: Iterable[Item], number: Callable[[Item], int], default: int = _MOST
) -> tuple[list[Item], Mapping[str, str]]:
    """Return one page, and the headers with its cursors.

    Args:
        asked: has ``before``, ``after`` and ``limit``.
        newest_first: all items.
        number: an item's own, greater the newer it is; it stands in the cursors.
        default: items on a page if the client does not say how many.

    Raises:
        Declined: one of the three is no whole number.
    """
    before, after, limit = asked.whole("before"), asked.whole("after"), asked.whole("limit")
    wanted = (
        item
        for item in newest_first
        if (before is None or number(item) > before) and (after is None or number(item) < after)
    )
    found = list(islice(wanted, min(limit or default, _MOST)))
    if not found:
        return found, {}
    return found, {"CB-BEFORE": str(number(found[0])), "CB-AFTER": str(number(found[-1]))}
