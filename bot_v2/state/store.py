"""The durable store: one SQLite file, which a kill at any moment leaves whole.

::

    store.py     StateStore: what the bot calls, from its event loop
      books.py     what happens in the tables; booking.py: of an order, day.py: of a day
      file.py      one process at a time, every change whole or not at all
      schema.py    the tables and their version
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from bot_v2.features.brokerages.broker import Fill, OrderReport, OrderRequest
from bot_v2.state import books, day, rows
from bot_v2.state.booking import Booked
from bot_v2.state.file import StateFile
from bot_v2.state.intent import Intent

logger = logging.getLogger(__name__)

T = TypeVar("T")


class StateStore:
    """Keeps intents, fills and positions. A method returns when what it was told is kept.

    That an order is meant, and that its request is about to leave, survives even a loss of power. All else that
    such a loss takes, the broker can tell again. To be used from one event loop; everything runs in one thread of
    its own, in the order in which it was asked for. Every method may raise `StateError`.
    """

    def __init__(self, file: StateFile) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="state")

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open the store at a path, or begin one there; ``:memory:`` is for tests.

        What an earlier process had written down and not sent was surely never placed. What it had sent without
        having kept an answer is unknown from now on.

        Raises:
            StateError: it is in use, damaged, something else, or of a newer version.
        """
        file = StateFile(path)
        try:
            dropped, unknown = file.change(_take_over, lasting=True)
        except BaseException:
            file.close()
            raise
        if dropped or unknown:
            logger.warning(
                "%d orders were written down and never sent; of %d it is not known what became",
                *(dropped, unknown),
            )
        return cls(file)

    async def write_intent(self, request: OrderRequest, now: float) -> None:
        """Keep that an order is meant, before its request leaves; `now` in seconds since 1970.

        Raises:
            ValueError: there is an order of this name already.
        """
        await self._do(partial(_write, request=request, now=now), lasting=True)

    async def mark_sent(self, client_order_id: str) -> None:
        """Keep that its request is about to leave."""
        await self._do(partial(_mark, name=client_order_id, state="sent"), lasting=True)

    async def mark_known(self, report: OrderReport) -> None:
        """Keep that it stands at the broker, or stood there."""
        await self.update(report)

    async def mark_refused(self, client_order_id: str, reason: str) -> None:
        """Keep that there is no such order, and never was; unless it was seen at the broker meanwhile."""
        await self._do(partial(_mark, name=client_order_id, state="refused", reason=reason))

    async def mark_unknown(self, client_order_id: str) -> None:
        """Keep that there may be such an order; one that was seen at the broker meanwhile is known."""
        await self._do(partial(_mark, name=client_order_id, state="unknown"))

    async def mark_lost(self, client_order_id: str, reason: str) -> None:
        """Keep that the broker has shown no such order for so long that there is none. A report of it revives it."""
        await self._do(partial(_lose, name=client_order_id, reason=reason))

    async def update(self, report: OrderReport) -> None:
        """Keep what the broker said of an order.

        Reports may come late and twice: what is booked as filled only grows. What it grows by moves the position,
        even of an order that was thought to be over. A report of an order that is not ours changes nothing.
        """
        await self._do(partial(books.report, told=report))

    async def adopt(self, report: OrderReport, now: float) -> None:
        """Make an open order ours of which nothing was written down.

        What of it is filled already moves the position only if one is believed: else it is in the first that is told.
        """
        await self._do(partial(_adopt, told=report, now=now))

    async def record_fills(self, fills: Sequence[Fill]) -> None:
        """Keep fills; one that is known already changes nothing. They book what no report has booked yet."""
        if fills:
            await self._do(partial(books.fills, told=fills))

    async def restate(self, report: OrderReport, fills: Sequence[Fill]) -> None:
        """Unbook what the broker has taken back of an order: only these fills are left.

        Raises:
            KeyError: it is none of ours.
        """
        await self._do(partial(books.restate, told=report, left=fills))

    async def open_intents(self) -> Sequence[Intent]:
        """Return every intent that is not settled, oldest first."""
        return await self._intents("state NOT IN ('refused', 'over')")

    async def intents_since(self, at: float) -> Sequence[Intent]:
        """Return the intents of whatever state that were written down since an instant, oldest first."""
        return await self._intents("created_at >= ?", at)

    async def find_intent(self, client_order_id: str) -> Intent | None:
        """Return an intent by its name, or None."""
        return await self._do(partial(books.find, client_order_id=client_order_id))

    async def order_ids(self) -> frozenset[str]:
        """Return the broker's names of all orders that are ours."""
        sql = "SELECT order_id FROM intents WHERE order_id IS NOT NULL"
        return await self._do(lambda db: frozenset(row["order_id"] for row in db.execute(sql)))

    async def position_belief(self) -> Mapping[str, Decimal]:
        """Return what is believed to be held, by symbol; a product of which nothing was ever said is missing."""
        return await self._do(books.positions)

    async def told_positions(self) -> frozenset[str]:
        """Return the products of which `set_position` has said something: the others' beliefs are fills alone."""
        return await self._do(books.told_positions)

    async def set_position(self, symbol: str, quantity: Decimal) -> None:
        """Believe this. What was not traded is neither won nor lost."""
        await self._do(partial(books.hold, symbol=symbol, quantity=quantity))

    async def daily_pnl(self, now: float, prices: Mapping[str, Decimal]) -> Decimal:
        """Return what was won since midnight UTC, fees taken off, positions valued at these prices.

        What was held at the beginning of the day is valued at the first prices that were told on it.
        """
        return await self._do(lambda db: day.profit(db, now, books.positions(db), prices))

    async def agreed_at(self) -> float | None:
        """Return when broker and store last agreed, in seconds since 1970, or None if they never did."""
        return await self._do(_agreed_at)

    async def set_agreed(self, at: float) -> None:
        """Keep that broker and store agreed at an instant in seconds since 1970."""
        await self._do(partial(_agree, at=at))

    async def close(self) -> None:
        """Let go of the file, when all that was asked for is done. Calling it again does no harm."""
        await asyncio.to_thread(self._thread.shutdown)
        self._file.close()

    async def _intents(self, where: str, *values: float) -> Sequence[Intent]:
        sql = f"SELECT * FROM intents WHERE {where} ORDER BY created_at, rowid"  # noqa: S608
        return await self._do(lambda db: [rows.intent(row) for row in db.execute(sql, values)])

    async def _do(self, work: Callable[[sqlite3.Connection], T], lasting: bool = False) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._file.change, work, lasting)


