"""One REST request as routes and faults see it, and how its answer leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal, get_args

import msgspec
from multidict import CIMultiDict, MultiDict, MultiMapping

from downtick.exchange.error_bodies import Answer

Then = Literal["keep", "close", "reset", "silence"]
"""What becomes of the connection after an answer: used again, ended by FIN or by RST, or never heard of again."""

_PRODUCT_BODY: Final = 65536  # bytes: bodies longer than that are not looked at for their product


class _Named(msgspec.Struct):
    product_id: Any = None


_named = msgspec.json.Decoder(_Named)


@dataclass(frozen=True, slots=True)
class Call:
    """One REST request.

    Attributes:
        conn: number of its connection.
        number: counted from 1 over all connections.
        method: such as ``POST``.
        path: as it was sent, without the query.
        query: parameters, each as often as it was given.
        headers: names in any case.
        body: as it was sent.
        peer: the client's address.
        target: path and query, letter by letter as they were sent.
    """

    conn: int
    number: int
    method: str
    path: str
    query: MultiMapping[str] = field(default_factory=MultiDict)
    headers: Mapping[str, str] = field(default_factory=CIMultiDict)
    body: bytes = b""
    peer: str = ""
    target: str = ""

    @property
    def products(self) -> Sequence[str]:
        """The products that it names, in its path, its query or its body."""
        segments = self.path.split("/")
        named = [s for before, s in pairwise(segments) if before == "products"]
        named += self.query.getall("product_id", [])
        named += self.query.getall("product_ids", [])
        if self.body and len(self.body) <= _PRODUCT_BODY:
            try:
                product = _named.decode(self.body).product_id
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                product = None
            if isinstance(product, str):
                named.append(product)
        return named


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP answer, and headers besides those of its body."""

    answer: Answer
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """How an answer leaves. The default is: whole, at once, and the connection goes on.

    Attributes:
        delay: real seconds before its first byte.
        share: of its body that is sent; with 0 not even the head is.
        pace: bytes of the body a real second; None for all at once.
        then: what becomes of the connection.
    """

    delay: float = 0.0
    share: float = 1.0
    pace: float | None = None
    then: Then = "keep"

    def beside(self, other: Delivery) -> Delivery:
        """Return how an answer leaves that is to leave in both ways: later, shorter, slower, and worse in the end."""
        paces = [pace for pace in (self.pace, other.pace) if pace is not None]
        return Delivery(
            self.delay + other.delay,
            min(self.share, other.share),
            min(paces, default=None),
            max(self.then, other.then, key=get_args(Then).index),
        )
