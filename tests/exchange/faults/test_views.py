"""Books that are not the true ones."""

from __future__ import annotations

from downtick.exchange.faults.views import after, opening, without
from downtick.exchange.ledger import Ended
from tests.exchange.faults.trader import Trader


async def _trader() -> Trader:
    """Return one with an open order, and another that is filled."""
    trader = Trader()
    trader.wait(1.0)
    await trader.place("open")
    await trader.place("filled")
    trader.fill("filled")
    return trader


async def test_books_without_an_order_know_it_by_no_name() -> None:
    """Neither by its id nor by the client's; balances are what they are, and so are the true books."""
    trader = await _trader()
    true = trader.venue.ledger.state
    hidden = [trader.order(name).order_id for name in ("open", "filled")]
    shown = without(true, hidden)
    assert not shown.orders
    assert not shown.open_orders
    assert not shown.by_client_id
    assert not shown.fills
    assert shown.accounts == true.accounts
    assert len(true.orders) == 2
    assert without(true, hidden[:1]).open_orders == {}
    assert len(without(true, hidden[1:]).open_orders) == 1


async def test_books_after_a_change_leave_the_true_ones_alone() -> None:
    """Whatever the change touched."""
    trader = await _trader()
    ledger = trader.venue.ledger
    order_id = trader.order("open").order_id
    shown = after(ledger.state, [Ended(order_id, "CANCELLED", "gone")], trader.venue.now())
    assert shown.orders[order_id].status == "CANCELLED"
    assert shown.accounts["USD"].hold == 0
    assert ledger.state == ledger.as_of(len(ledger.entries))


async def test_books_are_open_with_all_that_the_user_began_with() -> None:
    """What came in at the first instant."""
    trader = await _trader()
    entries = trader.venue.ledger.entries
    assert opening(entries) == 3
    assert opening(entries[:2]) == 2
