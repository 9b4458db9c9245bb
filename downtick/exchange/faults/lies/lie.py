"""What a lie is: something that it changes in decoded answers and frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from downtick.exchange.call import Call
from downtick.exchange.frames import Body

if TYPE_CHECKING:
    from downtick.exchange.venue import Venue

Concerns = Callable[[str | None], bool]
"""Whether something about a product (None for nobody's) is to be changed."""

_MARKET: frozenset[str] = frozenset(("products", "product_book", "best_bid_ask"))


class Lie:
    """Tells the truth; a kind of lie overrides what it changes.

    Args:
        venue: whose truth it is.
        concerns: what is to be changed at all.
        age: real seconds, for lies about time.
    """

    name: ClassVar[str]
    channels: ClassVar[frozenset[str]] = frozenset()
    """Frames that it changes, by their channel."""
    spoils_books: ClassVar[bool] = False
    """Whether a client that follows ``level2`` keeps something wrong when it ends."""

    def __init__(self, venue: Venue, concerns: Concerns, age: float) -> None:
        self.venue = venue
        self.concerns = concerns
        self.age = age

    def answer(self, call: Call, told: Any) -> bool:
        """Change a decoded answer, and return whether there was something to change."""
        return False

    def frame(self, body: Body, told: Any) -> bool:
        """Change a decoded frame of one of its channels, likewise."""
        return False


def market_product(call: Call) -> tuple[bool, str | None]:
    """Return whether a route tells of the market, and the product that its path names, if it does."""
    segments = call.path.split("/")
    products: Sequence[str] = call.products
    return not _MARKET.isdisjoint(segments), products[0] if len(products) == 1 else None
