"""A bot's books, read from its file after its end, against the exchange's ledger."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from downtick.rig import Rig

_OVER = {"FILLED", "CANCELLED", "EXPIRED", "FAILED"}


class Match(NamedTuple):
    """One fill, as both tell it."""

    order_id: str
    side: str
    quantity: Decimal
    price: Decimal
    fee: Decimal


class Books(NamedTuple):
    """What somebody says about one product.

    Attributes:
        position: that is held now.
        filled: of each order that was ever there, by the bot's name for it.
        matches: all fills, sorted.
        open: names of the orders that may still be filled.
    """

    position: Decimal
    filled: dict[str, Decimal]
    matches: list[Match]
    open: set[str]

    @property
    def cash(self) -> Decimal:
        """What the fills brought in, below zero if they cost more, fees taken off; in the quote currency."""
        return sum(
            (
                (1 if each.side == "sell" else -1) * each.quantity * each.price - each.fee
                for each in self.matches
            ),
            Decimal(0),
        )


def of_ledger(rig: Rig, symbol: str) -> Books:
    """Return the truth."""
    position, matches = Decimal(0), []
    filled: defaultdict[str, Decimal] = defaultdict(Decimal)
    still: set[str] = set()
    for event in rig.history.select("ledger"):
        detail = event["detail"]
        if event["change"] == "credited" and detail["currency"] == symbol.partition("-")[0]:
            position += Decimal(detail["amount"])
        if event.data.get("product") != symbol:
            continue
        name = event["client_order_id"]
        filled[name] = Decimal(event["filled"])
        (still.discard if event["status"] in _OVER else still.add)(name)
        if event["change"] == "matched":
            fill = detail["fill"]
            side, size = fill["side"].lower(), Decimal(fill["size"])
            position += size if side == "buy" else -size
            figures = size, Decimal(fill["price"]), Decimal(fill["commission"])
            matches.append(Match(fill["order_id"], side, *figures))
    return Books(position, dict(filled), sorted(matches), still)


def of_bot(file: Path, symbol: str) -> Books:
    """Return what a bot that has ended believed."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        ((position,),) = db.execute("SELECT quantity FROM positions WHERE symbol = ?", (symbol,))
        orders = db.execute(
            "SELECT client_order_id, filled, state, order_id FROM intents WHERE symbol = ?",
            (symbol,),
        ).fetchall()
        fills = db.execute(
            "SELECT order_id, side, quantity, price, fee FROM fills WHERE symbol = ?", (symbol,)
        ).fetchall()
    matches = sorted(
        Match(order_id, side, Decimal(quantity), Decimal(price), Decimal(fee))
        for order_id, side, quantity, price, fee in fills
    )
    return Books(
        Decimal(position),
        {name: Decimal(filled) for name, filled, _, order_id in orders if order_id is not None},
        matches,
        {name for name, _, state, _ in orders if state not in {"over", "refused"}},
    )
