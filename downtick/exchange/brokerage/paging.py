"""Pages: a cursor is opaque to clients, and names the last item of the page before."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from itertools import dropwhile, islice
from typing import TypeVar

from downtick.exchange.brokerage.request import bad

Item = TypeVar("Item")


def page(
    items: Iterable[Item],
    cursor: str,
    limit: int,
    name: Callable[[Item], str],
    wanted: Callable[[Item], bool] = lambda item: True,
) -> tuple[list[Item], str]:
    """Return one page, and the cursor of the next; the cursor is empty if there is no next page.

    Args:
        items: all of them, in order.
        cursor: as the client sent it; empty for the first page.
        limit: how many at most.
        name: tells an item's own name, which never changes.
        wanted: filters. An item that the cursor names may be wanted no more.

    Raises:
        Declined: no item has the name in the cursor.
    """
    left = iter(items)
    if cursor:
        last = _name_in(cursor)
        left = dropwhile(lambda item: name(item) != last, left)
        if next(left, None) is None:
            raise bad("cursor is invalid")
    found = list(islice(filter(wanted, left), limit + 1))
    more = len(found) > limit
    return found[:limit], _cursor_of(name(found[limit - 1])) if more else ""


def _cursor_of(name: str) -> str:
    return urlsafe_b64encode(name.encode()).decode().rstrip("=")


def _name_in(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:  # no base64, or no text in it
        raise bad("cursor is invalid") from None
