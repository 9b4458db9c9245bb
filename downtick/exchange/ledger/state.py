"""The fold: what is true after the entries so far."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from downtick.exchange.ledger import entries as e
from downtick.exchange.ledger import postings as p
from downtick.exchange.ledger.fees import FeeTier, fee_tier, value_of
from downtick.exchange.ledger.margin import Moved, folded, leverage_of, moved
from downtick.exchange.ledger.model import ZERO, Account, Edit, Fill, Flags, Order, Position, Status
from downtick.exchange.market import Product

_DOLLARS: Final = frozenset(("USD", "USDC"))  # what counts for the fee tier
_OPEN: Final = Flags()
_VOIDED: Final = "Fill voided by the exchange"


class LedgerState:
    """A user's books.

    Attributes:
        products: what may be traded.
        number: of the last entry.
        orders: all of them, in the order of their creation.
        open_orders: those that are not over.
        by_client_id: the client's names for orders, to the exchange's.
        fills: all of them, oldest first; voided ones too.
        positions: in futures and perpetuals.
        volume_30d: traded, in US dollars; decides the fee tier. Voided fills stay counted.
    """

    def __init__(self, products: Mapping[str, Product]) -> None:
        self.products = products
        self.number = 0
        self.orders: dict[str, Order] = {}
        self.open_orders: dict[str, Order] = {}
        self.by_client_id: dict[str, str] = {}
        self.fills: list[Fill] = []
        self.positions: dict[str, Position] = {}
        self.volume_30d = ZERO
        self._flags: dict[str, Flags] = {}
        self._books: dict[tuple[p.Book, str], Decimal] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LedgerState) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def accounts(self) -> dict[str, Account]:
        """The user's currencies, those with anything that ever came in."""
        currencies = sorted({currency for book, currency in self._books if book == "available"})
        return {c: Account(c, self.available(c), self.balance("hold", c)) for c in currencies}

    @property
    def flags(self) -> dict[str, Flags]:
        """What may be done with each product."""
        return {product_id: self.flags_of(product_id) for product_id in self.products}

    @property
    def fee_tier(self) -> FeeTier:
        """The user's line of the price list."""
        return fee_tier(self.volume_30d)

    def available(self, currency: str) -> Decimal:
        """Return what may be spent."""
        return self._books.get(("available", currency), ZERO)

    def balance(self, book: p.Book, currency: str) -> Decimal:
        """Return what a book has."""
        return self._books.get((book, currency), ZERO)

    def flags_of(self, product_id: str) -> Flags:
        """Return what may be done with a product."""
        return self._flags.get(product_id, _OPEN)

    def totals(self) -> dict[str, Decimal]:
        """Return the sum of all books in each currency: zero, or money was made or lost."""
        sums: dict[str, Decimal] = {}
        for (_, currency), amount in self._books.items():
            sums[currency] = sums.get(currency, ZERO) + amount
        return sums

    def fill(self, number: int) -> Fill | None:
        """Return a fill by its number, or None if there is none (any more)."""
        index = self._fill_index(number)
        return None if index is None else self.fills[index]

    def undone(self, fill: Fill) -> Moved:
        """Return what voiding a future's fill makes of its position: as if it had never been."""
        product = self.products[fill.product_id]
        theirs = [
            (f, leverage_of(product, self.orders[f.order_id].ticket.leverage))
            for f in self.fills
            if f.product_id == fill.product_id
        ]
        before, after = (
            folded(product, theirs),
            folded(product, [f for f in theirs if f[0] is not fill]),
        )
        position = self.positions.get(fill.product_id)
        margin = position.margin if position else ZERO
        return Moved(after.position, after.profit - before.profit, after.margin - margin)

    def owed(self, fill: Fill) -> tuple[str, Decimal]:
        """Return what the user must give back if a fill is voided; below zero if he gets something."""
        product = self.products[fill.product_id]
        if product.product_type == "FUTURE":
            step = self.undone(fill)
            return product.quote_currency, step.margin - step.profit - fill.commission
        if fill.side == "BUY":
            return product.base_currency, fill.size
        value = value_of(product, fill.price, fill.size)
        return product.quote_currency, value - fill.commission

    def moved(self, order: Order, fill: Fill) -> Moved:
        """Return what a match of a future makes of its position."""
        product = self.products[fill.product_id]
        size = fill.size if fill.side == "BUY" else -fill.size
        leverage = leverage_of(product, order.ticket.leverage)
        return moved(self.positions.get(fill.product_id), product, size, fill.price, leverage)

    def apply(self, entry: e.Entry) -> Order | None:
        """Take in one entry, and return the order that it touched, as it stands now."""
        self.number = entry.number
        order = self._changed(entry.change, entry.at)
        if order is not None:
            self.orders[order.order_id] = order
            if order.over:
                self.open_orders.pop(order.order_id, None)
            else:
                self.open_orders[order.order_id] = order
        return order

    def _changed(self, change: e.Change, at: int) -> Order | None:
        match change:
            case e.Accepted(order):
                return self._accepted(order)
            case e.Matched():
                return self._matched(change)
            case e.Ended(order_id, status, reason):
                order = self._with_hold(self.orders[order_id], ZERO)
                return replace(order, status=status, reason=reason)
            case e.Triggered(order_id):
                return replace(self.orders[order_id], triggered=True)
            case e.Edited():
                return self._edited(change, at)
            case e.CancelQueued(order_id):
                return replace(self.orders[order_id], status="CANCEL_QUEUED")
            case e.Voided(fill_number):
                return self._voided(fill_number)
            case e.Credited(currency, amount):
                self._post(p.credited(currency, amount))
            case e.Flagged(product_id, flags):
                self._flags[product_id] = flags
            case e.Opened(volume_30d):
                self.volume_30d = volume_30d
            case e.RolledBack():
                raise AssertionError("what was rolled back is left out of a fold, see `replay`")
        return None

    def _post(self, postings: p.Postings) -> None:
        books = self._books
        for book, currency, amount in postings:
            key = (book, currency)
            books[key] = books.get(key, ZERO) + amount

    def _with_hold(self, order: Order, hold: Decimal) -> Order:
        if hold == order.hold:
            return order
        self._post(p.held(order.hold_currency, hold - order.hold))
        return replace(order, hold=hold)

    def _accepted(self, order: Order) -> Order:
        self._post(p.held(order.hold_currency, order.hold))
        if order.ticket.client_order_id:
            self.by_client_id[order.ticket.client_order_id] = order.order_id
        return order

    def _matched(self, change: e.Matched) -> Order:
        fill = change.fill
        order, product = self.orders[fill.order_id], self.products[fill.product_id]
        value = value_of(product, fill.price, fill.size)
        released = order.hold - change.hold
        if product.product_type == "SPOT":
            self._post(p.exchanged(order, product, fill.size, value, fill.commission, released))
        else:
            step = self.moved(order, fill)
            lacking = step.margin - step.profit + fill.commission - released
            borne = max(ZERO, lacking - self.available(product.quote_currency))
            self._post(p.settled(product.quote_currency, step, fill.commission, released, borne))
            self._hold_position(fill.product_id, step.position)
        self.fills.append(fill)
        if product.quote_currency in _DOLLARS:
            self.volume_30d += value
        status: Status = "OPEN" if order.status == "PENDING" else order.status
        if change.complete:
            status = "CANCELLED" if order.voided_size else "FILLED"
        return replace(
            order,
            status=status,
            reason=_VOIDED if status == "CANCELLED" else "",
            hold=change.hold,
            filled_size=order.filled_size + fill.size,
            filled_value=order.filled_value + value,
            fees=order.fees + fill.commission,
            number_of_fills=order.number_of_fills + 1,
            last_fill=fill.at,
        )

    def _edited(self, change: e.Edited, at: int) -> Order:
        order, ticket = self._with_hold(self.orders[change.order_id], change.hold), change.ticket
        edits = (*order.edits, Edit(ticket.limit_price, ticket.base_size, at))
        return replace(order, ticket=ticket, edits=edits)

    def _voided(self, number: int) -> Order:
        index = self._fill_index(number)
        assert index is not None
        fill = self.fills[index]
        order, product = self.orders[fill.order_id], self.products[fill.product_id]
        value = value_of(product, fill.price, fill.size)
        if product.product_type == "SPOT":
            self._post(p.returned(product, fill.side, fill.size, value, fill.commission))
        else:
            step = self.undone(fill)
            self._post(p.settled(product.quote_currency, step, -fill.commission, ZERO, ZERO))
            self._hold_position(fill.product_id, step.position)
        self.fills[index] = replace(fill, voided=True)
        no_longer_filled = order.status == "FILLED"
        return replace(
            order,
            status="CANCELLED" if no_longer_filled else order.status,
            reason=_VOIDED if no_longer_filled else order.reason,
            filled_size=order.filled_size - fill.size,
            filled_value=order.filled_value - value,
            fees=order.fees - fill.commission,
            number_of_fills=order.number_of_fills - 1,
            voided_size=order.voided_size + fill.size,
        )

    def _hold_position(self, product_id: str, position: Position | None) -> None:
        if position is None:
            self.positions.pop(product_id, None)
        else:
            self.positions[product_id] = position

    def _fill_index(self, number: int) -> int | None:
        index = bisect_left(self.fills, number, key=lambda fill: fill.number)
        found = index < len(self.fills) and self.fills[index].number == number
        return index if found else None


def replay(products: Mapping[str, Product], entries: Sequence[e.Entry]) -> LedgerState:
    """Return the state after all these entries, which must be a journal from its first entry on."""
    state = LedgerState(products)
    for entry in _in_force(entries):
        state.apply(entry)
    state.number = len(entries)
    return state


def _in_force(entries: Sequence[e.Entry]) -> Iterable[e.Entry]:
    """Leave out what was rolled back, and the rolling back."""
    kept = []
    number = len(entries)
    while number:
        entry = entries[number - 1]
        if isinstance(entry.change, e.RolledBack):
            number = entry.change.entry_number
        else:
            kept.append(entry)
            number -= 1
    return reversed(kept)
