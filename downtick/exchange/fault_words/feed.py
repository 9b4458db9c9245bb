"""Faults of the feed."""

from __future__ import annotations

from typing import Final

from downtick.exchange.fault_words.parts import CONNECTIONS, DATA_CHANNELS, spec
from downtick.profiles.vocabulary import Attribute, FaultSpec

FEED_FAULTS: Final[tuple[FaultSpec, ...]] = (
    spec(
        "data_silence",
        Attribute(
            "channels",
            "list",
            default=(),
            choices=DATA_CHANNELS,
            doc="which channels fall silent; none means all that carry data",
        ),
        CONNECTIONS,
        doc="market data stops; pings are still answered and heartbeats go on",
    ),
    spec("heartbeat_silence", CONNECTIONS, doc="heartbeats stop; market data goes on"),
    spec(
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
    spec(
        "duplicate_frame",
        lasting=False,
        doc="every open connection gets its next data frame twice, with one sequence_num",
    ),
    spec(
        "out_of_order",
        lasting=False,
        doc="every open connection gets its next data frame after the one that follows it",
    ),
    spec(
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
        CONNECTIONS,
        lasting=False,
        doc="every open feed connection is closed with a close frame",
    ),
    spec(
        "abort",
        CONNECTIONS,
        lasting=False,
        doc="every open feed connection is reset without a close frame (1006 to the client)",
    ),
    spec(
        "error_message",
        Attribute(
            "message", "text", default="internal error", doc="the message of the error frame"
        ),
        lasting=False,
        doc='every open feed connection gets one {"type":"error"} frame, without envelope',
    ),
    spec(
        "garbage_text",
        Attribute("text", "text", default='{"channel":"tic', doc="what is sent instead of JSON"),
        lasting=False,
        doc="every open feed connection gets one text frame that is not JSON",
    ),
    spec(
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
    spec(
        "changed_book",
        Attribute(
            "levels",
            "integer",
            default=5,
            minimum=1,
            maximum=1000,
            doc="how many of the best prices of each side are taken away",
        ),
        lasting=False,
        doc="the market's books lose their best prices at once: a client that was away must not come back with them",
    ),
)
