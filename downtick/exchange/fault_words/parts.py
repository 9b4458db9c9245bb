"""What the descriptions of several faults share."""

from __future__ import annotations

from typing import Final

from downtick.profiles.vocabulary import Attribute, FaultSpec

DATA_CHANNELS: Final = (
    "ticker",
    "ticker_batch",
    "level2",
    "market_trades",
    "candles",
    "status",
    "full",
)
"""The channels that carry market data, by the name that a client subscribes to on Advanced Trade.

They mean the like ones of the Exchange dialect too: ``matches``, ``level2_batch``. ``full`` is there alone.
"""

LISTENERS: Final = ("rest", "market_ws", "user_ws")
"""The exchange's doors, one for each link."""

BODY: Final = Attribute(
    "body",
    "text",
    default="json",
    choices=("json", "text", "html"),
    doc="what the answer holds: Coinbase's JSON error, one line of text, or a page of HTML",
)
RETRY_AFTER: Final = Attribute(
    "retry_after",
    "integer",
    unit="s",
    minimum=0,
    maximum=3600,
    doc="the Retry-After header in whole seconds, never scaled; left out if not given",
)
ROUTES: Final = Attribute(
    "routes",
    "list",
    default=(),
    doc='patterns such as "GET /products" or "/market/product_book", matched against the end of the path; '
    "none means every route",
)


def share(doc: str) -> Attribute:
    """Return the attribute ``share``."""
    return Attribute("share", "number", default=1.0, minimum=0.001, maximum=1, doc=doc)


REQUESTS: Final = share(
    "of the requests, drawn from the run's seed; selectors count those that are drawn"
)
CONNECTIONS: Final = share(
    "of the connections, old and new: with 0.5 every second one, beginning with the first"
)
ORDERS: Final = share(
    "of the orders, drawn from the run's seed; selectors count those that are drawn"
)
HOW_LOST: Final = Attribute(
    "how",
    "text",
    default="close",
    choices=("close", "reset", "silence"),
    doc="the connection is closed (FIN), reset (RST), or stays open and is never heard of again",
)


def duration(name: str, default: float | None, doc: str) -> Attribute:
    """Return an attribute that is a time, at most an hour; without a default it may be left out."""
    return Attribute(
        name, "duration", default=default, minimum=0.001, maximum=3600, scaling="duration", doc=doc
    )


def status(default: int | None = None) -> Attribute:
    """Return the attribute ``status``; required if it has no default."""
    return Attribute(
        "status",
        "integer",
        required=default is None,
        default=default,
        minimum=400,
        maximum=599,
        doc="the HTTP status",
    )


def spec(
    name: str, *attributes: Attribute, doc: str, lasting: bool = True, selectors: bool = True
) -> FaultSpec:
    """Return the description of an exchange fault."""
    return FaultSpec(name, "exchange", attributes, lasting=lasting, selectors=selectors, doc=doc)
