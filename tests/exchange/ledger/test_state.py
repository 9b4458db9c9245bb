"""The fold: a journal gives a state, the same one every time."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from downtick.exchange.ledger import (
    Credited,
    Entry,
    Flagged,
    Flags,
    LedgerState,
    Opened,
    RolledBack,
    replay,
)
from tests.exchange.ledger.desk import PERPETUAL, SPOT, Desk

D = Decimal
PRODUCTS = {SPOT.product_id: SPOT, PERPETUAL.product_id: PERPETUAL}


def _busy() -> Desk:
    desk = Desk()
    order = desk.place("BUY", "2", "101")
    desk.place("SELL", "1", product_id=PERPETUAL.product_id)
    desk.edit(order, "100", "3")
    desk.ledger.cancel(order.order_id, 9, queued=True)
    desk.ledger.finish_cancel(order.order_id, 9)
    desk.ledger.void(1, 9)
    desk.ledger.roll_back(9, 10)
    desk.place("BUY", "1", "90")
    return desk


def test_every_prefix_of_a_journal_is_a_state() -> None:
    """A replay up to an entry gives what was true right after it."""
    desk = Desk()
    states: list[tuple[int, int, Decimal]] = []
    desk.ledger.listeners.append(
        lambda entry, _: states.append(
            (entry.number, len(desk.ledger.state.orders), desk.ledger.state.available("USD"))
        )
    )
    order = desk.place("BUY", "2", "101")
    desk.edit(order, "100", "3")
    desk.ledger.cancel(order.order_id, 9)
    for number, orders, dollars in states:
        state = replay(desk.ledger.state.products, desk.ledger.entries[:number])
        assert (state.number, len(state.orders), state.available("USD")) == (
            number,
            orders,
            dollars,
        )


def test_a_journal_can_be_written_down_and_replayed() -> None:
    """As JSON and back: nothing of an entry is lost."""
    desk = _busy()
    lines = [msgspec.json.encode(entry) for entry in desk.ledger.entries]
    read = [msgspec.json.decode(line, type=Entry) for line in lines]
    assert read == desk.ledger.entries
    assert replay(desk.ledger.state.products, read) == desk.ledger.state


def test_states_differ_by_what_is_in_them() -> None:
    """One cent more is another state; anything else is no state."""
    entries = [Entry(1, 0, Opened(D(0))), Entry(2, 0, Credited("USD", D(1)))]
    more = [*entries[:1], Entry(2, 0, Credited("USD", D("1.01")))]
    assert replay(PRODUCTS, entries) != replay(PRODUCTS, more)
    assert replay(PRODUCTS, entries) != 1


def test_rolling_back_twice_follows_the_thread() -> None:
    """A roll-back to before a roll-back, and to between two: what was true after that entry is true again."""
    usd = [Entry(n, 0, Credited("USD", D(10) ** (n - 2))) for n in (2, 3)]
    entries = [Entry(1, 0, Opened(D(0))), *usd]  # 1, then 11 dollars
    entries.append(Entry(4, 0, RolledBack(2)))  # 1
    entries.append(Entry(5, 0, Credited("USD", D(100))))  # 101
    entries.append(Entry(6, 0, RolledBack(3)))  # 11
    entries.append(Entry(7, 0, RolledBack(5)))  # 101
    dollars = [replay(PRODUCTS, entries[:n]).available("USD") for n in range(1, 8)]
    assert dollars == [0, 1, 11, 1, 101, 11, 101]
    assert replay(PRODUCTS, entries).number == 7


def test_a_roll_back_is_not_folded() -> None:
    """It says what to leave out, not what to add."""
    with pytest.raises(AssertionError, match="left out of a fold"):
        LedgerState(PRODUCTS).apply(Entry(1, 0, RolledBack(1)))


def test_accounts_are_in_the_order_of_their_names() -> None:
    """With everything that was ever held, also what is gone."""
    desk = Desk({"USD": "101.2121", "EUR": "1"})
    desk.place("BUY", "1", "100")
    assert list(desk.ledger.state.accounts) == ["EUR", "USD"]
    assert desk.account("USD") == (D("0.0121"), D("101.2"))
    desk.trade("99", "1")
    assert list(desk.ledger.state.accounts) == ["BTC", "EUR", "USD"]


def test_flags_are_open_until_they_are_said() -> None:
    """Each product has its own."""
    state = LedgerState(PRODUCTS)
    assert state.flags == {SPOT.product_id: Flags(), PERPETUAL.product_id: Flags()}
    state.apply(Entry(1, 0, Flagged(SPOT.product_id, Flags(cancel_only=True))))
    assert state.flags_of(SPOT.product_id).cancel_only
    assert not state.flags_of(PERPETUAL.product_id).cancel_only


def test_volume_counts_what_is_paid_in_dollars() -> None:
    """Value of every match, fees left out; it moves the fee tier."""
    desk = Desk()
    desk.place("BUY", "1")
    desk.place("SELL", "1", product_id=PERPETUAL.product_id)
    assert desk.ledger.state.volume_30d == 200
    assert desk.ledger.state.fee_tier.name == "Intro 1"


def test_the_exchange_and_the_market_have_books_too() -> None:
    """What the user pays, they get: fees here, coins and dollars there."""
    desk = Desk()
    desk.place("BUY", "1")
    state = desk.ledger.state
    assert state.balance("fees", "USD") == D("1.212")
    assert state.balance("market", "USD") == 101
    assert state.balance("market", "BTC") == -1
    assert state.balance("outside", "USD") == -10000
    assert state.totals() == {"USD": 0, "BTC": 0, "USDC": 0}


def test_fills_are_found_by_number() -> None:
    """Also after a roll-back has left a gap in the numbers."""
    desk = Desk()
    number = len(desk.ledger.entries)
    desk.place("BUY", "1")
    desk.ledger.roll_back(number, 5)
    desk.place("BUY", "0.5")
    found = desk.ledger.state.fill(2)
    assert found is not None
    assert found.size == D("0.5")
    assert desk.ledger.state.fill(1) is None
    assert desk.ledger.state.fill(3) is None
