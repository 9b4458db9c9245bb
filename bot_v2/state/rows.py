"""Rows of the tables, as what they stand for."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from bot_v2.features.brokerages.broker import Fill
from bot_v2.state.booking import Booked
from bot_v2.state.intent import Intent


def intent(row: sqlite3.Row) -> Intent:
    """Return the intent that a row of ``intents`` holds."""
    booked = booked_of(row)
    return Intent(
        row["client_order_id"],
        row["symbol"],
        row["side"],
        Decimal(row["quantity"]),
        None if row["limit_price"] is None else Decimal(row["limit_price"]),
        row["created_at"],
        row["state"],
        bool(row["post_only"]),
        row["order_id"],
        booked.filled,
        booked.average,
        row["status"],
        row["reason"],
    )


def booked_of(row: sqlite3.Row) -> Booked:
    """Return what a row of ``intents`` says is filled."""
    return Booked(Decimal(row["filled"]), Decimal(row["cost"]))


def fill(row: sqlite3.Row) -> Fill:
    """Return the fill that a row of ``fills`` holds."""
    quantity, price, fee = (Decimal(row[name]) for name in ("quantity", "price", "fee"))
    names = row["fill_id"], row["order_id"], row["symbol"]
    return Fill(*names, row["side"], quantity, price, fee, row["at"])
