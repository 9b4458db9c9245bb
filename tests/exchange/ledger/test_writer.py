"""The journal's one writer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from downtick.exchange.ledger import Credited, Entry, Opened, replay
from downtick.exchange.ledger import state as fold
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


def test_a_replica_that_follows_reads_each_entry_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Later and later states cost what is new in them; an earlier one costs a replay."""
    writer, read = _writer(10), []
    apply = fold.LedgerState.apply

    def count(state: fold.LedgerState, entry: Entry) -> object:
        read.append(entry.number)
        return apply(state, entry)

    monkeypatch.setattr(fold.LedgerState, "apply", count)
    assert writer.as_of(4).available("USD") == 3
    assert writer.as_of(7).available("USD") == 6
    assert read == [1, 2, 3, 4, 5, 6, 7]
    assert writer.as_of(2).available("USD") == 1
    assert read[7:] == [1, 2]


def test_a_replica_follows_a_roll_back() -> None:
    """What was rolled back is not in it."""
    writer = _writer(4)
    writer.as_of(5)
    writer.roll_back(2, 9)
    writer.write(9, Credited("USD", D(7)))
    assert writer.as_of(6).available("USD") == 1
    assert writer.as_of(7) == replay(PRODUCTS, writer.entries) == writer.state
