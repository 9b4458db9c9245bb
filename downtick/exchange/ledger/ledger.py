"""The ledger's door: what clients ask for, what happens in the market, and what an exchange that lies needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from heapq import heappop, heappush
from random import Random
from typing import Final, Literal

import msgspec

from downtick.errors import InputError
from downtick.exchange.ledger import entries as e
from downtick.exchange.ledger import rules
from downtick.exchange.ledger.edits import Wish, plan_edit
from downtick.exchange.ledger.holds import limit_of
from downtick.exchange.ledger.matcher import Matcher
from downtick.exchange.ledger.matching import Match
from downtick.exchange.ledger.model import ZERO, Flags, Order, Preview, Refused, Ticket
from downtick.exchange.ledger.plan import Market, Plan, plan, preview
from downtick.exchange.ledger.state import LedgerState
from downtick.exchange.ledger.writer import Listener, Writer
from downtick.exchange.market import Book, MarketEvent, Product

_CANCELLED: Final = "User requested cancel"
_ROLLED_BACK: Final = "Rolled back in the midst of its matches"
_EXPIRED: Final = "Order expired"
_UNFILLED: Final = {
    "market_market_ioc": "Immediate or cancel: no more liquidity",
    "sor_limit_ioc": "Immediate or cancel: no more liquidity at the limit price",
    "market_market_fok": "Fill or kill: not enough liquidity",
    "limit_limit_fok": "Fill or kill: not enough liquidity at the limit price",
}
_LARGEST: Final = 10**10  # so that balances stay within the 28 digits of exact arithmetic
_SMALLEST: Final = Decimal("1E-14")


class LedgerSettings(msgspec.Struct, frozen=True):
    """How a ledger behaves.

    Attributes:
        duplicate_client_order_id: whether a client's name that was used before returns the order of that name, as
            Coinbase documents, or is refused.
        volume_30d: what the user traded before, in US dollars; decides the fee tier.
    """

    duplicate_client_order_id: Literal["return", "reject"] = "return"
    volume_30d: Decimal = ZERO


class Ledger:
    """One user's orders and money at one exchange. It reads no clock: every instant is handed in, in nanoseconds.

    The user's orders meet the market's, never each other.
    """

    def __init__(
        self,
        products: Iterable[Product],
        balances: Mapping[str, Decimal],
        settings: LedgerSettings = LedgerSettings(),  # noqa: B008 - frozen
        seed: int = 1,
        *,
        at: int = 0,
    ) -> None:
        """Open the books.

        Args:
            products: that are traded.
            balances: what the user has, by currency.
            settings: see there.
            seed: ids are drawn from it.
            at: of the first entries.

        Raises:
            InputError: a balance cannot be counted.
        """
        self._settings = settings
        self._random = Random(f"{seed}/ledger")  # noqa: S311 - repeatable is what is wanted
        self._writer = Writer({product.product_id: product for product in products})
        self._matcher = Matcher(self._writer, self._new_id)
        self._expiries: list[tuple[int, str]] = []
        self._writer.write(at, e.Opened(settings.volume_30d))
        for currency, amount in balances.items():
            self.credit(currency, amount, at)

    @property
    def state(self) -> LedgerState:
        """The fold of the entries. Ask anew each time: it is another object after a roll-back."""
        return self._writer.state

    @property
    def entries(self) -> Sequence[e.Entry]:
        """The journal, from entry 1 on; it only grows."""
        return self._writer.entries

    @property
    def listeners(self) -> list[Listener]:
        """Called after each entry was applied, with the order that it touched, if one. They must not change the ledger."""
        return self._writer.listeners

    def place(self, ticket: Ticket, at: int, book: Book) -> Order | Refused:
        """Take an order, match it as far as it can be, and let the rest of it rest or end, as its kind is.

        Args:
            ticket: what the client asks for. One with a ``client_order_id`` that was used before is no new order.
            at: now.
            book: of its product.

        Returns:
            The order as it stands now, or why there is none.
        """
        known = self._known(ticket.client_order_id)
        if known is not None:
            return known
        planned = plan(ticket, self._market(ticket.product_id, at, book))
        if isinstance(planned, Refused):
            return planned
        order = Order(
            order_id=self._new_id(),
            ticket=ticket,
            status="PENDING" if ticket.configuration in rules.AT_ONCE else "OPEN",
            created=at,
            hold=planned.hold,
            hold_currency=planned.currency,
            maker_rate=planned.maker_rate,
            taker_rate=planned.taker_rate,
            contract_size=planned.product.contract_size,
        )
        self._writer.write(at, e.Accepted(order))
        order = self._matcher.take(order, planned.matches, at, wholly=planned.filled)
        if order.over:
            return order
        if ticket.configuration in rules.AT_ONCE:
            return self._end(order, "CANCELLED", _UNFILLED[ticket.configuration], at)
        self._rest(order)
        return order

    def preview(self, ticket: Ticket, book: Book, at: int = 0) -> Preview | Refused:
        """Return what an order would do now, without taking it."""
        market = self._market(ticket.product_id, at, book)
        planned = plan(ticket, market)
        return planned if isinstance(planned, Refused) else preview(planned, market)

    def edit(
        self,
        order_id: str,
        *,
        price: Decimal | None,
        size: Decimal | None,
        at: int,
        book: Book,
        stop_price: Decimal | None = None,
    ) -> Order | Refused:
        """Give an open order another price and size; it loses its turn, and may be matched at once.

        Args:
            order_id: of the order.
            price: the new limit price; None reads as 0, as at Coinbase.
            size: the new whole size, of which a part may be matched already; None likewise.
            at: now.
            book: of its product.
            stop_price: the new one; None leaves it.
        """
        planned = self._plan_edit(order_id, Wish(price, size, stop_price), at, book)
        if isinstance(planned, Refused):
            return planned
        self._matcher.lift(self.state.orders[order_id])
        order = self._writer.touch(at, e.Edited(order_id, planned.ticket, planned.hold))
        order = self._matcher.take(order, planned.matches, at, wholly=planned.filled)
        if not order.over:
            self._matcher.rest(order)
        return order

    def preview_edit(
        self,
        order_id: str,
        *,
        price: Decimal | None,
        size: Decimal | None,
        at: int,
        book: Book,
        stop_price: Decimal | None = None,
    ) -> Preview | Refused:
        """Return what an edit would do now, without doing it."""
        planned = self._plan_edit(order_id, Wish(price, size, stop_price), at, book)
        if isinstance(planned, Refused):
            return planned
        return preview(planned, self._market(planned.ticket.product_id, at, book))

    def cancel(self, order_id: str, at: int, *, queued: bool = False) -> Order | Refused:
        """End an open order; or only note that it shall end, if `queued`: it may still be matched meanwhile."""
        order = self.state.orders.get(order_id)
        if order is not None and order.status == "FILLED":
            return Refused("ORDER_IS_FULLY_FILLED", "The order is filled")
        if order is None or order.over:
            return Refused("UNKNOWN_CANCEL_ORDER", "There is no such open order")
        if order.status == "CANCEL_QUEUED":
            return Refused("DUPLICATE_CANCEL_REQUEST", "The order is being cancelled already")
        if queued:
            return self._writer.touch(at, e.CancelQueued(order_id))
        return self._end(order, "CANCELLED", _CANCELLED, at)

    def finish_cancel(self, order_id: str, at: int) -> Order | Refused:
        """End an order whose cancel was queued. One that was filled meanwhile stays as it is."""
        order = self.state.orders.get(order_id)
        if order is None:
            return Refused("UNKNOWN_CANCEL_ORDER", "There is no such order")
        return order if order.over else self._end(order, "CANCELLED", _CANCELLED, at)

    def close_position(
        self, product_id: str, size: Decimal | None, client_order_id: str, at: int, book: Book
    ) -> Order | Refused:
        """Close a position in a future, or so many contracts of it, by a market order that can only make it smaller."""
        known = self._known(client_order_id)
        if known is not None:
            return known
        position = self.state.positions.get(product_id)
        if position is None and product_id in self.state.products:
            return Refused("REDUCE_ONLY_INCREASED_POSITION_SIZE", "There is no position to close")
        held = position.size if position else ZERO
        ticket = Ticket(
            client_order_id=client_order_id,
            product_id=product_id,
            side="SELL" if held > 0 else "BUY",
            configuration="market_market_ioc",
            base_size=abs(held) if size is None else size,
            reduce_only=True,
        )
        return self.place(ticket, at, book)

    def happened(self, event: MarketEvent, book: Book, at: int) -> None:
        """Take notice of a market event that is in the book already: resting orders fill, stop prices are reached.

        A resting order is matched where somebody trades beyond its price, for as much as was traded, and where
        somebody asks no more than it bids (or bids no less than it asks), for as much as is there; always at its
        own price. Nothing is matched while the product's flags forbid it.
        """
        self._matcher.happened(event, book, at)

    def expire(self, at: int) -> None:
        """End the orders whose time is over."""
        while self._expiries and self._expiries[0][0] <= at:
            order = self.state.open_orders.get(heappop(self._expiries)[1])
            if order is not None:
                self._end(order, "EXPIRED", _EXPIRED, at)

    def next_expiry(self) -> int | None:
        """Return when the next open order expires, or None."""
        while self._expiries and self._expiries[0][1] not in self.state.open_orders:
            heappop(self._expiries)
        return self._expiries[0][0] if self._expiries else None

    def set_flags(self, product_id: str, flags: Flags, at: int) -> None:
        """Say what may be done with a product from now on."""
        self._writer.write(at, e.Flagged(product_id, flags))

    def credit(self, currency: str, amount: Decimal, at: int) -> None:
        """Let money in from outside.

        Raises:
            InputError: it is less than zero, or more than can be counted exactly.
        """
        if not amount.is_finite() or not 0 <= amount < _LARGEST or amount % _SMALLEST:
            raise InputError(
                f"{amount} {currency}: expected an amount from 0 to below {_LARGEST}, with at most 14 decimals"
            )
        self._writer.write(at, e.Credited(currency, amount))

    def void(self, fill_number: int, at: int) -> Order | Refused:
        """Take a fill back, with its money, as if it had never been; what was matched is not matched again.

        An order that was filled counts as cancelled then. Refused if the user has spent what must be given back.
        """
        fill = self.state.fill(fill_number)
        if fill is None or fill.voided:
            return Refused("INVALID_REQUEST", f"There is no fill {fill_number} to take back")
        currency, owed = self.state.owed(fill)
        if owed > self.state.available(currency):
            return Refused("INSUFFICIENT_FUND", f"The user has no longer {owed} {currency}")
        return self._writer.touch(at, e.Voided(fill_number))

    def roll_back(self, entry_number: int, at: int) -> None:
        """Go back to the state after an entry. Orders, fills and money of later entries vanish; the journal grows.

        An order of a kind that never rests, if it was in the midst of its matches then, is cancelled.

        Raises:
            InputError: there is no such entry.
        """
        if not 1 <= entry_number <= len(self.entries):
            raise InputError(f"entry {entry_number}: expected 1 to {len(self.entries)}")
        self._writer.roll_back(entry_number, at)
        self._matcher.rest_anew(())
        self._expiries = []
        for order in tuple(self.state.open_orders.values()):
            if order.ticket.configuration in rules.AT_ONCE:
                self._end(order, "CANCELLED", _ROLLED_BACK, at)
            else:
                self._rest(order)

    def fill(
        self, order_id: str, at: int, size: Decimal | None = None, price: Decimal | None = None
    ) -> Order | Refused:
        """Match a resting order as a maker, whatever the market and the product's flags say.

        Args:
            order_id: of the order.
            at: now.
            size: how much of it; None for all that is left.
            price: no worse than its limit price; None for that.
        """
        order = self.state.open_orders.get(order_id)
        if order is None:
            return Refused("ORDER_NOT_FOUND", "There is no such open order")
        product = self.state.products[order.ticket.product_id]
        limit = limit_of(order, product)
        assert limit is not None, "only orders with a limit are open for long"
        size = order.remaining if size is None else size
        price = limit if price is None else price
        if not 0 < size <= order.remaining or rules.off_grid(size, product.base_increment):
            return Refused("INVALID_SIZE_PRECISION", f"There are {order.remaining} to fill")
        if price > limit if order.ticket.side == "BUY" else price < limit:
            return Refused("INVALID_LIMIT_PRICE", f"The order's limit is {limit}")
        whole = size == order.remaining
        return self._matcher.match(order, Match(price, size), "MAKER", at, complete=whole)

    def as_of(self, entry_number: int) -> LedgerState:
        """Return the state after an entry, as it was then (0 for before the first).

        It costs a replay, and is the caller's own: he may carry it on with `LedgerState.apply`.
        """
        return self._writer.as_of(entry_number)

    def _new_id(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def _market(self, product_id: str, at: int, book: Book) -> Market:
        matcher = self._matcher
        return Market(self.state, matcher.liquidity, book, matcher.last.get(product_id), at)

    def _known(self, client_order_id: str) -> Order | Refused | None:
        """Return what a client's name for an order leads to if it was used before."""
        known = self.state.by_client_id.get(client_order_id)
        if known is None:
            return None
        if self._settings.duplicate_client_order_id == "return":
            return self.state.orders[known]
        return Refused("DUPLICATE_CLIENT_ORDER_ID", "The client_order_id was used before")

    def _plan_edit(self, order_id: str, wish: Wish, at: int, book: Book) -> Plan | Refused:
        order = self.state.orders.get(order_id)
        if order is None:
            return Refused("ORDER_NOT_FOUND", "There is no such order")
        return plan_edit(order, wish, self._market(order.ticket.product_id, at, book))

    def _rest(self, order: Order) -> None:
        self._matcher.rest(order)
        if order.ticket.end_time is not None:
            heappush(self._expiries, (order.ticket.end_time, order.order_id))

    def _end(
        self, order: Order, status: Literal["CANCELLED", "EXPIRED"], reason: str, at: int
    ) -> Order:
        return self._matcher.end(order, e.Ended(order.order_id, status, reason), at)
