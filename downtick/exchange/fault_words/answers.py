"""Faults of REST answers."""

from __future__ import annotations

from typing import Final

from downtick.exchange.fault_words.parts import (
    BODY,
    HOW_LOST,
    REQUESTS,
    RETRY_AFTER,
    ROUTES,
    duration,
    spec,
    status,
)
from downtick.profiles.vocabulary import Attribute, FaultSpec

ANSWER_FAULTS: Final[tuple[FaultSpec, ...]] = (
    spec(
        "http_error",
        status(),
        BODY,
        ROUTES,
        RETRY_AFTER,
        REQUESTS,
        doc="REST requests are answered with an HTTP error",
    ),
    spec(
        "auth_failure",
        Attribute(
            "how",
            "text",
            default="text",
            choices=("text", "json", "scopes"),
            doc="text: 401 and one word; json: 401 in JSON; scopes: 403, missing required scopes",
        ),
        ROUTES,
        REQUESTS,
        doc="REST requests with a good key are refused as if it were wrong; public routes only if `routes` names them",
    ),
    spec(
        "rate_limited",
        Attribute(
            "body",
            "text",
            default="json",
            choices=("json", "html"),
            doc="json: as documented, with x-ratelimit headers; html: a page of the edge, without",
        ),
        ROUTES,
        RETRY_AFTER,
        REQUESTS,
        doc="REST requests are answered 429",
    ),
    spec(
        "lost_answer",
        HOW_LOST,
        ROUTES,
        REQUESTS,
        doc="REST requests are carried out, and not a byte of their answers is sent",
    ),
    spec(
        "late_answer",
        duration("delay", 10.0, "between the request, carried out at once, and its answer"),
        ROUTES,
        REQUESTS,
        doc="REST requests are carried out at once and answered late",
    ),
    spec(
        "half_answer",
        ROUTES,
        REQUESTS,
        doc="REST answers promise their whole length, send half of it and close",
    ),
    spec(
        "dripping_answer",
        Attribute(
            "pace",
            "number",
            unit="bytes/s",
            default=100.0,
            minimum=1,
            maximum=1_000_000_000,
            scaling="rate",
            doc="of each body",
        ),
        ROUTES,
        REQUESTS,
        doc="the bodies of REST answers come a few bytes at a time",
    ),
)
