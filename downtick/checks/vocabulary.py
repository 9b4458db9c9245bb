"""The checks that ``expect`` may name, and their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from downtick.profiles.vocabulary import Attribute, CheckSpec

_HOUR: Final = 3600.0


def _duration(name: str, doc: str, *, default: float | None = None) -> Attribute:
    return Attribute(
        name,
        "duration",
        required=default is None,
        default=default,
        minimum=0.001,
        maximum=_HOUR,
        scaling="duration",
        doc=doc,
    )


def _within(doc: str) -> Attribute:
    """A deadline is never defaulted: a verdict must not rest on a figure that nobody chose."""
    return _duration("within", doc)


_MAX_POSITION: Final = Attribute(
    "max_position",
    "number",
    minimum=0,
    doc="the largest position, in units of the product; left out: the bot's own before the faults",
)

_CHECKS = (
    CheckSpec(
        "reconnects",
        (
            _within(
                "from the later of the loss and the link accepting again, to the first fresh frame read"
            ),
        ),
        doc="the feed is back after a loss",
    ),
    CheckSpec(
        "resubscribes", doc="every channel and product of before the loss is subscribed again"
    ),
    CheckSpec(
        "notices_silence",
        (
            _within("from the last frame to the bot's first sign of having noticed"),
            Attribute(
                "of",
                "text",
                default="all",
                choices=("all", "data", "heartbeats"),
                doc="what is silent",
            ),
        ),
        from_start=True,
        doc="a feed that is connected and silent is given up",
    ),
    CheckSpec(
        "backs_off",
        (
            Attribute(
                "max_rate",
                "number",
                unit="attempts/s",
                required=True,
                minimum=0,
                scaling="rate",
                doc="attempts a second for each lost connection",
            ),
            _duration("cap", "the longest pause that the bot may grow to", default=60.0),
            _duration(
                "healthy", "how long data must be read before the pause is short again", default=5.0
            ),
        ),
        doc="attempts to connect grow apart, up to a cap",
    ),
    CheckSpec(
        "falls_back_to_rest",
        (_within("from the loss of the stream to prices asked over REST"),),
        from_start=True,
        doc="without a stream, prices are asked over REST",
    ),
    CheckSpec(
        "returns_to_stream",
        (_within("from the stream's return to REST at its steady rate"),),
        doc="with the stream back, the extra REST calls end",
    ),
    CheckSpec(
        "stops_trading",
        (_within("from when the outage was visible to the bot to its last new order"),),
        from_start=True,
        doc="no new order in an outage",
    ),
    CheckSpec("keeps_watching", doc="positions and open orders are still asked for in an outage"),
    CheckSpec(
        "reconciles_before_trading",
        doc="after an outage the open and unknown orders are read before the first new order",
    ),
    CheckSpec(
        "exactly_once_orders", doc="an order whose answer was lost is not sent a second time"
    ),
    CheckSpec(
        "settles_unknown_orders",
        (_within("from heal to the fate of every unknown order being known"),),
        doc="the fate of an order whose answer was lost is found out",
    ),
    CheckSpec(
        "no_order_on_stale_price",
        (
            _duration("max_age", "of the oldest price event not yet read when the order leaves"),
            Attribute(
                "reducing_exempt",
                "boolean",
                default=True,
                doc="whether orders that reduce risk may leave on an old price",
            ),
        ),
        doc="no order leaves on a price that the market has left behind",
    ),
    CheckSpec("limits_hold", (_MAX_POSITION,), doc="the position limit holds at every instant"),
    CheckSpec(
        "handles_gaps",
        (_within("from the frame beyond the gap being read to the bot's repair"),),
        doc="a gap in sequence numbers is repaired",
    ),
    CheckSpec(
        "no_lost_or_doubled_ticks",
        (
            Attribute(
                "conflation",
                "boolean",
                default=False,
                doc="whether the bot's stated queue policy may drop older ticks",
            ),
        ),
        doc="every tick is seen once; needs the bot's own events",
    ),
    CheckSpec(
        "respects_rate_limits", doc="no more requests than allowed, and none into a 429's pause"
    ),
    CheckSpec(
        "survives_garbage",
        (_within("from the garbage being read to a subscribed feed being read"),),
        doc="a frame that is not JSON does not end the bot",
    ),
    CheckSpec(
        "believes_no_lies",
        (
            _MAX_POSITION,
            Attribute(
                "max_deviation",
                "number",
                unit="%",
                default=1.0,
                minimum=0,
                maximum=100,
                doc="how far from the true book an order's price may be",
            ),
        ),
        doc="wrong balances, orders or prices do not make the bot take more risk",
    ),
    CheckSpec(
        "books_match_ledger", doc="what the bot believes at the end is what the exchange did"
    ),
    CheckSpec(
        "stops_cleanly",
        (_within("from SIGTERM to the end of the process"),),
        afterwards=True,
        doc="on SIGTERM sockets are closed and nothing is placed",
    ),
    CheckSpec("stays_alive", doc="the bot runs, and reads its sockets or sends"),
    CheckSpec("leaves_no_orphans", doc="no order stays open that the bot does not know of"),
)

CHECKS: Final[Mapping[str, CheckSpec]] = {check.name: check for check in _CHECKS}
"""Every check by name."""
