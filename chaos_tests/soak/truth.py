"""What the exchange's ledger says, kept up to date entry by entry; and the bot's own books, read from its file."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from downtick.history import Event

OVER: Final = frozenset({"FILLED", "CANCELLED", "EXPIRED", "FAILED"})
SETTLED: Final = frozenset({"over", "refused"})

_KEPT: Final = 4000
"""Ledger entries that are remembered one by one, because an exchange may go back behind them."""


@dataclass(frozen=True)
class Standing:
    """One order: what of it is filled, and whether it is over."""

    filled: Decimal
    over: bool


@dataclass
class Books:
    """Orders by the bot's name for them, and what is held of the base currency."""

    position: Decimal = Decimal(0)
    orders: dict[str, Standing] = field(default_factory=dict)
    fills: dict[int, Decimal] = field(default_factory=dict)  # what each moved the position by


class Truth:
    """The ledger of one product.

    Attributes:
        books: as they stand.
        changes: how many there were.
        touched: names of the orders that changed since `forget`.
        twice: names under which more than one order was taken.
        highest: the largest position that there ever was.
        lowest: the smallest.
    """

    def __init__(self, product: str) -> None:
        self._product = product
        self._base = product.partition("-")[0]
        self._recent: deque[Event] = deque()
        self._before = Books()  # as they stood before those that are remembered
        self.books = Books()
        self.changes = 0
        self.touched: set[str] = set()
        self.twice: set[str] = set()
        self.highest = Decimal(0)
        self.lowest = Decimal(0)

    def take(self, event: Event) -> None:
        """Take in an entry of the ledger."""
        self.changes += 1
        self._recent.append(event)
        if len(self._recent) > _KEPT:
            self._apply(self._before, self._recent.popleft())
        name = event.get("client_order_id")
        if event["change"] == "accepted" and name in self.books.orders:
            self.twice.add(name)
        if event["change"] == "rolledback":
            number = event["detail"]["entry_number"]
            was, self.books = self.books, self._after(number)
            self.touched |= {n for n, o in was.orders.items() if self.books.orders.get(n) != o}
        else:
            self._apply(self.books, event)
        if event.get("product") == self._product:
            self.touched.add(name)
        self.highest = max(self.highest, self.books.position)
        self.lowest = min(self.lowest, self.books.position)

    def forget(self) -> None:
        """Begin anew to note what changes."""
        self.touched = {name for name, order in self.books.orders.items() if not order.over}

    def _after(self, number: int) -> Books:
        """Return the books as they stood after an entry."""
        books = Books(self._before.position, dict(self._before.orders), dict(self._before.fills))
        for event in self._recent:
            if event["entry"] > number:
                break
            if event["change"] == "rolledback":
                books = self._after(event["detail"]["entry_number"])
            else:
                self._apply(books, event)
        return books

    def _apply(self, books: Books, event: Event) -> None:
        change, detail = event["change"], event["detail"]
        if change == "credited" and detail["currency"] == self._base:
            books.position += Decimal(detail["amount"])
        elif change == "voided":
            books.position -= books.fills.pop(detail["fill_number"], Decimal(0))
        elif change == "matched" and detail["fill"]["product_id"] == self._product:
            fill = detail["fill"]
            moved = Decimal(fill["size"]) * (1 if fill["side"] == "BUY" else -1)
            books.fills[fill["number"]] = moved
            books.position += moved
        if event.get("product") == self._product:
            standing = Standing(Decimal(event["filled"]), event["status"] in OVER)
            books.orders[event["client_order_id"]] = standing


@dataclass(frozen=True)
class Belief:
    """What the bot has written down.

    Attributes:
        position: of the product; None if it believes nothing yet.
        orders: those that were asked for, by name: filled, and the state of the intent.
        open: names of those that may still be filled.
    """

    position: Decimal | None
    orders: Mapping[str, tuple[Decimal, str]]
    open: frozenset[str]


def belief(file: Path, product: str, names: Collection[str]) -> Belief:
    """Read a bot's file while the bot writes to it.

    Args:
        file: its SQLite store.
        product: whose position is meant.
        names: of the orders to look up.

    Raises:
        sqlite3.Error: it cannot be read at this moment.
    """
    uri = f"{file.as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=5)) as db, db:
        db.execute("BEGIN")  # one moment of all three
        row = db.execute("SELECT quantity FROM positions WHERE symbol = ?", (product,)).fetchone()
        rows = [
            db.execute(
                "SELECT client_order_id, filled, state FROM intents WHERE client_order_id = ?",
                (name,),
            ).fetchone()
            for name in names
        ]
        unsettled = db.execute(
            "SELECT client_order_id FROM intents WHERE state NOT IN ('refused', 'over')"
        ).fetchall()
    return Belief(
        Decimal(row[0]) if row else None,
        {name: (Decimal(filled), state) for name, filled, state in filter(None, rows)},
        frozenset(name for (name,) in unsettled),
    )


def differences(truth: Books, told: Belief, names: Collection[str]) -> list[str]:
    """Return in what a belief differs from the truth, in words; empty if they agree.

    An order of which the ledger has nothing, or nothing any more, is no difference: the bot is right to ask on about
    what it cannot find, and what an exchange took back altogether it cannot ask for. The position tells.
    """
    found = []
    if told.position != truth.position:
        found.append(f"position: {told.position} believed, {truth.position} in the ledger")
    for name in sorted(names):
        order = truth.orders.get(name)
        filled, state = told.orders.get(name, (Decimal(0), "nowhere"))
        if order is None:
            continue
        if state == "nowhere":
            found.append(f"order {name} is in the ledger, and was never written down")
        elif filled != order.filled:
            found.append(f"order {name}: {filled} filled believed, {order.filled} in the ledger")
        elif not order.over and state in SETTLED:
            found.append(f"order {name} is open in the ledger, and {state} to the bot")
        elif order.over and state not in SETTLED:
            found.append(f"order {name} is over in the ledger, and {state} to the bot")
    return found


def unwritten(truth: Books, told: Belief, names: Collection[str]) -> list[str]:
    """Return the names of orders that left before they were written down: that may never be, fault or not."""
    return sorted(name for name in names if name in truth.orders and name not in told.orders)


def snapshot(books: Books) -> Books:
    """Return the books as they are at this moment; what changes afterwards does not change them."""
    return replace(books, orders=dict(books.orders))
