"""The ledger's door: orders come in, market events happen, entries are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from heapq import heappop, heappush
from random import Random
from typing import Literal

import msgspec

from downtick.errors import InputError
from downtick.exchange.ledger import entries as e
from downtick.exchange.ledger import rules
from downtick.exchange.ledger.fees import commission_on, fee_rate, value_of
from downtick.exchange.ledger.holds import BRACKETS, limit_of, need, share
from downtick.exchange.ledger.matching import Liquidity, Match, by_size
from downtick.exchange.ledger.model import (
    ZERO,
    Fill,
    Flags,
    Order,
    Preview,
    Refused,
    Ticket,
)
from downtick.exchange.ledger.model import Liquidity as Role
from downtick.exchange.ledger.plan import Market, Plan, plan, preview
from downtick.exchange.ledger.resting import Resting
from downtick.exchange.ledger.state import LedgerState, replay
from downtick.exchange.market import Book, MarketEvent, Product, Trade

Listener = Callable[[e.Entry, Order | None], None]


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

    Attributes:
        state: the fold of the entries. Ask anew each time: it is another object after a roll-back.
        entries: the journal so far.
        listeners: called after each entry was applied, with the order that it touched, if one; they must not change
            the ledger.
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
        self.state = LedgerState({product.product_id: product for product in products})
        self.listeners: list[Listener] = []
        self._entries: list[e.Entry] = []
        self._settings = settings
        self._random = Random(f"{seed}/ledger")  # noqa: S311 - repeatable is what is wanted
        self._liquidity = Liquidity()
        self._resting = {product_id: Resting() for product_id in self.state.products}
        self._last: dict[str, Decimal] = {}
        self._expiries: list[tuple[int, str]] = []
        self._fills = 0
        self._record(at, e.Opened(settings.volume_30d))
        for currency, amount in balances.items():
            self.credit(currency, amount, at)

    @property
    def entries(self) -> Sequence[e.Entry]:
        """The journal, from entry 1 on; it only grows."""
        return self._entries

    # What a client asks for.

    def place(self, ticket: Ticket, at: int, book: Book) -> Order | Refused:
        """Take an order, match it as far as it can be, and let the rest of it rest or end, as its kind is."""
        known = self.state.by_client_id.get(ticket.client_order_id)
        if known is not None:
            if self._settings.duplicate_client_order_id == "return":
                return self.state.orders[known]
            return Refused("DUPLICATE_CLIENT_ORDER_ID", "The client_order_id was used before")
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
        )
        self._record(at, e.Accepted(order))
        order = self._take(order, planned, at)
        if not order.over and order.ticket.configuration in rules.AT_ONCE:
            return self._end(order, "CANCELLED", _UNFILLED[order.ticket.configuration], at)
        if not order.over:
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
        """Give an open order another price and whole size; it loses its turn. What is omitted reads as 0, as at Coinbase.

        Args:
            order_id: of the order.
            price: the new limit price.
            size: the new size, of which a part may be matched already.
            at: now.
            book: of its product.
            stop_price: the new one; None leaves it.
        """
        planned = self._plan_edit(order_id, price, size, stop_price, at, book)
        if isinstance(planned, Refused):
            return planned
        ticket = planned.ticket
        assert ticket.limit_price is not None
        assert ticket.base_size is not None
        change = e.Edited(
            order_id, ticket.limit_price, ticket.base_size, ticket.stop_price, planned.hold
        )
        self._resting[ticket.product_id].drop(order_id)
        order = self._take(self._touch(at, change), planned, at)
        if not order.over:
            self._rest(order)
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
        planned = self._plan_edit(order_id, price, size, stop_price, at, book)
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
            return self._touch(at, e.CancelQueued(order_id))
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
        """Close a position in a future, or so many contracts of it, by a market order."""
        position = self.state.positions.get(product_id)
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

    # What happens at the exchange.

    def happened(self, event: MarketEvent, book: Book, at: int) -> None:
        """Take notice of a market event that is in the book already: resting orders fill, stop prices are reached.

        A resting order is matched where somebody trades beyond its price, for as much as was traded, and where
        somebody asks less than it bids (or bids more than it asks), for as much as is there; always at its own price.
        """
        resting = self._resting.get(event.product_id)
        if resting is None:
            return
        if isinstance(event, Trade):
            self._last[event.product_id] = event.price
        else:
            self._liquidity.changed(event.product_id, event.changes)
        if rules.halted(self.state.flags_of(event.product_id)):
            return
        if isinstance(event, Trade):
            self._traded_through(resting, event, at)
            self._trigger(resting, event.price, book, at)
        self._crossed(resting, book, at)

    def expire(self, at: int) -> None:
        """End the orders whose time is over."""
        while self._expiries and self._expiries[0][0] <= at:
            order = self.state.open_orders.get(heappop(self._expiries)[1])
            if order is not None:
                self._end(order, "EXPIRED", "Order expired", at)

    def next_expiry(self) -> int | None:
        """Return when the next open order expires, or None."""
        while self._expiries and self._expiries[0][1] not in self.state.open_orders:
            heappop(self._expiries)
        return self._expiries[0][0] if self._expiries else None

    def set_flags(self, product_id: str, flags: Flags, at: int) -> None:
        """Say what may be done with a product from now on."""
        self._record(at, e.Flagged(product_id, flags))

    def credit(self, currency: str, amount: Decimal, at: int) -> None:
        """Let money in from outside.

        Raises:
            InputError: the amount is not above zero, or is more than a ledger can count exactly.
        """
        if not 0 <= amount < 10**13:
            raise InputError(f"a balance of {amount} {currency}: expected 0 or more, below 10^13")
        self._record(at, e.Credited(currency, amount))

    # What lies need.

    def void(self, fill_number: int, at: int) -> Order | Refused:
        """Take a fill back, with its money, as if it had never been; what was matched is not matched again.

        An order that was filled counts as cancelled then. Refused if the user has spent what must be given back.
        """
        fill = self.state.fill(fill_number)
        if fill is None or fill.voided:
            return Refused("INVALID_REQUEST", f"There is no fill {fill_number} to take back")
        lacking = self._lacking(fill)
        if lacking is not None:
            return Refused("INSUFFICIENT_FUND", f"The user has no longer enough {lacking}")
        return self._touch(at, e.Voided(fill_number))

    def roll_back(self, entry_number: int, at: int) -> None:
        """Go back to the state after an entry. Orders, fills and money of later entries vanish; the journal grows.

        Raises:
            InputError: there is no such entry.
        """
        if not 1 <= entry_number <= len(self._entries):
            raise InputError(f"entry {entry_number}: expected 1 to {len(self._entries)}")
        entry = e.Entry(len(self._entries) + 1, at, e.RolledBack(entry_number))
        self._entries.append(entry)
        self.state = replay(self.state.products, self._entries)
        self._resting = {product_id: Resting() for product_id in self.state.products}
        for order in self.state.open_orders.values():
            self._rest(order)
        self._tell(entry, None)

    def fill(
        self, order_id: str, at: int, size: Decimal | None = None, price: Decimal | None = None
    ) -> Order | Refused:
        """Match a resting order as a maker, whatever the market does.

        Args:
            order_id: of the order.
            at: now.
            size: how much of it; None for all that is left.
            price: no worse than its limit price; None for that.
        """
        order = self.state.open_orders.get(order_id)
        if order is None:
            return Refused("ORDER_NOT_FOUND", "There is no such open order")
        limit = limit_of(order, self.state.products[order.ticket.product_id])
        size = order.remaining if size is None else size
        price = limit if price is None else price
        if not 0 < size <= order.remaining:
            return Refused("INVALID_SIZE_PRECISION", f"There are {order.remaining} to fill")
        assert limit is not None
        if price is None or (price > limit if order.ticket.side == "BUY" else price < limit):
            return Refused("INVALID_LIMIT_PRICE", f"The order's limit is {limit}")
        return self._match(order, Match(price, size), "MAKER", at, complete=size == order.remaining)

    def as_of(self, entry_number: int) -> LedgerState:
        """Return the state after an entry, as it was."""
        return replay(self.state.products, self._entries[:entry_number])

    # Inside.

    def _market(self, product_id: str, at: int, book: Book) -> Market:
        return Market(self.state, self._liquidity, book, self._last.get(product_id), at)

    def _new_id(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def _record(self, at: int, change: e.Change) -> Order | None:
        entry = e.Entry(len(self._entries) + 1, at, change)
        self._entries.append(entry)
        order = self.state.apply(entry)
        self._tell(entry, order)
        return order

    def _touch(self, at: int, change: e.Change) -> Order:
        order = self._record(at, change)
        assert order is not None
        if order.over:
            self._resting[order.ticket.product_id].drop(order.order_id)
        return order

    def _tell(self, entry: e.Entry, order: Order | None) -> None:
        for listener in self.listeners:
            listener(entry, order)

    def _end(
        self, order: Order, status: Literal["CANCELLED", "EXPIRED"], reason: str, at: int
    ) -> Order:
        return self._touch(at, e.Ended(order.order_id, status, reason))

    def _rest(self, order: Order) -> None:
        """Put an open order where the market finds it."""
        ticket, resting = order.ticket, self._resting[order.ticket.product_id]
        product, turn = self.state.products[ticket.product_id], len(self._entries)
        limit = limit_of(order, product)
        assert limit is not None
        if order.triggered or ticket.configuration not in rules.STOP_LIMITS:
            resting.limits(ticket.side).add(order.order_id, limit, turn)
        if ticket.stop_price is not None and not order.triggered:
            # A bracket leaves a position when the market goes against it.
            rising = (
                ticket.side == "BUY"
                if ticket.configuration in BRACKETS
                else ticket.stop_direction == "STOP_DIRECTION_STOP_UP"
            )
            stops = resting.stops_up if rising else resting.stops_down
            stops.add(order.order_id, ticket.stop_price, turn)
        if ticket.end_time is not None:
            heappush(self._expiries, (ticket.end_time, order.order_id))

    def _take(self, order: Order, planned: Plan, at: int) -> Order:
        """Match an order with what its plan found."""
        for number, match in enumerate(planned.matches, start=1):
            if order.over:
                break
            last = planned.filled and number == len(planned.matches)
            self._liquidity.take(order.ticket.side, order.ticket.product_id, match)
            order = self._match(order, match, "TAKER", at, complete=last)
        return order

    def _match(self, order: Order, match: Match, role: Role, at: int, *, complete: bool) -> Order:
        ticket = order.ticket
        product = self.state.products[ticket.product_id]
        value = value_of(product, match.price, match.size)
        fill = Fill(
            number=self._fills + 1,
            trade_id=self._new_id(),
            order_id=order.order_id,
            product_id=ticket.product_id,
            side=ticket.side,
            price=match.price,
            size=match.size,
            commission=commission_on(value, fee_rate(product, self.state.fee_tier, role)),
            liquidity=role,
            at=at,
        )
        hold = ZERO if complete else self._hold_after(order, fill, value, product)
        if product.product_type == "FUTURE" and not self._affordable(order, fill, hold):
            return self._end(order, "CANCELLED", "Insufficient margin", at)
        self._fills += 1
        return self._touch(at, e.Matched(fill, hold, complete))

    def _hold_after(self, order: Order, fill: Fill, value: Decimal, product: Product) -> Decimal:
        """Return what stays held for an order of which something is left after a fill."""
        ticket = order.ticket
        if not order.hold:
            return ZERO  # it makes a position smaller
        if ticket.limit_price is not None:
            rate = fee_rate(product, self.state.fee_tier, "TAKER")
            return need(ticket, product, order.remaining - fill.size, rate)
        if product.product_type == "SPOT" and ticket.side == "SELL":
            return order.hold - fill.size
        return order.hold - value * share(ticket, product) - fill.commission

    def _affordable(self, order: Order, fill: Fill, hold: Decimal) -> bool:
        """Return whether there is margin for a match. There is for one that only makes a position smaller."""
        step = self.state.moved(order, fill)
        position = self.state.positions.get(fill.product_id)
        before, after = position.size if position else ZERO, step.position
        if after is None or (after.size * before > 0 and abs(after.size) < abs(before)):
            return True
        if order.ticket.reduce_only:
            return False
        lacking = step.margin - step.profit + fill.commission - (order.hold - hold)
        return lacking <= self.state.available(order.hold_currency)

    def _traded_through(self, resting: Resting, trade: Trade, at: int) -> None:
        left = trade.size
        for ladder in (resting.buys, resting.sells):
            for order_id in ladder.reached(trade.price, through=True):
                order = self.state.open_orders[order_id]
                size = min(left, order.remaining)
                if size:
                    self._fill_resting(order, size, at)
                    left -= size

    def _crossed(self, resting: Resting, book: Book, at: int) -> None:
        for ladder, best in ((resting.buys, book.best_ask), (resting.sells, book.best_bid)):
            if not ladder or best is None:
                continue
            for order_id in ladder.reached(best.price):
                order = self.state.open_orders[order_id]
                limit = limit_of(order, self.state.products[book.product_id])
                levels = self._liquidity.against(order.ticket.side, book, limit)
                matches = by_size(levels, order.remaining)
                for match in matches:
                    self._liquidity.take(order.ticket.side, book.product_id, match)
                size = sum((match.size for match in matches), ZERO)
                if size:
                    self._fill_resting(order, size, at)

    def _fill_resting(self, order: Order, size: Decimal, at: int) -> None:
        price = limit_of(order, self.state.products[order.ticket.product_id])
        assert price is not None
        self._match(order, Match(price, size), "MAKER", at, complete=size == order.remaining)

    def _trigger(self, resting: Resting, price: Decimal, book: Book, at: int) -> None:
        """Turn stop orders whose price is reached into limit orders, and match them."""
        for ladder in (resting.stops_down, resting.stops_up):
            for order_id in ladder.reached(price):
                resting.drop(order_id)
                order = self._touch(at, e.Triggered(order_id))
                limit = limit_of(order, self.state.products[book.product_id])
                levels = self._liquidity.against(order.ticket.side, book, limit)
                for match in by_size(levels, order.remaining):
                    self._liquidity.take(order.ticket.side, book.product_id, match)
                    last = match.size == order.remaining
                    order = self._match(order, match, "TAKER", at, complete=last)
                    if order.over:
                        break
                if not order.over:
                    self._rest(order)

    def _plan_edit(
        self,
        order_id: str,
        price: Decimal | None,
        size: Decimal | None,
        stop_price: Decimal | None,
        at: int,
        book: Book,
    ) -> Plan | Refused:
        order = self.state.orders.get(order_id)
        if order is None:
            return Refused("ORDER_NOT_FOUND", "There is no such order")
        if order.ticket.configuration not in rules.EDITABLE:
            return Refused("ONLY_LIMIT_ORDER_EDITS_SUPPORTED", "Only GTC orders can be edited")
        if order.status == "CANCEL_QUEUED":
            return Refused("CANNOT_EDIT_ORDER_PENDING_CANCEL", "The order is being cancelled")
        if order.over:
            return Refused("ONLY_OPEN_ORDERS_CAN_BE_EDITED", "The order is over")
        if order.triggered:
            return Refused("CANNOT_EDIT_TRIGGERED_ORDER", "The stop price was reached")
        product = self.state.products[order.ticket.product_id]
        if product.product_type == "FUTURE":
            return Refused("CANNOT_EDIT_FUTURES_ORDER", "Orders for futures cannot be edited")
        done = order.filled_size + order.voided_size
        if not price or rules.off_grid(price, product.quote_increment):
            return Refused("INVALID_EDITED_PRICE", "The new price cannot be used")
        if not size or rules.off_grid(size, product.base_increment):
            return Refused("INVALID_EDITED_SIZE", "The new size cannot be used")
        if size <= done:
            return Refused("CANNOT_EDIT_TO_BELOW_FILLED_SIZE", f"{done} is filled already")
        stop = order.ticket.stop_price if stop_price is None else stop_price
        ticket = msgspec.structs.replace(
            order.ticket, limit_price=price, base_size=size, stop_price=stop
        )
        if ticket == order.ticket:
            return Refused("EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST", "Nothing would change")
        market = self._market(ticket.product_id, at, book)
        return plan(ticket, market, done=done, freed=order.hold)

    def _lacking(self, fill: Fill) -> str | None:
        """Return of which currency the user has not enough to give a fill back, or None."""
        product = self.state.products[fill.product_id]
        value = value_of(product, fill.price, fill.size)
        if product.product_type == "FUTURE":
            step = self.state.undone(fill)
            currency, owed = product.quote_currency, step.margin - step.profit - fill.commission
        elif fill.side == "BUY":
            currency, owed = product.base_currency, fill.size
        else:
            currency, owed = product.quote_currency, value - fill.commission
        return currency if owed > self.state.available(currency) else None


_CANCELLED = "User requested cancel"
_UNFILLED = {
    "market_market_ioc": "Immediate or cancel: no more liquidity",
    "sor_limit_ioc": "Immediate or cancel: no more liquidity at the limit price",
    "market_market_fok": "Fill or kill: not enough liquidity",
    "limit_limit_fok": "Fill or kill: not enough liquidity at the limit price",
}
