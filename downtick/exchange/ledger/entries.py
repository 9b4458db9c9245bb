"""The ledger's journal: numbered entries, each with one change out of a closed union.

A change holds what was decided (which order, which price, what stays held); what follows from it by arithmetic is
worked out by the fold (`LedgerState`), so that a replay checks it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from downtick.exchange.ledger.model import Fill, Flags, Order, Ticket


class Opened(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The user's books were opened: always the first entry."""

    volume_30d: Decimal


class Credited(msgspec.Struct, frozen=True, tag=True, gc=False):
    """Money came in from outside."""

    currency: str
    amount: Decimal


class Flagged(msgspec.Struct, frozen=True, tag=True, gc=False):
    """What may be done with a product changed."""

    product_id: str
    flags: Flags


class Accepted(msgspec.Struct, frozen=True, tag=True, gc=False):
    """An order was taken, and what it needs is held."""

    order: Order


class Matched(msgspec.Struct, frozen=True, tag=True, gc=False):
    """An order was matched.

    Attributes:
        fill: the match.
        hold: what stays held for the order.
        complete: whether nothing is left of the order.
    """

    fill: Fill
    hold: Decimal
    complete: bool


class Triggered(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The stop price of an order was reached."""

    order_id: str


class Edited(msgspec.Struct, frozen=True, tag=True, gc=False):
    """An order has another ticket (price, size, stop price), and what is held for it changed with it."""

    order_id: str
    ticket: Ticket
    hold: Decimal


class CancelQueued(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A cancel was taken, but is not done: the order may still be matched."""

    order_id: str


class Ended(msgspec.Struct, frozen=True, tag=True, gc=False):
    """An order is over without being filled; what was held for it is free again."""

    order_id: str
    status: Literal["CANCELLED", "EXPIRED", "FAILED"]
    reason: str


class Voided(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The exchange took a fill back, with its money."""

    fill_number: int


class RolledBack(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The exchange went back to the state after an earlier entry. The journal itself is not shortened."""

    entry_number: int


Change = (
    Opened
    | Credited
    | Flagged
    | Accepted
    | Matched
    | Triggered
    | Edited
    | CancelQueued
    | Ended
    | Voided
    | RolledBack
)


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One line of the journal.

    Attributes:
        number: from 1, without gaps.
        at: nanoseconds since 1970, UTC.
        change: what happened.
    """

    number: int
    at: int
    change: Change
