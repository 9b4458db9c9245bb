"""What must be true of a ledger after every entry, worked out otherwise than the ledger does."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_CEILING, Decimal

from downtick.exchange.ledger import Entry, Ledger, Matched, Order, RolledBack, Ticket, Voided
from downtick.exchange.ledger.rules import AT_ONCE

_SMALLEST = Decimal("1E-14")
_DUST = Decimal("1E-9")  # what rounding of many matches may add up to


class Truths:
    """Hears every entry of a ledger and checks it.

    Attributes:
        kinds: how many entries of each kind there were.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.kinds: Counter[str] = Counter()
        self._ledger = ledger
        self._heard = len(ledger.entries)
        self._orders: dict[str, Order] = {}
        ledger.listeners.append(self._hear)

    def _hear(self, entry: Entry, order: Order | None) -> None:
        self._heard += 1
        assert entry.number == self._heard, "an entry was left out, or told twice"
        assert self._ledger.entries[-1] is entry
        self.kinds[type(entry.change).__name__] += 1
        if isinstance(entry.change, RolledBack):
            self._orders = dict(self._ledger.state.orders)
        if order is not None:
            self._order(entry, order)
        self._money()

    def _order(self, entry: Entry, order: Order) -> None:
        before = self._orders.get(order.order_id)
        if before is not None and before.over:
            assert isinstance(entry.change, Voided), "an order that was over changed"
        self._orders[order.order_id] = order
        assert self._ledger.state.orders[order.order_id] is order
        assert (order.order_id in self._ledger.state.open_orders) != order.over
        if order.over:
            assert order.hold == 0
        if order.ticket.base_size is not None:
            assert 0 <= order.filled_size <= order.ticket.base_size
            assert (order.status == "FILLED") == (order.filled_size == order.ticket.base_size)
        else:
            assert order.ticket.quote_size is not None
            assert order.filled_value + order.fees <= order.ticket.quote_size
        if isinstance(entry.change, Matched):
            _within_limit(entry.change, order)

    def _money(self) -> None:
        state = self._ledger.state
        assert not any(state.totals().values()), "money was made or lost"
        needs: dict[str, Decimal] = {}
        for order in state.open_orders.values():
            assert order.hold == self._need(order), "a hold is not what its order needs"
            needs[order.hold_currency] = needs.get(order.hold_currency, Decimal(0)) + order.hold
        for position in state.positions.values():
            currency = state.products[position.product_id].quote_currency
            assert position.size
            needs[currency] = needs.get(currency, Decimal(0)) + position.margin
        for currency, account in state.accounts.items():
            assert account.available >= 0, "a balance is negative"
            assert account.hold == needs.get(currency, 0), "holds are not what is needed"

    def _need(self, order: Order) -> Decimal:
        product, ticket = self._ledger.state.products[order.ticket.product_id], order.ticket
        if ticket.configuration in AT_ONCE:
            return order.hold  # in the middle of its matches
        if product.product_type == "FUTURE" and not order.hold:
            return Decimal(0)  # it makes a position smaller
        assert ticket.limit_price is not None
        if product.product_type == "SPOT" and ticket.side == "SELL":
            return order.remaining
        price = ticket.limit_price
        if ticket.configuration.startswith("trigger_bracket"):
            assert ticket.stop_price is not None
            beyond = ticket.stop_price * Decimal("1.05") // product.quote_increment
            price = max(price, beyond * product.quote_increment)
        part = Decimal(1)
        if product.product_type == "FUTURE":
            part = 1 / (ticket.leverage or 1 / product.margin_rate)
        need = price * order.remaining * product.contract_size * (part + order.taker_rate)
        if ticket.side == "SELL" and order.hold > need:
            return order.hold  # of a future: it may have been sold above its limit at once
        return need.quantize(_SMALLEST, ROUND_CEILING)

    def fills_agree(self) -> None:
        """Check orders and balances against the fills alone."""
        state = self._ledger.state
        assert [fill.number for fill in state.fills] == sorted({f.number for f in state.fills})
        had: dict[str, Decimal] = {c: -state.balance("outside", c) for c in state.accounts}
        filled: dict[str, list[Decimal]] = {}
        sizes: dict[str, Decimal] = {}
        for fill in state.fills:
            if fill.voided:
                continue
            product = state.products[fill.product_id]
            sign = 1 if fill.side == "BUY" else -1
            value = fill.price * fill.size * product.contract_size
            had[product.quote_currency] -= sign * value + fill.commission
            if product.product_type == "SPOT":
                had[product.base_currency] = (
                    had.get(product.base_currency, Decimal(0)) + sign * fill.size
                )
            else:
                sizes[fill.product_id] = sizes.get(fill.product_id, Decimal(0)) + sign * fill.size
            of_order = filled.setdefault(fill.order_id, [Decimal(0), Decimal(0), Decimal(0)])
            of_order[0] += fill.size
            of_order[1] += fill.commission
            of_order[2] += 1
        for position in state.positions.values():
            product = state.products[position.product_id]
            # What the contracts cost is not spent, but owed.
            worth = position.size * position.entry_price * product.contract_size
            had[product.quote_currency] += worth
            least, most = abs(worth) * product.margin_rate, abs(worth)
            assert least - _DUST < position.margin < most + _DUST, "a margin fits no leverage"
        assert {p: s for p, s in sizes.items() if s} == {
            p: position.size for p, position in state.positions.items()
        }
        insured = {p.quote_currency for p in state.products.values() if p.product_type == "FUTURE"}
        for currency, account in state.accounts.items():
            difference = account.available + account.hold - had[currency]
            assert difference > -_DUST, "the user has less than his fills say"
            assert difference < _DUST or currency in insured, "the user has more than that"
        for order in state.orders.values():
            size, fees, count = filled.get(order.order_id, [Decimal(0)] * 3)
            assert [order.filled_size, order.fees, order.number_of_fills] == [size, fees, count]


def _within_limit(change: Matched, order: Order) -> None:
    fill, limit = change.fill, _limit(order.ticket, triggered=order.triggered)
    if limit is not None:
        assert fill.price <= limit if fill.side == "BUY" else fill.price >= limit


def _limit(ticket: Ticket, *, triggered: bool) -> Decimal | None:
    if triggered and ticket.configuration.startswith("trigger_bracket"):
        assert ticket.stop_price is not None
        return ticket.stop_price * Decimal("1.05" if ticket.side == "BUY" else "0.95")
    return ticket.limit_price
