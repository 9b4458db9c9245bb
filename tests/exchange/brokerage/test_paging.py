"""Pages follow one another without a gap and without an overlap."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.brokerage.paging import page
from downtick.exchange.brokerage.request import Declined


def every_page(items: list[int], limit: int) -> list[list[int]]:
    """Return all pages."""
    pages, cursor = [], ""
    while True:
        found, cursor = page(items, cursor, limit, str)
        pages.append(found)
        if not cursor:
            return pages


@given(count=st.integers(0, 30), limit=st.integers(1, 9))
def test_pages_are_the_whole(count: int, limit: int) -> None:
    """Together they are all items; each but the last is full, and none but the first is empty."""
    pages = every_page(list(range(count)), limit)
    assert [item for found in pages for item in found] == list(range(count))
    assert all(len(found) == limit for found in pages[:-1])
    assert pages == [[]] or all(pages)


def test_a_filter_holds_for_items_not_for_the_cursor() -> None:
    """An item that is wanted no more is still where the next page begins."""
    _, cursor = page([1, 2, 3, 4, 5], "", 2, str)
    assert page([1, 2, 3, 4, 5], cursor, 2, str, lambda item: item > 3) == ([4, 5], "")


def test_items_that_come_in_front_do_not_shift_a_page() -> None:
    """Whoever pages through the newest first sees nothing twice when something new comes."""
    first, cursor = page([3, 2, 1], "", 1, str)
    assert (first, page([4, 3, 2, 1], cursor, 5, str)) == ([3], ([2, 1], ""))


@pytest.mark.parametrize("cursor", ["?", "zzzz", "ÿ", "OQ", "\udcff", "a" * 999])
def test_a_cursor_that_leads_nowhere(cursor: str) -> None:
    """It is refused, whether it is none or names what is not there."""
    with pytest.raises(Declined) as declined:
        page([1, 2], cursor, 1, str)
    assert declined.value.answer.status == 400


@given(cursor=st.text(min_size=1, max_size=12))
def test_no_cursor_breaks_a_page(cursor: str) -> None:
    """Any text is a cursor or is refused."""
    with suppress(Declined):
        page([1, 2], cursor, 1, str)
