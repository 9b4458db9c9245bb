"""The exchange faults and triggers that a profile may name, in the terms of `downtick.profiles.vocabulary`.

What each fault does stands in its own file in `downtick/exchange/faults/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from downtick.profiles.vocabulary import Attribute, FaultSpec

DATA_CHANNELS: Final = ("ticker", "ticker_batch", "level2", "market_trades", "candles", "status")
"""The public channels that carry market data, by the name that a client subscribes to."""

LISTENERS: Final = ("rest", "market_ws", "user_ws")
"""The exchange's doors, one for each link."""

TRIGGERS: Final = (
    "exchange.ticks",  # ticker frames sent to a feed connection, snapshots included
    "exchange.trades",  # market_trades frames sent
    "exchange.heartbeats",  # heartbeats frames sent
    "exchange.frames",  # frames of any channel sent
    "exchange.connections",  # WebSocket connections upgraded
    "exchange.subscriptions",  # subscribe messages accepted
    "exchange.requests",  # REST requests received
)
"""What ``when`` may count. Counting starts when the step is armed, over all connections together."""

_BODY: Final = Attribute(
    "body",
    "text",
    default="json",
    choices=("json", "text", "html"),
    doc="what the answer holds: Coinbase's JSON error, one line of text, or a page of HTML",
)
_RETRY_AFTER: Final = Attribute(
    "retry_after",
    "integer",
    unit="s",
    minimum=0,
    maximum=3600,
    doc="the Retry-After header in whole seconds, never scaled; left out if not given",
)
_ROUTES: Final = Attribute(
    "routes",
    "list",
    default=(),
    doc='patterns such as "GET /products" or "/market/product_book", matched against the end of the path; '
    "none means every route",
)


def _status(default: int | None = None) -> Attribute:
    return Attribute(
        "status",
        "integer",
        required=default is None,
        default=default,
        minimum=400,
        maximum=599,
        doc="the HTTP status",
    )


def _spec(name: str, *attributes: Attribute, doc: str, lasting: bool = True) -> FaultSpec:
    return FaultSpec(name, "exchange", attributes, lasting=lasting, selectors=True, doc=doc)


EXCHANGE_FAULTS: Final[Mapping[str, FaultSpec]] = {
    spec.name: spec
    for spec in (
        _spec(
            "data_silence",
            Attribute(
                "channels",
                "list",
                default=(),
                choices=DATA_CHANNELS,
                doc="which channels fall silent; none means all that carry data",
            ),
            doc="market data stops; pings are still answered and heartbeats go on",
        ),
        _spec("heartbeat_silence", doc="heartbeats stop; market data goes on"),
        _spec(
            "sequence_gap",
            Attribute(
                "frames",
                "integer",
                default=1,
                minimum=1,
                maximum=10_000,
                doc="how many data frames, and their sequence numbers, each open connection misses",
            ),
            lasting=False,
            doc="every open connection misses its next data frames and sees the hole in sequence_num",
        ),
        _spec(
            "duplicate_frame",
            lasting=False,
            doc="every open connection gets its next data frame twice, with one sequence_num",
        ),
        _spec(
            "out_of_order",
            lasting=False,
            doc="every open connection gets its next data frame after the one that follows it",
        ),
        _spec(
            "close_code",
            Attribute(
                "code",
                "integer",
                required=True,
                minimum=1000,
                maximum=4999,
                doc="the close code; 1005, 1006 and 1015 never stand in a frame: use abort",
            ),
            Attribute("reason", "text", default="", doc="the close reason, up to 123 bytes"),
            lasting=False,
            doc="every open feed connection is closed with a close frame",
        ),
        _spec(
            "abort",
            lasting=False,
            doc="every open feed connection is reset without a close frame (1006 to the client)",
        ),
        _spec(
            "refuse_upgrade",
            _status(503),
            _BODY,
            _RETRY_AFTER,
            doc="WebSocket handshakes are answered with an HTTP error; open connections flow on",
        ),
        _spec(
            "refuse_connections",
            Attribute(
                "how",
                "text",
                default="refuse",
                choices=("refuse", "hang"),
                doc="refuse: reset as soon as accepted; hang: accepted, and then never a byte",
            ),
            Attribute(
                "listener",
                "text",
                default="market_ws",
                choices=LISTENERS,
                doc="the door that takes nobody new",
            ),
            doc="new connections are refused or hang; open ones flow on",
        ),
        _spec(
            "error_message",
            Attribute(
                "message", "text", default="internal error", doc="the message of the error frame"
            ),
            lasting=False,
            doc='every open feed connection gets one {"type":"error"} frame, without envelope',
        ),
        _spec(
            "garbage_text",
            Attribute(
                "text", "text", default='{"channel":"tic', doc="what is sent instead of JSON"
            ),
            lasting=False,
            doc="every open feed connection gets one text frame that is not JSON",
        ),
        _spec(
            "huge_snapshot",
            Attribute(
                "bytes",
                "integer",
                unit="bytes",
                default=12 * 1024 * 1024,
                minimum=1024,
                maximum=64 * 1024 * 1024,
                doc="the least size of the frame",
            ),
            doc="level2 snapshots are padded with price levels; open level2 subscriptions get one at once",
        ),
        _spec(
            "http_error",
            _status(),
            _BODY,
            _ROUTES,
            _RETRY_AFTER,
            doc="REST requests are answered with an HTTP error",
        ),
        _spec(
            "half_answer",
            _ROUTES,
            doc="REST answers promise their whole length, send half of it and close",
        ),
    )
}
