"""What was won since midnight UTC: kept so that a restart forgets no loss."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from bot_v2.features.brokerages.broker import Fill

_NOTHING = Decimal(0)


def profit(
    db: sqlite3.Connection,
    now: float,
    held: Mapping[str, Decimal],
    prices: Mapping[str, Decimal],
) -> Decimal:
    """Return what was won on the day of `now`, and begin the day if it is a new one.

    Args:
        db: the store.
        now: seconds since 1970.
        held: the positions.
        prices: at which they are valued; the first of the day value what was held when it began.
    """
    date = _date(now)
    row = db.execute("SELECT date, fees FROM day").fetchone()
    if row is None or row["date"] != date:
        db.execute("DELETE FROM day")
        db.execute("DELETE FROM day_positions")
        db.execute("INSERT INTO day VALUES (?, '0')", (date,))
        won = _NOTHING
    else:
        won = -Decimal(row["fees"])
    for symbol, price in prices.items():
        now_held = held.get(symbol, _NOTHING)
        db.execute(
            "INSERT OR IGNORE INTO day_positions (symbol, quantity, price) VALUES (?, ?, ?)",
            (symbol, str(now_held), str(price)),
        )
        opening = _opening(db, symbol)
        assert opening is not None
        before, at, spent = (Decimal(opening[name]) for name in ("quantity", "price", "spent"))
        won += now_held * price - before * at - spent
    return won


def came(db: sqlite3.Connection, symbol: str, quantity: Decimal) -> None:
    """Note that a position changed by what was not traded: it is neither won nor lost."""
    opening = _opening(db, symbol)
    if opening is not None:
        changed = str(Decimal(opening["quantity"]) + quantity)
        db.execute(
            "UPDATE day_positions SET quantity = ? WHERE symbol = ?",
            (changed, symbol),
        )


def spend(db: sqlite3.Connection, symbol: str, cost: Decimal) -> None:
    """Note what a trade cost; below zero: what it brought."""
    opening = _opening(db, symbol)
    if opening is not None:
        spent = str(Decimal(opening["spent"]) + cost)
        db.execute("UPDATE day_positions SET spent = ? WHERE symbol = ?", (spent, symbol))


def pay(db: sqlite3.Connection, fill: Fill, times: int = 1) -> None:
    """Note the fee of a fill of today; with ``times=-1`` that it was taken back."""
    row = db.execute("SELECT date, fees FROM day").fetchone()
    if row is not None and row["date"] == _date(fill.at):
        fees = Decimal(row["fees"]) + times * fill.fee
        db.execute("UPDATE day SET fees = ?", (str(fees),))


def _opening(db: sqlite3.Connection, symbol: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM day_positions WHERE symbol = ?", (symbol,)
    ).fetchone()
    return row


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
