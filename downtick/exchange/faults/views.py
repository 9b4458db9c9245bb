"""Pictures of a venue that are not true: its books without some orders, after other changes, or as they were."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Sequence
from itertools import takewhile

from downtick.exchange.ledger import Change, Entry, Ledger, LedgerState
from downtick.exchange.venue import Venue


class Shown(Ledger):
    """The true ledger, to be read from, with other books."""

    __slots__ = ("_books",)

    def __init__(self, true: Ledger, books: LedgerState) -> None:
        self.__dict__ = true.__dict__
        self._books = books

    @property
    def state(self) -> LedgerState:
        """The books that it shows."""
        return self._books


def showing(venue: Venue, books: LedgerState) -> Venue:
    """Return a venue to read from, with these books."""
    return venue.like(ledger=Shown(venue.ledger, books))


def without(state: LedgerState, order_ids: Collection[str]) -> LedgerState:
    """Return books that know nothing of these orders; balances and positions stay as they are."""
    shown = copy.copy(state)
    shown.orders = {i: order for i, order in state.orders.items() if i not in order_ids}
    shown.open_orders = {i: order for i, order in state.open_orders.items() if i not in order_ids}
    shown.by_client_id = {c: i for c, i in state.by_client_id.items() if i not in order_ids}
    shown.fills = [fill for fill in state.fills if fill.order_id not in order_ids]
    return shown


def after(state: LedgerState, changes: Iterable[Change], at: int) -> LedgerState:
    """Return the books as they would be after some more changes."""
    shown = copy.copy(state)
    for name, value in vars(state).items():
        setattr(shown, name, copy.copy(value))
    for change in changes:
        shown.apply(Entry(shown.number, at, change))
    return shown


def opening(entries: Sequence[Entry]) -> int:
    """Return the number of the entry with which the books were open: before it, the user had nothing."""
    return sum(1 for _ in takewhile(lambda entry: entry.at == entries[0].at, entries))
