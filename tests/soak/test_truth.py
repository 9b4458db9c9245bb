from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import OrderReport, OrderRequest
from bot_v2.state.store import StateStore
from chaos_tests.soak.truth import Belief, Standing, Truth, belief, differences, unwritten
from downtick.history import Event

BTC = "BTC-USD"


class Ledger:
    """Writes entries as the exchange's journal does, and lets a truth take them."""

    def __init__(self) -> None:
        self.truth = Truth(BTC)
        self.number = 0

    def entry(self, change: str, detail: dict[str, Any], **order: Any) -> int:
        """Add an entry and return its number."""
        self.number += 1
        data = {"entry": self.number, "change": change, "detail": detail, **order}
        self.truth.take(Event(float(self.number), "exchange", "ledger", data))
        return self.number

    def order(self, name: str, change: str, filled: str, status: str, **fill: Any) -> int:
        """Add an entry of an order."""
        detail = {"fill": {"product_id": BTC, **fill}} if fill else {}
        known = {"client_order_id": name, "product": BTC, "filled": filled, "status": status}
        return self.entry(change, detail, **known)

    def bought(self, name: str, number: int, size: str = "1", side: str = "BUY") -> int:
        """Add an order that is filled at once."""
        self.order(name, "accepted", "0", "OPEN")
        return self.order(name, "matched", size, "FILLED", number=number, size=size, side=side)


@pytest.fixture
def ledger() -> Ledger:
    """Return a ledger with two bitcoins in it."""
    made = Ledger()
    made.entry("credited", {"currency": "BTC", "amount": "2"})
    made.entry("credited", {"currency": "USD", "amount": "1000"})
    return made


def test_positions_and_orders_follow_the_entries(ledger: Ledger) -> None:
    """Bought, sold, open and ended."""
    ledger.bought("a", 1, "0.5")
    ledger.bought("b", 2, "0.2", "SELL")
    ledger.order("c", "accepted", "0", "OPEN")
    books = ledger.truth.books
    assert books.position == Decimal("2.3")
    assert books.orders["a"] == Standing(Decimal("0.5"), over=True)
    assert books.orders["c"] == Standing(Decimal(0), over=False)
    assert (ledger.truth.highest, ledger.truth.lowest) == (Decimal("2.5"), Decimal(0))


def test_an_exchange_may_take_back(ledger: Ledger) -> None:
    """A voided fill; then everything since an entry; then that too."""
    first = ledger.bought("a", 1)
    ledger.bought("b", 2)
    ledger.entry(
        "voided", {"fill_number": 2}, client_order_id="b", product=BTC, filled="0", status="FILLED"
    )
    assert ledger.truth.books.position == 3
    back = ledger.entry("rolledback", {"entry_number": first})
    assert (ledger.truth.books.position, set(ledger.truth.books.orders)) == (Decimal(3), {"a"})
    assert "b" in ledger.truth.touched
    ledger.bought("b", 3)
    assert ledger.truth.twice == set()
    ledger.entry("rolledback", {"entry_number": back})
    assert (ledger.truth.books.position, set(ledger.truth.books.orders)) == (Decimal(3), {"a"})


def test_a_name_that_stands_there_twice_is_noted(ledger: Ledger) -> None:
    """One order was placed blindly a second time."""
    ledger.bought("a", 1)
    ledger.bought("a", 2)
    assert ledger.truth.twice == {"a"}


def test_a_long_run_remembers_what_it_must(ledger: Ledger) -> None:
    """Old entries are folded together, and going back over young ones still works."""
    for number in range(4000):
        last = ledger.bought(f"order {number}", number, "0.001")
    ledger.bought("too much", 5000)
    ledger.entry("rolledback", {"entry_number": last})
    assert ledger.truth.books.position == Decimal(6)
    assert len(ledger.truth.books.orders) == 4000
    ledger.truth.forget()
    assert ledger.truth.touched == set()


def told(position: str, open_: frozenset[str] = frozenset(), **orders: tuple[str, str]) -> Belief:
    """Return a belief."""
    read = {name: (Decimal(filled), state) for name, (filled, state) in orders.items()}
    return Belief(Decimal(position), read, open_)


@pytest.mark.parametrize(
    ("believed", "words"),
    [
        (told("3", a=("1", "over"), c=("0", "known")), []),
        (told("2", a=("1", "over"), c=("0", "known")), ["position: 2 believed, 3 in the ledger"]),
        (told("3", a=("0.5", "over"), c=("0", "known")), ["order a: 0.5 filled believed, 1"]),
        (
            told("3", a=("1", "known"), c=("0", "known")),
            ["order a is over in the ledger, and known"],
        ),
        (
            told("3", a=("1", "over"), c=("0", "refused")),
            ["order c is open in the ledger, and ref"],
        ),
        (told("3", a=("1", "over")), ["order c is in the ledger, and was never written down"]),
    ],
)
def test_every_difference_is_told(ledger: Ledger, believed: Belief, words: list[str]) -> None:
    """And nothing where there is none."""
    ledger.bought("a", 1)
    ledger.order("c", "accepted", "0", "OPEN")
    found = differences(ledger.truth.books, believed, {"a", "c"})
    assert len(found) == len(words)
    for line, start in zip(found, words, strict=True):
        assert line.startswith(start)


def test_an_order_that_is_not_there_is_told_by_the_position(ledger: Ledger) -> None:
    """It never came, or the exchange took it back."""
    assert differences(ledger.truth.books, told("2", x=("0", "unknown")), {"x"}) == []
    assert differences(ledger.truth.books, told("2", x=("1", "over")), {"x"}) == []
    assert len(differences(ledger.truth.books, told("3", x=("1", "over")), {"x"})) == 1


def test_an_order_that_was_never_written_down(ledger: Ledger) -> None:
    """That may never be."""
    ledger.bought("a", 1)
    assert unwritten(ledger.truth.books, told("3"), {"a", "x"}) == ["a"]
    assert unwritten(ledger.truth.books, told("3", a=("0", "sent")), {"a"}) == []


async def test_a_bots_file_is_read_while_it_writes(tmp_path: Path) -> None:
    """What it has written down, as it stands; and an error, not a new file, where there is none."""
    file = tmp_path / "bot.sqlite"
    with pytest.raises(sqlite3.OperationalError):
        belief(file, BTC, ())
    store = StateStore.open(file)
    request = OrderRequest("a", BTC, "buy", Decimal("0.5"))
    await store.set_position(BTC, Decimal(2))
    await store.write_intent(request, 1.0)
    assert belief(file, BTC, {"a"}) == Belief(
        Decimal(2), {"a": (Decimal(0), "written")}, frozenset({"a"})
    )
    await store.mark_sent("a")
    report = OrderReport("1", "a", BTC, "buy", Decimal("0.5"), Decimal("0.5"), Decimal(9), "filled")
    await store.mark_known(report)
    assert belief(file, BTC, {"a", "x"}) == Belief(
        Decimal("2.5"), {"a": (Decimal("0.5"), "over")}, frozenset()
    )
    await store.close()
