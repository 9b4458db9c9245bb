"""One ledger in one market: what routes, feeds and faults share. It knows the instant, and whose doing an entry is."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from time import time_ns

from downtick.exchange.config import ExchangeConfig
from downtick.exchange.figures import text
from downtick.exchange.identity import Identity, identity
from downtick.exchange.ledger import Entry, Ledger, LedgerSettings, Order, Refused, Ticket
from downtick.exchange.ledger_events import told
from downtick.exchange.market import Book, MarketClock, MarketEvent, MarketState, Opening

Watcher = Callable[[Entry, Order | None], None]

_cause: ContextVar[int | None] = ContextVar("cause", default=None)


@contextlib.contextmanager
def doing(request: int) -> Iterator[None]:
    """Say that what this task writes into a ledger meanwhile is the doing of this REST request."""
    token = _cause.set(request)
    try:
        yield
    finally:
        _cause.reset(token)


class Venue:
    """What stands behind the exchange's doors.

    Args:
        market: its state.
        clock: of the market.
        ledger: of the user.
        identity: of the user.
        record: journals an event: its kind, and its particulars.

    Attributes:
        watchers: called after each entry of the ledger was journalled.
    """

    def __init__(
        self,
        market: MarketState,
        clock: MarketClock,
        ledger: Ledger,
        identity: Identity,
        record: Callable[..., None],
    ) -> None:
        self.market = market
        self.clock = clock
        self.ledger = ledger
        self.identity = identity
        self.watchers: list[Watcher] = []
        self._record = record
        self._truth = market
        self._instant: int | None = None
        for entry in ledger.entries:
            self._entered(entry, None)
        ledger.listeners.append(self._entered)

    def now(self) -> int:
        """Return the wall clock in nanoseconds since 1970."""
        return time_ns() if self._instant is None else self._instant

    def like(
        self,
        *,
        ledger: Ledger | None = None,
        market: MarketState | None = None,
        now: int | None = None,
    ) -> Venue:
        """Return this venue with another ledger, market or instant: what faults show to a request.

        What is done at its ledger is journalled if it is a face of the true one.
        """
        other = copy.copy(self)
        other.ledger = ledger or self.ledger
        other.market = market or self.market
        other._instant = self._instant if now is None else now
        return other

    def book(self, product_id: str) -> Book:
        """Return a product's book as it stands; KeyError for an unknown product."""
        return self.market.book(product_id)

    def place(self, ticket: Ticket, at: int) -> Order | Refused:
        """Place an order for a product that there is; the journal keeps the true book that it met, whatever is shown."""
        truth = self._truth.book(ticket.product_id)
        self._record(
            "true_book",
            request=_cause.get(),
            product=ticket.product_id,
            bid=None if truth.best_bid is None else text(truth.best_bid.price),
            ask=None if truth.best_ask is None else text(truth.best_ask.price),
        )
        return self.ledger.place(ticket, at, self.book(ticket.product_id))

    def happened(self, event: MarketEvent) -> None:
        """Let the orders match that an event meets, which was applied to the market."""
        now = self.now()
        self.expire(now)
        self.ledger.happened(event, self.book(event.product_id), now)

    def expire(self, now: int) -> None:
        """End the orders whose time is over."""
        due = self.ledger.next_expiry()
        if due is not None and due <= now:
            self.ledger.expire(now)

    def _entered(self, entry: Entry, order: Order | None) -> None:
        self._record("ledger", request=_cause.get(), **told(entry, order))
        for watcher in self.watchers:
            watcher(entry, order)


def open_venue(
    config: ExchangeConfig, openings: Iterable[Opening], record: Callable[..., None]
) -> Venue:
    """Return the venue of a new exchange: the market as it opens, and the user's money in the ledger."""
    now = time_ns()
    clock = MarketClock(now, config.time_scale)
    market = MarketState(openings, clock.origin)
    settings = LedgerSettings(config.duplicate_client_order_id, config.volume_30d)
    ledger = Ledger(market.products, config.balances, settings, config.seed, at=now)
    return Venue(market, clock, ledger, identity(config.seed), record)
