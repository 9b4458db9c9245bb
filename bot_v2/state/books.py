"""What happens in the tables when something is told: intents, fills and positions move together."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from decimal import Decimal

from bot_v2.features.brokerages.broker import Fill, OrderReport
from bot_v2.state import day, rows
from bot_v2.state.booking import Booked, move
from bot_v2.state.intent import Intent

_NOTHING = Decimal(0)


def find(db: sqlite3.Connection, client_order_id: str) -> Intent | None:
    """Return an intent, or None."""
    row = _row(db, client_order_id)
    return None if row is None else rows.intent(row)


def report(db: sqlite3.Connection, told: OrderReport) -> None:
    """Take in what the broker said of an order. What is filled only grows, and nothing that is over opens again."""
    row = _row(db, told.client_order_id)
    if row is None:
        return
    was_over = row["state"] == "over"
    _update(
        db,
        told.client_order_id,
        state="over" if told.over or was_over else "known",
        order_id=told.order_id,
        status=row["status"] if was_over and not told.over else told.status,
        reason=None,
    )
    _book(db, told.client_order_id, Booked.of_report(told))


def fills(db: sqlite3.Connection, told: Sequence[Fill]) -> None:
    """Take in fills; of orders that are not ours, or not known to be, they are only kept."""
    db.executemany(
        "INSERT OR IGNORE INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        [
            (
                *(each.order_id, each.fill_id, each.symbol, each.side),
                *(str(each.quantity), str(each.price), str(each.fee), each.at),
            )
            for each in told
        ],
    )
    for order_id in {each.order_id for each in told}:
        ours = db.execute(
            "SELECT client_order_id FROM intents WHERE order_id = ?", (order_id,)
        ).fetchall()
        for row in ours:
            _book(db, row["client_order_id"])


def restate(db: sqlite3.Connection, told: OrderReport, left: Sequence[Fill]) -> None:
    """Unbook what the broker has taken back: of this order only these fills are left.

    Raises:
        KeyError: there is no such intent.
    """
    row = _row(db, told.client_order_id)
    if row is None:
        raise KeyError(told.client_order_id)
    kept = {each.fill_id for each in left}
    for each in db.execute("SELECT * FROM fills WHERE order_id = ?", (told.order_id,)).fetchall():
        if each["fill_id"] not in kept:
            if each["ours"]:
                day.pay(db, rows.fill(each), -1)
            key = told.order_id, each["fill_id"]
            db.execute("DELETE FROM fills WHERE order_id = ? AND fill_id = ?", key)
    fills(db, left)
    row = _row(db, told.client_order_id)
    assert row is not None
    after = Booked.of_report(told).grown(Booked.of_fills(left))
    _state(db, row, after)


def hold(db: sqlite3.Connection, symbol: str, quantity: Decimal) -> None:
    """Believe that this is held."""
    day.came(db, symbol, quantity - positions(db).get(symbol, _NOTHING))
    _put(db, symbol, quantity)
    db.execute("UPDATE positions SET told = 1 WHERE symbol = ?", (symbol,))


def told_positions(db: sqlite3.Connection) -> frozenset[str]:
    """Return the products whose positions do not rest on fills alone."""
    return frozenset(row["symbol"] for row in db.execute("SELECT * FROM positions WHERE told"))


def positions(db: sqlite3.Connection) -> dict[str, Decimal]:
    """Return what is believed to be held."""
    return {
        row["symbol"]: Decimal(row["quantity"])
        for row in db.execute("SELECT symbol, quantity FROM positions")
    }


def _book(db: sqlite3.Connection, client_order_id: str, told: Booked | None = None) -> None:
    """Book what reports and fills tell more than what is booked."""
    row = _row(db, client_order_id)
    assert row is not None
    before = rows.booked_of(row)
    own = _own_fills(db, row["order_id"])
    after = before.grown(*([told] if told else []), Booked.of_fills(own))
    _state(db, row, after)


def _state(db: sqlite3.Connection, row: sqlite3.Row, after: Booked) -> None:
    before = rows.booked_of(row)
    if after == before:
        return
    moved = move(row["side"], before, after)
    _update(db, row["client_order_id"], filled=str(after.filled), cost=str(after.cost))
    _put(db, row["symbol"], positions(db).get(row["symbol"], _NOTHING) + moved.quantity)
    day.spend(db, row["symbol"], moved.spent)


def _own_fills(db: sqlite3.Connection, order_id: str | None) -> list[Fill]:
    """Return the fills of one of our orders; the fees of those that are new are paid now."""
    if order_id is None:
        return []
    own = db.execute("SELECT * FROM fills WHERE order_id = ?", (order_id,)).fetchall()
    for row in own:
        if not row["ours"]:
            day.pay(db, rows.fill(row))
    db.execute("UPDATE fills SET ours = 1 WHERE order_id = ? AND ours = 0", (order_id,))
    return [rows.fill(row) for row in own]


def _put(db: sqlite3.Connection, symbol: str, quantity: Decimal) -> None:
    db.execute(
        "INSERT INTO positions (symbol, quantity) VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET quantity = excluded.quantity",
        (symbol, str(quantity)),
    )


def _row(db: sqlite3.Connection, client_order_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM intents WHERE client_order_id = ?", (client_order_id,)
    ).fetchone()
    return row


def _update(db: sqlite3.Connection, client_order_id: str, **columns: str | None) -> None:
    names = ", ".join(f"{name} = ?" for name in columns)
    db.execute(
        f"UPDATE intents SET {names} WHERE client_order_id = ?",  # noqa: S608  # our own names
        (*columns.values(), client_order_id),
    )
