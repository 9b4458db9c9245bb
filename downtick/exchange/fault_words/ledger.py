"""Lies about the ledger, and what becomes of orders behind the client's back."""

from __future__ import annotations

from typing import Final

from downtick.exchange.fault_words.parts import (
    BODY,
    HOW_LOST,
    ORDERS,
    RETRY_AFTER,
    ROUTES,
    duration,
    spec,
    status,
)
from downtick.profiles.vocabulary import Attribute, FaultSpec

LEDGER_FAULTS: Final[tuple[FaultSpec, ...]] = (
    spec(
        "order_not_found",
        duration("seconds", 10.0, "how long nobody can find an order that was accepted"),
        ORDERS,
        doc="accepted orders are in no answer for a while; selectors count accepted orders",
    ),
    spec(
        "error_although_applied",
        status(500),
        BODY,
        RETRY_AFTER,
        Attribute(
            "filled",
            "boolean",
            default=True,
            doc="whether what would rest is filled at its limit price",
        ),
        ORDERS,
        doc="new orders are answered by an error, and were placed and filled",
    ),
    spec(
        "duplicate_but_absent",
        status(500),
        BODY,
        RETRY_AFTER,
        duration(
            "appears", None, "how long after it the order is placed after all; never if not given"
        ),
        ORDERS,
        doc="new orders are answered by an error and not placed, and their ids are duplicates from then on",
    ),
    spec(
        "vanishes_before_lookup",
        HOW_LOST,
        ORDERS,
        doc="new orders are placed and filled at their limit price, and not a byte of their answers is sent",
    ),
    spec(
        "fill_after_cancel",
        duration("after", 2.0, "between the cancel and the fill"),
        Attribute(
            "part",
            "number",
            default=1.0,
            minimum=0.001,
            maximum=1,
            doc="of what is left of the order that is filled",
        ),
        ORDERS,
        doc="cancels are acknowledged and shown, and the orders are filled all the same; selectors count cancelled orders",
    ),
    spec(
        "cancel_queued",
        duration("seconds", 120.0, "until the cancel is done"),
        ORDERS,
        doc="cancels are queued, and orders may still fill meanwhile; selectors count cancelled orders",
    ),
    spec(
        "voided_fill",
        duration("after", 1.0, "between a fill and its voiding"),
        Attribute(
            "out_of_order",
            "boolean",
            default=True,
            doc="whether the user feed tells of the fill after it was voided",
        ),
        doc="fills are taken back with their money; selectors count fills",
    ),
    spec(
        "rollback",
        duration("back", 10.0, "how far the venue goes back"),
        lasting=False,
        selectors=False,
        doc="the venue goes back in time, once: what was ordered and filled since has not happened, and nothing is told",
    ),
    spec(
        "buffered_orders",
        status(503),
        BODY,
        RETRY_AFTER,
        ORDERS,
        doc="new orders are answered by an error, and placed when the fault ends",
    ),
    spec(
        "stale_replica",
        duration("behind", 10.0, "how old the books are that answers are read from"),
        Attribute(
            "every",
            "integer",
            default=1,
            minimum=1,
            maximum=100,
            doc="which answers: with 2 every second one, as if two replicas took turns",
        ),
        ROUTES,
        doc="accounts, orders, fills and positions are answered as they were; selectors count the answers that differ",
    ),
)
