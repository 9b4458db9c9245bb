"""The journal's one writer."""

from __future__ import annotations

from decimal import Decimal

from downtick.exchange.ledger import Credited, Opened, replay
from downtick.exchange.ledger.writer import Writer
from tests.exchange.ledger.desk import SPOT

D = Decimal
PRODUCTS = {SPOT.product_id: SPOT}


def _writer(credits: int) -> Writer:
    writer = Writer(PRODUCTS)
    writer.write(0, Opened(D(0)))
    for number in range(credits):
        writer.write(number, Credited("USD", D(1)))
    return writer


def test_entries_are_numbered_from_one() -> None:
    """Without gaps, through a roll-back too."""
    writer = _writer(2)
    writer.roll_back(2, 5)
    writer.write(6, Credited("USD", D(5)))
    assert [entry.number for entry in writer.entries] == [1, 2, 3, 4, 5]
    assert writer.state.available("USD") == 6
    assert writer.state.number == 5


def test_a_state_as_of_an_entry_is_the_callers_own() -> None:
    """He may carry it on by himself; the journal's state and the next caller's are others."""
    writer = _writer(4)
    mine = writer.as_of(3)
    assert mine.available("USD") == 2
    mine.apply(writer.entries[3])
    mine.apply(writer.entries[4])
    assert mine == writer.state
    assert writer.as_of(3).available("USD") == 2


def test_a_state_as_of_an_entry_knows_of_the_roll_backs_before_it() -> None:
    """What was rolled back is not in it."""
    writer = _writer(4)
    writer.roll_back(2, 9)
    writer.write(9, Credited("USD", D(7)))
    assert writer.as_of(5).available("USD") == 4
    assert writer.as_of(6).available("USD") == 1
    assert writer.as_of(7) == replay(PRODUCTS, writer.entries) == writer.state
