"""Faults of the user feed."""

from __future__ import annotations

from typing import Final

from downtick.exchange.fault_words.parts import duration, spec
from downtick.profiles.vocabulary import Attribute, FaultSpec

USER_FAULTS: Final[tuple[FaultSpec, ...]] = (
    spec(
        "delayed_fills",
        duration("delay", 10.0, "between a fill and its update"),
        doc="the user feed tells of fills late; other updates overtake them",
    ),
    spec(
        "reordered_updates",
        doc="updates of the user feed change places with the next; selectors count pairs",
    ),
    spec(
        "dropped_updates",
        doc="the user feed loses updates, and no gap in sequence_num gives them away",
    ),
    spec("duplicated_updates", doc="the user feed tells each update twice"),
    spec(
        "status_never_sent",
        Attribute(
            "status",
            "text",
            default="FILLED",
            choices=("PENDING", "OPEN", "FILLED", "CANCEL_QUEUED", "CANCELLED", "EXPIRED"),
            doc="the state that is never told",
        ),
        doc="the user feed never tells that an order has reached a state",
    ),
)
