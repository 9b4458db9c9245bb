"""Faults of REST answers."""

from __future__ import annotations

from typing import Final

from downtick.exchange.fault_words.parts import BODY, RETRY_AFTER, ROUTES, spec, status
from downtick.profiles.vocabulary import FaultSpec

ANSWER_FAULTS: Final[tuple[FaultSpec, ...]] = (
    spec(
        "http_error",
        status(),
        BODY,
        ROUTES,
        RETRY_AFTER,
        doc="REST requests are answered with an HTTP error",
    ),
    spec(
        "half_answer",
        ROUTES,
        doc="REST answers promise their whole length, send half of it and close",
    ),
)
