"""Double entry: whatever moves sums to zero in each currency."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.ledger import Order
from downtick.exchange.ledger.margin import Moved
from downtick.exchange.ledger.postings import (
    Postings,
    credited,
    exchanged,
    held,
    returned,
    settled,
)
from tests.exchange.ledger.desk import SPOT, ticket

amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=8)
sides: Any = st.sampled_from(("BUY", "SELL"))


def _sums(postings: Postings) -> set[Decimal]:
    sums: Counter[str] = Counter()
    for _, currency, amount in postings:
        sums[currency] += amount  # type: ignore[assignment]
    return {Decimal(amount) for amount in sums.values()}


@given(side=sides, a=amounts, b=amounts, c=amounts, d=amounts)
def test_every_movement_sums_to_zero(
    side: Any, a: Decimal, b: Decimal, c: Decimal, d: Decimal
) -> None:
    """Deposits, holds, matches, what is given back, margin, profit and insurance."""
    order = Order(order_id="", ticket=ticket(side, "1", "1"), status="OPEN", created=0)
    for postings in (
        credited("USD", a),
        held("USD", a),
        exchanged(order, SPOT, a, b, c, d),
        returned(SPOT, side, a, b, c),
        settled("USDC", Moved(None, a, b), c, d, a),
    ):
        assert _sums(postings) == {Decimal(0)}


@given(side=sides, size=amounts, value=amounts, fee=amounts)
def test_what_is_returned_is_what_was_exchanged(
    side: Any, size: Decimal, value: Decimal, fee: Decimal
) -> None:
    """Book by book; the hold that had paid aside, which comes back as available."""
    order = Order(order_id="", ticket=ticket(side, "1", "1"), status="OPEN", created=0)
    there = exchanged(order, SPOT, size, value, fee, Decimal(0))
    back = returned(SPOT, side, size, value, fee)
    books: dict[tuple[str, str], Decimal] = {}
    for book, currency, amount in (*there, *back):
        books[book, currency] = books.get((book, currency), Decimal(0)) + amount
    assert not any(books.values())
