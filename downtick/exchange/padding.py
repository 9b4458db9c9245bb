"""Price levels that make a snapshot as long as a fault wants it, in the words of either dialect."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_FIRST_PRICE: Final = 10_000_000  # above every real offer, so that the offers stay sorted


@dataclass(frozen=True)
class Padding:
    """How one dialect writes an offer.

    Attributes:
        level: an offer, with ``@`` for the whole part of its price and ``%02d`` for the cents.
        end: what stands behind the last offer of a snapshot.
    """

    level: str
    end: bytes

    def pad(self, frame: bytes, size: int) -> tuple[bytes, bytes, bytes]:
        """Return a snapshot's frame with so many bytes of offers more, in pieces, because so much is not copied lightly."""
        (levels, end, rest), more = frame.rpartition(self.end), self.offers(size)
        return levels, more[1:] if levels.endswith(b"[") else more, end + rest

    @lru_cache(maxsize=8)  # noqa: B019 - there are as many as there are dialects, and they live for good
    def offers(self, size: int) -> bytes:
        """Return offers, best first, that are at least so many bytes long; each with a comma before it."""
        hundred = ",".join(self.level % cent for cent in range(100)).encode()
        one = len(hundred) + 100 * (len(str(_FIRST_PRICE)) - 1) + 1
        prices = range(_FIRST_PRICE, _FIRST_PRICE + size // one + 1)
        return b"".join([b"," + hundred.replace(b"@", b"%d" % price) for price in prices])


ADVANCED_TRADE: Final = Padding(
    '{"side":"offer","event_time":"1970-01-01T00:00:00Z","price_level":"@.%02d","new_quantity":"0.01"}',
    b"]}]}",
)
EXCHANGE: Final = Padding('["@.%02d","0.01"]', b'],"bids":')
PADDINGS: Final = (ADVANCED_TRADE, EXCHANGE)
