"""Tells the user's connections what happens in the ledger, on the channels ``user`` and ``futures_balance_summary``.

::

    ledger ──entry──▶ Venue ──▶ UserFeed ──update──▶ UserQueue ──▶ Hub ──▶ every connection that subscribed
                                                        ▲ verdicts of the faults

What was told while nobody listened is not told again: a client that comes back sees the open orders, and asks by REST
what became of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from time import monotonic
from typing import Final, Protocol

from downtick.exchange.frames import Body
from downtick.exchange.ledger import (
    CancelQueued,
    Ended,
    Entry,
    LedgerState,
    Order,
    RolledBack,
)
from downtick.exchange.margin import FuturesBalance, Holding, futures_balance, holdings
from downtick.exchange.user_frames import Told, balance_summary, user_snapshot, user_update
from downtick.exchange.user_queue import UserQueue, Verdict, Way
from downtick.exchange.venue import Venue

BALANCE_EVERY: Final = 1.0
"""Nominal seconds between two looks at what the market made of the positions."""

_BALANCE: Final = "futures_balance_summary"


class Judge(Protocol):
    """Has a say in what the user is told. `downtick.exchange.faults.FaultBook` is one."""

    def update(self, entry: Entry, order: Order) -> Verdict:
        """Return what becomes of the update that an entry leads to."""

    def told(self, order: Order) -> Order:
        """Return an order as it is told."""


class Outlet(Protocol):
    """Where updates leave. `downtick.exchange.hub.Hub` is one."""

    @property
    def scale(self) -> float:
        """Real seconds in a nominal one."""

    def publish(self, bodies: Iterable[Body]) -> None:
        """Send bodies to whoever subscribed to them."""

    def wanted(self, topic: str, product: str) -> bool:
        """Return whether anybody is subscribed to this channel of this product."""

    def later(self, seconds: float, do: Callable[[], None]) -> Callable[[], None]:
        """Do something after so many real seconds, and return what calls it off."""


class UserFeed:
    """Watches a venue from its construction on.

    Args:
        venue: whose ledger it tells of.
        outlet: where updates leave.
        judge: has a say in them.
        now: the clock of `Outlet.later`.

    Attributes:
        queue: what stands between the ledger and the outlet; it counts.
        also: what else tells of an entry that touched an order, in another dialect.
    """

    def __init__(
        self, venue: Venue, outlet: Outlet, judge: Judge, now: Callable[[], float] = monotonic
    ) -> None:
        self.queue: UserQueue[Sequence[Body]] = UserQueue()
        self.also: list[Callable[[Entry, Order], Sequence[Body]]] = []
        self._venue = venue
        self._outlet = outlet
        self._judge = judge
        self._now = now
        self._call_off: Callable[[], None] | None = None
        self._balance: FuturesBalance | None = None  # as it was told last
        self._looking = False
        venue.watchers.append(self._entered)

    def snapshots(self, channel: str, products: Sequence[str]) -> Sequence[Body]:
        """Return what a new subscription of a private channel is shown first."""
        if channel == _BALANCE:
            return (balance_summary("snapshot", self._balance_shown()),)
        told = [
            self._told(order)
            for order in self._state.open_orders.values()
            if order.ticket.product_id in products
        ]
        orders = [each for each in told if not each.order.over]  # it may be told of as over
        return user_snapshot(orders, self._holdings(), self._venue.identity.portfolio_id)

    def settle(self) -> None:
        """Let out the updates that wait for a next one, because none is waited for any longer."""
        self._let_out(self.queue.settle())

    @property
    def _state(self) -> LedgerState:
        return self._venue.ledger.state

    def _entered(self, entry: Entry, order: Order | None) -> None:
        """Tell of an entry, unless it undoes others: of that Coinbase says nothing."""
        if isinstance(entry.change, RolledBack):
            return
        if order is None:
            self._outlet.publish(self._balance_changed())
            return
        verdict, told = self._judge.update(entry, order), self._told(order)
        update: list[Body] = []
        # What is late is told to whoever listens by then.
        if verdict.way is not Way.PASS or self._outlet.wanted("user", order.ticket.product_id):
            portfolio_id = self._venue.identity.portfolio_id
            update.append(user_update(told, self._holdings(), portfolio_id, entry.number))
        update += self._balance_changed()
        if isinstance(entry.change, CancelQueued) and told.order.over:  # told as if it were done
            ended = Ended(order.order_id, "CANCELLED", told.order.reason)
            entry = Entry(entry.number, entry.at, ended)
        update += [body for tell in self.also for body in tell(entry, told.order)]
        self._let_out(self.queue.put(update, verdict, self._now()))

    def _let_out(self, updates: Iterable[Sequence[Body]]) -> None:
        for update in updates:
            self._outlet.publish(update)
        if self._call_off is not None:
            self._call_off()
            self._call_off = None
        due = self.queue.next_due
        if due is not None:
            self._call_off = self._outlet.later(max(due - self._now(), 0.0), self._ring)

    def _ring(self) -> None:
        self._call_off = None
        self._let_out(self.queue.due(self._now()))

    def _told(self, order: Order) -> Told:
        told = self._judge.told(order)
        return Told(told, self._state.products[order.ticket.product_id])

    def _mark(self, product_id: str) -> Decimal:
        return self._venue.market.ticker(product_id).price

    def _holdings(self) -> Sequence[Holding]:
        return holdings(self._state, self._mark)

    # The balance of the futures account also changes with the market.

    def _balance_shown(self) -> FuturesBalance:
        """Return the balance for a snapshot. Who listens already has not seen it: they get it as an update."""
        balance = futures_balance(self._state, self._mark)
        if not self._outlet.wanted(_BALANCE, _BALANCE):
            self._balance = balance
        self._look_again()
        return balance

    def _balance_changed(self) -> Sequence[Body]:
        """Return the balance if it is not the one that was told last, and somebody listens."""
        if not self._outlet.wanted(_BALANCE, _BALANCE):
            return ()
        before, self._balance = self._balance, futures_balance(self._state, self._mark)
        return () if self._balance == before else (balance_summary("update", self._balance),)

    def _look_again(self) -> None:
        """Look at the balance in a while, and again as long as somebody listens."""
        if not self._looking:
            self._looking = True
            self._outlet.later(BALANCE_EVERY * self._outlet.scale, self._look)

    def _look(self) -> None:
        self._looking = False
        if self._outlet.wanted(_BALANCE, _BALANCE):
            self._outlet.publish(self._balance_changed())
            self._look_again()
