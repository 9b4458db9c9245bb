"""Orders meet the market: what is matched, when, and at which price."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from downtick.exchange.ledger.entries import Ended, Matched, Triggered
from downtick.exchange.ledger.fees import commission_on, paid, value_of
from downtick.exchange.ledger.holds import BRACKETS, limit_of, need, share
from downtick.exchange.ledger.matching import Liquidity, Match, by_size
from downtick.exchange.ledger.model import ZERO, Fill, Order
from downtick.exchange.ledger.model import Liquidity as Role
from downtick.exchange.ledger.resting import Ladder, Resting
from downtick.exchange.ledger.rules import STOP_LIMITS, halted
from downtick.exchange.ledger.writer import Writer
from downtick.exchange.market import Book, MarketEvent, Product, Trade


class Matcher:
    """Matches orders, and writes it down.

    Attributes:
        liquidity: what the user has left of the books.
        last: price of each product's last trade.
    """

    def __init__(self, writer: Writer, new_id: Callable[[], str]) -> None:
        """Make a matcher without resting orders.

        Args:
            writer: of the journal.
            new_id: names trades.
        """
        self.liquidity = Liquidity()
        self.last: dict[str, Decimal] = {}
        self._writer = writer
        self._new_id = new_id
        self._fills = 0  # ever made: a number that was rolled back is not given again
        self._resting: dict[str, Resting] = {}
        self.rest_anew(())

    def rest_anew(self, orders: Iterable[Order]) -> None:
        """Let these orders rest, and no others."""
        self._resting = {product_id: Resting() for product_id in self._writer.state.products}
        for order in orders:
            self.rest(order)

    def rest(self, order: Order) -> None:
        """Put an open order where the market finds it; behind those of its price."""
        ticket, resting = order.ticket, self._resting[order.ticket.product_id]
        turn = len(self._writer.entries)
        if order.triggered or ticket.configuration not in STOP_LIMITS:
            limits = resting.buys if ticket.side == "BUY" else resting.sells
            resting.add(limits, order.order_id, self._limit(order), turn)
        if ticket.stop_price is None or order.triggered:
            return
        # A bracket leaves a position when the market goes against it.
        if ticket.configuration in BRACKETS:
            rising = ticket.side == "BUY"
        else:
            rising = ticket.stop_direction == "STOP_DIRECTION_STOP_UP"
        stops = resting.stops_up if rising else resting.stops_down
        resting.add(stops, order.order_id, ticket.stop_price, turn)

    def lift(self, order: Order) -> None:
        """Take an order from where it rests, if it does."""
        self._resting[order.ticket.product_id].drop(order.order_id)

    def end(self, order: Order, ended: Ended, at: int) -> Order:
        """End an open order."""
        self.lift(order)
        return self._writer.touch(at, ended)

    def take(self, order: Order, matches: Iterable[Match], at: int, *, wholly: bool) -> Order:
        """Match an order as a taker, as far as it goes.

        Args:
            order: that takes.
            matches: from its product's `liquidity`.
            at: now.
            wholly: whether nothing is left of the order after the last of them.
        """
        found = tuple(matches)
        for number, match in enumerate(found, start=1):
            self.liquidity.take(order.ticket.side, order.ticket.product_id, match)
            complete = wholly and number == len(found)
            order = self.match(order, match, "TAKER", at, complete=complete)
            if order.over:
                break
        return order

    def match(self, order: Order, match: Match, role: Role, at: int, *, complete: bool) -> Order:
        """Match an order once. One of a future for which there is no margin is cancelled instead."""
        ticket = order.ticket
        product = self._writer.state.products[ticket.product_id]
        value = value_of(product, match.price, match.size)
        rate = order.maker_rate if role == "MAKER" else order.taker_rate
        fill = Fill(
            number=self._fills + 1,
            trade_id=self._new_id(),
            order_id=order.order_id,
            product_id=ticket.product_id,
            side=ticket.side,
            price=match.price,
            size=match.size,
            commission=commission_on(value, rate),
            liquidity=role,
            at=at,
        )
        hold = ZERO if complete else _hold_after(order, fill, value, product)
        if product.product_type == "FUTURE" and not self._affordable(order, fill, hold):
            return self.end(order, Ended(order.order_id, "CANCELLED", NO_MARGIN), at)
        self._fills += 1
        if complete:
            self.lift(order)
        return self._writer.touch(at, Matched(fill, hold, complete))

    def happened(self, event: MarketEvent, book: Book, at: int) -> None:
        """Match resting orders after a market event, see `Ledger.happened`."""
        resting = self._resting.get(event.product_id)
        if resting is None:
            return
        if isinstance(event, Trade):
            self.last[event.product_id] = event.price
        else:
            self.liquidity.changed(event.product_id, event.changes)
        if halted(self._writer.state.flags_of(event.product_id)):
            return
        if isinstance(event, Trade):
            self._traded_through(resting, event, at)
            self._trigger(resting.stops_down, event.price, book, at)
            self._trigger(resting.stops_up, event.price, book, at)
        if resting.buys and book.asks:
            self._crossed(resting.buys, book.asks.best, book, at)
        if resting.sells and book.bids:
            self._crossed(resting.sells, book.bids.best, book, at)

    def _traded_through(self, resting: Resting, trade: Trade, at: int) -> None:
        left = trade.size
        for ladder in (resting.buys, resting.sells):
            for order_id in ladder.reached(trade.price, through=True):
                if not left:
                    return
                order = self._writer.state.open_orders[order_id]
                size = min(left, order.remaining)
                self._fill(order, size, at)
                left -= size

    def _crossed(self, ladder: Ladder, best: Decimal, book: Book, at: int) -> None:
        for order_id in ladder.reached(best):
            order = self._writer.state.open_orders[order_id]
            levels = self.liquidity.against(order.ticket.side, book, self._limit(order))
            matches = by_size(levels, order.remaining)
            for match in matches:
                self.liquidity.take(order.ticket.side, book.product_id, match)
            if matches:
                self._fill(order, sum((match.size for match in matches), ZERO), at)

    def _fill(self, order: Order, size: Decimal, at: int) -> None:
        match = Match(self._limit(order), size)
        self.match(order, match, "MAKER", at, complete=size == order.remaining)

    def _trigger(self, ladder: Ladder, price: Decimal, book: Book, at: int) -> None:
        """Turn stop orders whose price is reached into limit orders, and match them."""
        for order_id in ladder.reached(price):
            order = self._writer.touch(at, Triggered(order_id))
            self.lift(order)
            levels = self.liquidity.against(order.ticket.side, book, self._limit(order))
            matches = by_size(levels, order.remaining)
            wholly = sum((match.size for match in matches), ZERO) == order.remaining
            order = self.take(order, matches, at, wholly=wholly)
            if not order.over:
                self.rest(order)

    def _limit(self, order: Order) -> Decimal:
        limit = limit_of(order, self._writer.state.products[order.ticket.product_id])
        assert limit is not None, "only orders with a limit rest"
        return limit

    def _affordable(self, order: Order, fill: Fill, hold: Decimal) -> bool:
        """Return whether there is margin for a match. There is for one that only makes a position smaller."""
        state = self._writer.state
        step, position = state.moved(order, fill), state.positions.get(fill.product_id)
        if position and _smaller(position.size, step.position.size if step.position else ZERO):
            return True
        if order.ticket.reduce_only:
            return False
        lacking = step.margin - step.profit + fill.commission - (order.hold - hold)
        return lacking <= state.available(order.hold_currency)


NO_MARGIN = "Insufficient margin"


def _smaller(before: Decimal, after: Decimal) -> bool:
    """Return whether a position only became smaller, and did not turn."""
    return before * after >= 0 and abs(after) < abs(before)


def _hold_after(order: Order, fill: Fill, value: Decimal, product: Product) -> Decimal:
    """Return what stays held for an order of which something is left after a fill."""
    ticket = order.ticket
    if not order.hold:
        return ZERO  # it makes a position smaller
    if ticket.limit_price is not None:
        return need(ticket, product, order.remaining - fill.size, order.taker_rate)
    if product.product_type == "SPOT" and ticket.side == "SELL":
        return order.hold - fill.size
    return order.hold - paid(value * share(ticket, product)) - fill.commission
