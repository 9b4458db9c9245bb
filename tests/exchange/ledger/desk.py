"""A desk with one ledger, one book for each product, and a clock that ticks once an order."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from downtick.exchange.ledger import (
    Configuration,
    Ledger,
    LedgerSettings,
    Order,
    Preview,
    Refused,
    Side,
    Ticket,
)
from downtick.exchange.market import Book, BookChange, Level, Product, Quote, Trade
from downtick.exchange.market.products import product

D = Decimal
SPOT = product("BTC-USD", D("0.00000001"), D("0.01"))
PERPETUAL = product("BTC-PERP-INTX", D("0.0001"), D("0.1"))
FUTURE = product("BIT-26DEC26-CDE", D(1), D(5))
BIDS = (("99", "2"), ("98", "3"), ("90", "5"))
ASKS = (("101", "1"), ("102", "2"), ("110", "4"))
LIMIT: Configuration = "limit_limit_gtc"


def ticket(side: Side, size: str | None, limit: str | None = None, **more: Any) -> Ticket:
    """Return a ticket for the spot product: a limit order if it has a limit, else a market order."""
    asked: dict[str, Any] = {
        "client_order_id": "",
        "product_id": SPOT.product_id,
        "side": side,
        "configuration": "market_market_ioc" if limit is None else LIMIT,
        "base_size": None if size is None else D(size),
        "limit_price": None if limit is None else D(limit),
    }
    return Ticket(**asked | more)


class Desk:
    """A ledger in a market that does what it is told: 99 bid and 101 asked, everywhere.

    A newcomer's fees for spot are 0.6 % as a maker and 1.2 % as a taker.
    """

    def __init__(
        self,
        balances: dict[str, str] | None = None,
        products: Iterable[Product] = (SPOT, PERPETUAL, FUTURE),
        settings: LedgerSettings = LedgerSettings(),  # noqa: B008 - frozen
    ) -> None:
        money = balances or {"USD": "10000", "BTC": "10", "USDC": "10000"}
        traded = tuple(products)
        self.ledger = Ledger(traded, {c: D(amount) for c, amount in money.items()}, settings)
        self.books = {
            p.product_id: Book(
                p.product_id,
                [Quote(D(price), D(size)) for price, size in BIDS],
                [Quote(D(price), D(size)) for price, size in ASKS],
            )
            for p in traded
        }
        self.now = 0

    def ask(self, wanted: Ticket) -> Order | Refused:
        """Place an order."""
        self.now += 1
        return self.ledger.place(wanted, self.now, self.books[wanted.product_id])

    def place(self, side: Side, size: str | None, limit: str | None = None, **more: Any) -> Order:
        """Place an order that must be taken, and return it."""
        order = self.ask(ticket(side, size, limit, **more))
        assert isinstance(order, Order), order
        return order

    def refusal(self, side: Side, size: str | None, limit: str | None = None, **more: Any) -> str:
        """Place an order that must be refused, and return the reason. Its preview must be refused for the same."""
        wanted = ticket(side, size, limit, **more)
        shown = self.ledger.preview(wanted, self.books[wanted.product_id], self.now)
        refused = self.ask(wanted)
        assert isinstance(refused, Refused), refused
        assert shown == refused
        return refused.reason

    def preview(
        self, side: Side, size: str | None, limit: str | None = None, **more: Any
    ) -> Preview:
        """Preview an order that would be taken."""
        wanted = ticket(side, size, limit, **more)
        shown = self.ledger.preview(wanted, self.books[wanted.product_id], self.now)
        assert isinstance(shown, Preview), shown
        return shown

    def edit(
        self, order: Order, price: str | None, size: str | None, stop: str | None = None
    ) -> Order | Refused:
        """Edit an order."""
        self.now += 1
        return self.ledger.edit(
            order.order_id,
            price=None if price is None else D(price),
            size=None if size is None else D(size),
            stop_price=None if stop is None else D(stop),
            at=self.now,
            book=self.books[order.ticket.product_id],
        )

    def now_is(self, order: Order) -> Order:
        """Return an order as it stands now."""
        return self.ledger.state.orders[order.order_id]

    def trade(self, price: str, size: str = "1", product_id: str = SPOT.product_id) -> None:
        """Others trade."""
        self.now += 1
        trade = Trade(float(self.now), product_id, self.now, D(price), D(size), "BUY")
        self.ledger.happened(trade, self.books[product_id], self.now)

    def quote(self, side: Any, price: str, size: str, product_id: str = SPOT.product_id) -> None:
        """A level of the book changes."""
        self.now += 1
        change = BookChange(float(self.now), product_id, (Level(side, D(price), D(size)),))
        self.books[product_id].apply(change.changes)
        self.ledger.happened(change, self.books[product_id], self.now)

    def account(self, currency: str) -> tuple[Decimal | int, Decimal | int]:
        """Return what is available and what is held of a currency."""
        account = self.ledger.state.accounts[currency]
        return account.available, account.hold

    def fills(self, order: Order) -> list[tuple[str, str, str]]:
        """Return price, size and role of an order's matches."""
        return [
            (f"{f.price.normalize():f}", f"{f.size.normalize():f}", f.liquidity)
            for f in self.ledger.state.fills
            if f.order_id == order.order_id
        ]


def reason_of(outcome: Order | Refused) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.reason
