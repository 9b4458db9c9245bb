"""A toxic that was checked before Toxiproxy hears of it.

Toxiproxy checks nothing: misspelt and negative attributes are accepted and three mistakes kill the whole server
(``slicer`` without a size, ``slicer`` with a variation that reaches its size, ``bandwidth`` below 0; Toxiproxy
slicer.go, bandwidth.go). So a `Toxic` can only be made by `toxic`, which refuses all of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from downtick.errors import ToxicError
from downtick.links.validate import attributes_of, near_miss
from downtick.links.vocabulary import TOXICS

STREAMS: Final = ("downstream", "upstream")


@dataclass(frozen=True)
class Toxic:
    """One of Toxiproxy's toxics, ready to be added.

    Attributes:
        type: Toxiproxy's word for it.
        attributes: all of its attributes, defaults filled in.
        stream: the direction: ``downstream`` is server to client, ``upstream`` is client to server.
        toxicity: the share of connections that it strikes, 0 to 1.
        name: by which the server knows it on its link.
    """

    type: str
    attributes: Mapping[str, Any]
    stream: str
    toxicity: float
    name: str


def toxic_name(type_: str, stream: str) -> str:
    """Return the name that a toxic has on its link unless it is given another."""
    return f"{type_}_{stream}"


def toxic(
    type_: str,
    attributes: Mapping[str, Any],
    *,
    stream: str = "downstream",
    toxicity: float = 1.0,
    name: str | None = None,
) -> Toxic:
    """Check a toxic and return it with its defaults filled in.

    Args:
        type_: one of Toxiproxy's seven.
        attributes: in Toxiproxy's own units.
        stream: ``downstream`` (server to client) or ``upstream``.
        toxicity: the share of connections that it strikes. Toxiproxy draws it and its seed does
            nothing (Toxiproxy cmd/server/server.go:70), so anything but 0 and 1 cannot be repeated.
        name: on its link; its type and stream if not given.

    Raises:
        ToxicError: with what was found and what is allowed.
    """
    spec = TOXICS.get(type_)
    if spec is None:
        raise ToxicError(f"no toxic is called {type_!r}{near_miss(type_, TOXICS)}")
    if stream not in STREAMS:
        raise ToxicError(f"{type_}: stream {stream!r}{near_miss(stream, STREAMS)}")
    is_number = isinstance(toxicity, int | float) and not isinstance(toxicity, bool)
    if not is_number or not 0 <= toxicity <= 1:
        raise ToxicError(f"{type_}: toxicity {toxicity!r} is not a number from 0 to 1")
    checked = attributes_of(spec, attributes)
    if type_ == "slicer" and checked["size_variation"] >= checked["average_size"]:
        raise ToxicError(
            f"slicer: size_variation {checked['size_variation']} is not less than average_size "
            f"{checked['average_size']}; this would crash Toxiproxy"
        )
    return Toxic(type_, checked, stream, float(toxicity), name or toxic_name(type_, stream))
