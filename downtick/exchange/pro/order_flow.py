"""One product's stream of orders, made up to fit its market: what ``full`` and the book of level 3 tell.

The market knows prices and quantities, not orders. Here each price of the book is one resting order, and what happens
to the market is told as what must have happened to orders::

    a price appears   received, open          somebody trades   received, match (, done), done
    it grows          done, received, open    it disappears     done
    it shrinks        change

Each message has the product's next sequence number. Reads no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any, Final
from uuid import UUID

from downtick.exchange.figures import text
from downtick.exchange.market import Book, BookChange, MarketEvent, Trade
from downtick.exchange.market.events import BookSide

Message = dict[str, Any]

_SIDES: Final[Mapping[BookSide, str]] = {"bid": "buy", "offer": "sell"}
_OTHER: Final = {"buy": "sell", "sell": "buy"}
_ZERO: Final = Decimal(0)
_FIRST: Final = 10_000_000_000  # sequence numbers of real books have eleven digits


class OrderFlow:
    """One product's orders.

    Args:
        book: of the product, as it stands.
        seed: order ids are drawn from it.

    Attributes:
        product_id: of the product.
        sequence: of the last message.
    """

    def __init__(self, book: Book, seed: int) -> None:
        self.product_id = book.product_id
        self._random = Random(f"{seed}/{self.product_id}/orders")  # noqa: S311 - repeatable is what is wanted
        self.sequence = _FIRST + self._random.randrange(_FIRST)
        self._orders: dict[
            tuple[str, Decimal], tuple[str, Decimal]
        ] = {}  # id and size by side and price
        bids, asks = book.depth()
        for side, quotes in (("buy", bids), ("sell", asks)):
            for price, quantity in quotes:
                self._orders[side, price] = self.new_id(), quantity

    def new_id(self) -> str:
        """Return the id of a new order."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def order_at(self, side: str, price: Decimal) -> tuple[str, Decimal] | None:
        """Return id and size of the order that rests at a price, or None."""
        return self._orders.get((side, price))

    def resting(self, side: str) -> list[tuple[Decimal, Decimal, str]]:
        """Return price, size and id of the orders of a side."""
        return [
            (price, size, order_id)
            for (on, price), (order_id, size) in self._orders.items()
            if on == side
        ]

    def happened(self, event: MarketEvent, time: str) -> Iterator[Message]:
        """Yield the messages of one event. ``time`` is its instant in RFC 3339."""
        steps = self._traded(event) if isinstance(event, Trade) else self._changed(event)
        for step in steps:
            yield self.numbered(step, time)

    def numbered(self, step: Message, time: str) -> Message:
        """Return a step as the product's next message."""
        self.sequence += 1
        return {**step, "product_id": self.product_id, "sequence": self.sequence, "time": time}

    def put_back(self, maker: str, price: Decimal, size: Decimal) -> Iterator[Message]:
        """Yield the steps that put an order of the book back as it was after the user traded with it.

        The market does not feel the user's orders; whoever follows the messages must still see the market's book.

        Args:
            maker: side of the order of the book.
            price: its price.
            size: what the user traded with it.
        """
        order = self.order_at(maker, price)
        if order is None:
            return
        order_id, before = order
        if size >= before:
            yield done(order_id, maker, "filled", price, _ZERO)
        else:
            yield done(order_id, maker, "canceled", price, before - size)
        yield from self._opened(maker, price, before)

    def _traded(self, trade: Trade) -> Iterator[Message]:
        maker = "buy" if trade.side == "BUY" else "sell"
        taker_id = self.new_id()
        maker_id, resting = self.order_at(maker, trade.price) or (self.new_id(), _ZERO)
        yield received(taker_id, _OTHER[maker], "market", trade.size)
        yield {
            "type": "match",
            "trade_id": trade.trade_id,
            "maker_order_id": maker_id,
            "taker_order_id": taker_id,
            "side": maker,
            "size": text(trade.size),
            "price": text(trade.price),
        }
        if resting > trade.size:
            self._orders[maker, trade.price] = maker_id, resting - trade.size
        elif self._orders.pop((maker, trade.price), None):
            yield done(maker_id, maker, "filled", trade.price, _ZERO)
        yield done(taker_id, _OTHER[maker], "filled", None, _ZERO)

    def _changed(self, change: BookChange) -> Iterator[Message]:
        for level_side, price, quantity in change.changes:
            side = _SIDES[level_side]
            order = self.order_at(side, price)
            if order is None:
                if quantity:
                    yield from self._opened(side, price, quantity)
                continue
            order_id, before = order
            if quantity == before:
                continue
            if _ZERO < quantity < before:
                self._orders[side, price] = order_id, quantity
                yield changed(order_id, side, price, before, quantity)
                continue
            del self._orders[side, price]
            yield done(order_id, side, "canceled", price, before)
            if quantity:
                yield from self._opened(side, price, quantity)

    def _opened(self, side: str, price: Decimal, size: Decimal) -> Sequence[Message]:
        order_id = self.new_id()
        self._orders[side, price] = order_id, size
        return (
            received(order_id, side, "limit", size, price),
            opened(order_id, side, price, size),
        )


def received(
    order_id: str, side: str, order_type: str, size: Decimal | None, price: Decimal | None = None
) -> Message:
    """Return the step of an order that was taken."""
    step: Message = {"type": "received", "order_id": order_id, "order_type": order_type}
    if size is not None:
        step["size"] = text(size)
    if price is not None:
        step["price"] = text(price)
    return {**step, "side": side}


def opened(order_id: str, side: str, price: Decimal, remaining: Decimal) -> Message:
    """Return the step of an order that rests now."""
    return {
        "type": "open",
        "order_id": order_id,
        "side": side,
        "price": text(price),
        "remaining_size": text(remaining),
    }


def done(
    order_id: str, side: str, reason: str, price: Decimal | None, remaining: Decimal
) -> Message:
    """Return the step of an order that is over: ``filled`` or ``canceled``. A market order has no price."""
    step: Message = {"type": "done", "order_id": order_id, "side": side, "reason": reason}
    if price is not None:
        step["price"] = text(price)
    return {**step, "remaining_size": text(remaining)}


def changed(order_id: str, side: str, price: Decimal, before: Decimal, now: Decimal) -> Message:
    """Return the step of a resting order that became smaller."""
    return {
        "type": "change",
        "reason": "STP",
        "order_id": order_id,
        "side": side,
        "price": text(price),
        "old_size": text(before),
        "new_size": text(now),
    }
