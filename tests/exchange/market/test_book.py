"""A book keeps its sides sorted, whatever is put into it."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.market.book import Book, Side
from downtick.exchange.market.events import Level, Quote

PUTS = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3)), max_size=60)


@given(puts=PUTS, highest_first=st.booleans())
@settings(deadline=None)
def test_side_is_the_last_word_on_each_price(
    puts: list[tuple[int, int]], highest_first: bool
) -> None:
    """A side holds each price's last quantity, without zeros, best first."""
    side: Side[int] = Side(highest_first=highest_first)
    for price, quantity in puts:
        side.put(price, quantity)
    held = {price: quantity for price, quantity in dict(puts).items() if quantity}
    assert list(side) == sorted(held.items(), reverse=highest_first)
    assert len(side) == len(held)
    assert all(price in side and side[price] == quantity for price, quantity in held.items())
    prices = sorted(held, reverse=highest_first)
    assert not prices or (side.best, side.worst) == (prices[0], prices[-1])


def test_depth_is_cut_and_best_first() -> None:
    """Depth gives the best levels of each side, all of them if no number is given."""
    bids = [Quote(Decimal(price), Decimal(1)) for price in (8, 9, 7)]
    asks = [Quote(Decimal(price), Decimal(2)) for price in (11, 10)]
    book = Book("AAA-USD", bids, asks)
    assert [quote.price for quote in book.depth(2)[0]] == [9, 8]
    assert [quote.price for quote in book.depth(1)[1]] == [10]
    assert [len(side) for side in book.depth()] == [3, 2]
    assert (book.best_bid, book.best_ask) == (bids[1], asks[1])


def test_empty_book() -> None:
    """An empty book has no best quotes and is not crossed."""
    book = Book("AAA-USD")
    assert book.best_bid is None
    assert book.best_ask is None
    assert not book.crossed


def test_crossed_is_seen() -> None:
    """A bid at the lowest ask crosses the book."""
    book = Book("AAA-USD", asks=[Quote(Decimal(10), Decimal(1))])
    book.apply([Level("bid", Decimal(10), Decimal(1))])
    assert book.crossed
    book.apply([Level("bid", Decimal(10), Decimal(0)), Level("bid", Decimal(9), Decimal(1))])
    assert not book.crossed
