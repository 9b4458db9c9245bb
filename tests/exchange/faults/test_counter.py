"""The counter at which a request meets the ledger while faults are on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from downtick.exchange.call import Call
from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.counter import Counter, Do
from downtick.exchange.faults.selector import Selector
from downtick.exchange.faults.views import Shown
from downtick.exchange.ledger import Ledger, Order, Refused, Ticket
from downtick.exchange.market import MarketState, SeededMarket
from tests.exchange.faults.desk import Desk
from tests.exchange.orders import AT, FUTURE, D

MARKET = MarketState(SeededMarket(5, ("BTC-USD", FUTURE), rate=10.0).openings)
CALL = Call(1, 1, "POST", "/orders")
BOOK = MARKET.book("BTC-USD")


class _Noting(Fault):
    """Notes what it meets; refuses if it is told to."""

    name = "noting"

    def __init__(self, number: int, met: list[str], refuses: bool = False) -> None:
        super().__init__(number, {}, Selector(), Desk(), lambda *_, **__: None, lambda: None)
        self._met = met
        self._refuses = refuses

    def _meet(self, what: str, do: Callable[[], Any]) -> Any:
        self._met.append(f"{self.handle} {what}")
        return Refused("NO", "no") if self._refuses else do()

    def place(self, call: Call, ticket: Ticket, do: Do) -> Order | Refused:
        found: Order | Refused = self._meet(f"place {ticket.client_order_id}", do)
        return found

    def edit(self, call: Call, order_id: str, do: Do) -> Order | Refused:
        found: Order | Refused = self._meet("edit", do)
        return found

    def cancel(self, call: Call, order_id: str, do: Do) -> Order | Refused:
        found: Order | Refused = self._meet("cancel", do)
        return found


def _ledger() -> Ledger:
    return Ledger(MARKET.products, {"USD": D(100_000)}, at=AT)


def _ticket(name: str = "a", **more: Any) -> Ticket:
    terms = {"product_id": "BTC-USD", "side": "BUY", "configuration": "limit_limit_gtc"}
    return Ticket(
        client_order_id=name, **{**terms, "base_size": D(1), "limit_price": D(1000), **more}
    )


def test_every_verb_meets_the_faults_in_their_order_and_then_the_ledger() -> None:
    """What it does there is done at the true one."""
    true, met = _ledger(), list[str]()
    counter = Counter(true, CALL, [_Noting(1, met), _Noting(2, met)])
    order = counter.place(_ticket(), AT, BOOK)
    assert isinstance(order, Order)
    counter.edit(order.order_id, price=D(900), size=D(2), at=AT, book=BOOK)
    counter.cancel(order.order_id, AT, queued=True)
    assert met == [
        f"{number} {what}" for what in ("place a", "edit", "cancel") for number in (1, 2)
    ]
    found = true.state.orders[order.order_id]
    assert (found.status, found.ticket.limit_price) == ("CANCEL_QUEUED", Decimal(900))
    assert counter.entries is true.entries


def test_the_first_refusal_wins() -> None:
    """Neither the next fault nor the ledger hears of it."""
    true, met = _ledger(), list[str]()
    before = len(true.entries)
    counter = Counter(true, CALL, [_Noting(1, met, refuses=True), _Noting(2, met)])
    assert counter.place(_ticket(), AT, BOOK) == Refused("NO", "no")
    assert counter.cancel("x", AT) == Refused("NO", "no")
    assert met == ["1 place a", "1 cancel"]
    assert len(true.entries) == before


def test_a_position_is_closed_by_an_order_that_meets_the_faults_too() -> None:
    """It is placed as any."""
    true, met = _ledger(), list[str]()
    book = MARKET.book(FUTURE)
    bought = {"product_id": FUTURE, "configuration": "market_market_ioc", "limit_price": None}
    assert isinstance(true.place(_ticket("open", **bought), AT, book), Order)
    counter = Counter(true, CALL, [_Noting(1, met, refuses=True)])
    assert counter.close_position(FUTURE, None, "close", AT, book) == Refused("NO", "no")
    assert met == ["1 place close"]


def test_a_counter_sees_a_ledger_that_was_rolled_back() -> None:
    """Both have the same books at every moment."""
    true = _ledger()
    counter = Counter(true, CALL, [])
    order = counter.place(_ticket(), AT, BOOK)
    assert isinstance(order, Order)
    true.roll_back(2, AT)
    assert counter.state is true.state
    assert order.order_id not in counter.state.orders


def test_books_that_are_shown_leave_the_true_ones_alone() -> None:
    """The true ledger goes on writing its own."""
    true = _ledger()
    shown = Shown(true, true.as_of(1))
    true.place(_ticket(), AT, BOOK)
    assert not shown.state.orders
    assert len(true.state.orders) == 1
