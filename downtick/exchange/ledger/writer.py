"""The journal's one writer: numbers the entries, folds them, tells the listeners."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from downtick.exchange.ledger.entries import Change, Entry, RolledBack
from downtick.exchange.ledger.model import Order
from downtick.exchange.ledger.state import LedgerState, replay
from downtick.exchange.market import Product

Listener = Callable[[Entry, Order | None], None]


class Writer:
    """Writes entries.

    Attributes:
        state: the fold of the entries; another object after a roll-back.
        entries: from entry 1 on.
        listeners: called after each entry was applied, with the order that it touched, if one.
    """

    def __init__(self, products: Mapping[str, Product]) -> None:
        self.state = LedgerState(products)
        self.entries: list[Entry] = []
        self.listeners: list[Listener] = []

    def write(self, at: int, change: Change) -> Order | None:
        """Add an entry, and return the order that it touched as it stands now."""
        entry = Entry(len(self.entries) + 1, at, change)
        self.entries.append(entry)
        order = self.state.apply(entry)
        for listener in self.listeners:
            listener(entry, order)
        return order

    def touch(self, at: int, change: Change) -> Order:
        """The same for a change that touches an order."""
        order = self.write(at, change)
        assert order is not None
        return order

    def roll_back(self, entry_number: int, at: int) -> None:
        """Add the entry that takes all after an earlier one back."""
        entry = Entry(len(self.entries) + 1, at, RolledBack(entry_number))
        self.entries.append(entry)
        self.state = replay(self.state.products, self.entries)
        for listener in self.listeners:
            listener(entry, None)

    def as_of(self, entry_number: int) -> LedgerState:
        """Return the state after an entry, as it was."""
        return replay(self.state.products, self.entries[:entry_number])