def _take_over(db: sqlite3.Connection) -> tuple[int, int]:
    """Settle what an earlier process left; return how many were never sent, and how many are unknown."""
    dropped = db.execute(
        "UPDATE intents SET state = 'refused', reason = 'never sent' WHERE state = 'written'"
    )
    unknown = db.execute("UPDATE intents SET state = 'unknown' WHERE state = 'sent'")
    return dropped.rowcount, unknown.rowcount


def _write(db: sqlite3.Connection, request: OrderRequest, now: float) -> None:
    _insert(db, request, now, "written")


def _insert(db: sqlite3.Connection, request: OrderRequest, now: float, state: str) -> None:
    limit = request.limit_price
    added = db.execute(
        "INSERT OR IGNORE INTO intents (client_order_id, symbol, side, quantity, limit_price,"
        " post_only, created_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(request.client_order_id, request.symbol, request.side, str(request.quantity)),
            *(None if limit is None else str(limit), request.post_only, now, state),
        ),
    )
    if not added.rowcount:
        raise ValueError(f"there is an order {request.client_order_id} already")


def _adopt(db: sqlite3.Connection, told: OrderReport, now: float) -> None:
    request = OrderRequest(
        *(told.client_order_id, told.symbol, told.side, told.quantity), told.limit_price
    )
    _insert(db, request, now, "known")
    if told.symbol not in books.told_positions(db):
        before = Booked.of_report(told)
        db.execute(
            "UPDATE intents SET filled = ?, cost = ? WHERE client_order_id = ?",
            (str(before.filled), str(before.cost), told.client_order_id),
        )
    books.report(db, told)


def _mark(db: sqlite3.Connection, name: str, state: str, reason: str | None = None) -> None:
    """Change the state of an intent that was never seen at the broker."""
    if books.find(db, name) is None:
        raise KeyError(name)
    earlier = {"sent": ("written",), "unknown": ("written", "sent")}.get(state)
    allowed = earlier or ("written", "sent", "unknown", "refused")
    marks = ", ".join("?" * len(allowed))
    db.execute(
        "UPDATE intents SET state = ?, reason = ?"  # noqa: S608  # question marks only
        f" WHERE client_order_id = ? AND order_id IS NULL AND state IN ({marks})",
        (state, reason, name, *allowed),
    )


def _lose(db: sqlite3.Connection, name: str, reason: str) -> None:
    if books.find(db, name) is None:
        raise KeyError(name)
    db.execute(
        "UPDATE intents SET state = 'refused', reason = ?"
        " WHERE client_order_id = ? AND state != 'over'",
        (reason, name),
    )


def _agreed_at(db: sqlite3.Connection) -> float | None:
    row = db.execute("SELECT max(at) AS at FROM agreed").fetchone()
    at: float | None = row["at"]
    return at


def _agree(db: sqlite3.Connection, at: float) -> None:
    db.execute("DELETE FROM agreed")
    db.execute("INSERT INTO agreed VALUES (?)", (at,))
