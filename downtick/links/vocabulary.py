"""The words that this room brings to a profile: Toxiproxy's seven toxics and the link faults made of several calls."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from downtick.profiles.vocabulary import Attribute, FaultSpec

LINKS: Final = ("rest", "market_ws", "user_ws")
"""The links of a rig. Each fails on its own."""

_HOUR_MS: Final = 3_600_000
# A reset_peer that sleeps blocks every call about its link, and the server gives such a call up
# after 25 s (Toxiproxy api.go: timeoutMiddleware).
_RESET_PEER_LIMIT_MS: Final = 20_000


def _milliseconds(
    name: str, doc: str, *, minimum: int = 0, maximum: int = _HOUR_MS, default: int | None = None
) -> Attribute:
    return Attribute(
        name,
        "integer",
        unit="ms",
        required=default is None,
        default=default,
        minimum=minimum,
        maximum=maximum,
        scaling="duration",
        doc=doc,
    )


_TOXICS = (
    FaultSpec(
        "latency",
        "toxic",
        (
            _milliseconds("latency", "how much later every chunk arrives", minimum=1),
            _milliseconds("jitter", "uniform in [-jitter, +jitter); cannot be repeated", default=0),
        ),
        doc="data arrives later, in order; connecting is not delayed",
    ),
    FaultSpec(
        "bandwidth",
        "toxic",
        (
            Attribute(
                "rate",
                "integer",
                unit="KB/s",
                required=True,
                minimum=0,
                maximum=10_000_000,
                scaling="rate",
                doc="1 KB is 1000 bytes; for each connection; 0 stalls without loss",
            ),
        ),
        doc="data is paced, per connection",
    ),
    FaultSpec(
        "slow_close",
        "toxic",
        (_milliseconds("delay", "how long the end of a direction is held back", minimum=1),),
        doc="a close in this direction is passed on later",
    ),
    FaultSpec(
        "timeout",
        "toxic",
        (_milliseconds("timeout", "of silence in this direction, then close; 0 never closes"),),
        doc="every byte of this direction is lost; closes after silence; removing it closes the connections",
    ),
    FaultSpec(
        "reset_peer",
        "toxic",
        (
            _milliseconds(
                "timeout",
                "from the first chunk to the reset",
                maximum=_RESET_PEER_LIMIT_MS,
                default=0,
            ),
        ),
        doc="resets connections opened from now on at their first chunk; open ones are closed with FIN",
    ),
    FaultSpec(
        "slicer",
        "toxic",
        (
            Attribute(
                "average_size",
                "integer",
                unit="bytes",
                required=True,
                minimum=1,
                maximum=1_000_000,
                doc="of one slice; more than size_variation",
            ),
            Attribute(
                "size_variation",
                "integer",
                unit="bytes",
                default=0,
                minimum=0,
                maximum=1_000_000,
                doc="a slice is this much smaller or larger; less than average_size",
            ),
            Attribute(
                "delay",
                "integer",
                unit="µs",
                default=0,
                minimum=0,
                maximum=_HOUR_MS * 1000,
                scaling="duration",
                doc="between two slices",
            ),
        ),
        doc="data arrives in small pieces",
    ),
    FaultSpec(
        "limit_data",
        "toxic",
        (
            Attribute(
                "bytes",
                "integer",
                unit="bytes",
                required=True,
                minimum=0,
                maximum=10**12,
                doc="per connection, counted from when the toxic was added",
            ),
        ),
        doc="the connection is closed after so many bytes of this direction",
    ),
)

_LINK_FAULTS = (
    FaultSpec("reset", "link", lasting=False, doc="RST on every open connection, at both ends"),
    FaultSpec("close", "link", lasting=False, doc="FIN on every open connection, at both ends"),
    FaultSpec("down", "link", doc="every connection is cut and new ones are refused"),
    FaultSpec(
        "freeze", "link", doc="nothing arrives, nothing is lost; all of it arrives afterwards"
    ),
    FaultSpec(
        "blackhole",
        "link",
        (
            Attribute(
                "end",
                "text",
                default="reset",
                choices=("reset", "close"),
                doc="what its connections meet when it ends: TCP knows no hole in a stream",
            ),
        ),
        doc="every byte of both directions is lost while the connections stay open",
    ),
)

TOXICS: Final[Mapping[str, FaultSpec]] = MappingProxyType({spec.name: spec for spec in _TOXICS})
"""Toxiproxy's toxics, with its own attribute names and the ranges in which they do what they say."""

LINK_FAULTS: Final[Mapping[str, FaultSpec]] = MappingProxyType(
    {spec.name: spec for spec in _LINK_FAULTS}
)
"""What an engineer means by a broken link, made so that it really happens."""
