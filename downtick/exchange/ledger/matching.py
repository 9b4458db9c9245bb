"""What a taker gets of a book. The market is not moved by the user, but what he took of a level is gone for him."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from downtick.exchange.ledger.model import ZERO, Side
from downtick.exchange.market import Book, Level


class Match(NamedTuple):
    """So much at one price."""

    price: Decimal
    size: Decimal


class Liquidity:
    """The books of all products, less what the user took of them."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str, Decimal], Decimal] = {}

    def against(self, side: Side, book: Book, limit: Decimal | None) -> Iterator[Match]:
        """Return what an order can be matched with, best price first.

        Args:
            side: of the order: a buy takes offers.
            book: of its product.
            limit: the worst price that is taken; None for any.
        """
        levels, name = (book.asks, "offer") if side == "BUY" else (book.bids, "bid")
        for price, quantity in levels:
            if limit is not None and (price > limit if side == "BUY" else price < limit):
                return
            left = quantity - self._taken.get((book.product_id, name, price), ZERO)
            if left > 0:
                yield Match(price, left)

    def take(self, side: Side, product_id: str, match: Match) -> None:
        """Note that an order took this."""
        key = (product_id, "offer" if side == "BUY" else "bid", match.price)
        self._taken[key] = self._taken.get(key, ZERO) + match.size

    def changed(self, product_id: str, changes: Iterable[Level]) -> None:
        """Forget what was taken of levels that the market changed."""
        if self._taken:
            for side, price, _ in changes:
                self._taken.pop((product_id, side, price), None)


def by_size(levels: Iterable[Match], size: Decimal) -> list[Match]:
    """Return the matches of an order for so much of the base currency; less, if there is not enough."""
    matches = []
    for price, there in levels:
        if there >= size:
            matches.append(Match(price, size))
            break
        matches.append(Match(price, there))
        size -= there
    return matches


def by_funds(
    levels: Iterable[Match], funds: Decimal, fee_rate: Decimal, lot: Decimal
) -> tuple[list[Match], bool]:
    """Return the matches of an order that spends so much of the quote currency, fees included.

    Returns:
        The matches, in whole lots, and whether the funds were spent as far as lots allow; if not, there was not
        enough in the book.
    """
    matches = []
    for price, there in levels:
        cost = price * (1 + fee_rate)
        affordable = (funds / cost / lot).to_integral_value(ROUND_FLOOR) * lot
        if affordable <= there:
            if affordable:
                matches.append(Match(price, affordable))
            return matches, True
        matches.append(Match(price, there))
        funds -= there * cost
    return matches, False
