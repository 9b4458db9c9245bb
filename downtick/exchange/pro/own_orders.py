"""The user's orders as messages of ``user`` and ``full``, made of the ledger's entries.

::

    taken ──▶ received ──▶ match... ──▶ open (what is left of it rests) ──▶ match... ──▶ done
    a stop order: activate ──▶ received (its price was reached) ──▶ likewise

That an order rests is no entry: it is what its acceptance comes to if nothing else does in the same instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from downtick.exchange.figures import text
from downtick.exchange.frames import Body
from downtick.exchange.identity import Identity
from downtick.exchange.ledger import Accepted, Edited, Ended, Entry, Fill, Matched, Order, Triggered
from downtick.exchange.pro.frames import order_message
from downtick.exchange.pro.order_flow import Message, OrderFlow, done, opened, received
from downtick.exchange.pro.order_words import (
    fee_rate,
    order_type,
    side,
    stop_type,
    trade_number,
    waits,
)
from downtick.exchange.times import rfc3339_micros, unix_seconds

_OTHER: Final = {"buy": "sell", "sell": "buy"}


class OwnOrders:
    """Turns entries into bodies.

    Args:
        flow: returns the orders of a product if it is followed in this dialect, or None.
        who: the user.
    """

    def __init__(self, flow: Callable[[str], OrderFlow | None], who: Identity) -> None:
        self._flow = flow
        self._who = {"user_id": who.user_id, "profile_id": who.portfolio_id}
        self._unopened: dict[str, Entry] = {}  # of orders taken, and not told to be open yet
        self._open: dict[str, Order] = {}  # as they were last told of

    @property
    def unopened(self) -> bool:
        """Whether orders rest that `rested` would tell of."""
        return bool(self._unopened)

    def entered(self, entry: Entry, order: Order) -> Sequence[Body]:
        """Return what is told of an entry, with the order as it stands after it."""
        flow = self._flow(order.ticket.product_id)
        if flow is None:
            return ()
        taking = isinstance(entry.change, Matched) and entry.change.fill.liquidity == "TAKER"
        same = taking and order.order_id in self._unopened
        bodies = [] if same else [*self.rested()]
        for message in self._messages(flow, entry, order):
            bodies += self._bodies(flow, message, entry)
        if isinstance(entry.change, Matched) and taking:
            bodies += self._put_back(flow, entry.change.fill, entry)
        self._note(entry, order)
        return bodies

    def rested(self) -> Sequence[Body]:
        """Return what is told of the orders that rest since this was last asked."""
        unopened, self._unopened = self._unopened, {}
        bodies: list[Body] = []
        for order_id, entry in unopened.items():
            order = self._open[order_id]
            flow, price = self._flow(order.ticket.product_id), order.ticket.limit_price
            if flow is not None and price is not None:
                message = opened(order_id, side(order), price, order.remaining)
                bodies += self._bodies(flow, message, entry)
        return bodies

    def _note(self, entry: Entry, order: Order) -> None:
        taken = isinstance(entry.change, Accepted | Triggered) and order.status == "OPEN"
        if taken and not waits(order):
            self._unopened[order.order_id] = entry
        self._open[order.order_id] = order
        if order.over:
            self._open.pop(order.order_id)
            self._unopened.pop(order.order_id, None)

    def _messages(self, flow: OrderFlow, entry: Entry, order: Order) -> Iterator[Message]:
        match entry.change:
            case Accepted() if waits(order):
                yield _activate(order, entry.at)
            case Accepted() | Triggered():
                yield _received(order)
            case Matched(fill, _, complete):
                yield _matched(flow, order, fill, self._who)
                if complete:
                    yield _done(order, "filled")
            case Edited():
                yield _edited(order, self._open.get(order.order_id, order))
            case Ended():
                yield _done(order, "canceled")

    def _bodies(self, flow: OrderFlow, message: Message, entry: Entry) -> Iterator[Body]:
        """Yield a message for both channels, as the product's next one."""
        numbered = flow.numbered({**message, **self._who}, rfc3339_micros(entry.at))
        for channel in ("user", "full"):
            yield order_message(channel, flow.product_id, numbered, entry.number)

    def _put_back(self, flow: OrderFlow, fill: Fill, entry: Entry) -> Iterator[Body]:
        maker = "sell" if fill.side == "BUY" else "buy"
        for message in flow.put_back(maker, fill.price, fill.size):
            numbered = flow.numbered(message, rfc3339_micros(entry.at))
            yield order_message("full", flow.product_id, numbered, None)


def _received(order: Order) -> Message:
    ticket = order.ticket
    message = received(
        order.order_id, side(order), order_type(ticket), ticket.base_size, ticket.limit_price
    )
    if ticket.quote_size is not None:
        message["funds"] = text(ticket.quote_size)
    return {**message, "client_oid": ticket.client_order_id}


def _activate(order: Order, at: int) -> Message:
    return {
        "type": "activate",
        "timestamp": f"{unix_seconds(at):.6f}",
        "order_id": order.order_id,
        "stop_type": stop_type(order.ticket),
        "side": side(order),
        "stop_price": text(order.ticket.stop_price or Decimal(0)),
        "size": text(order.remaining),
        "taker_fee_rate": text(order.taker_rate),
        "private": True,
    }


def _matched(flow: OrderFlow, order: Order, fill: Fill, who: dict[str, str]) -> Message:
    """Return a match; its side is the maker's, whoever that is."""
    role = "maker" if fill.liquidity == "MAKER" else "taker"
    maker_side = side(order) if role == "maker" else _OTHER[side(order)]
    resting = flow.order_at(maker_side, fill.price)
    stranger = resting[0] if resting and role == "taker" else flow.new_id()
    maker, taker = (order.order_id, stranger) if role == "maker" else (stranger, order.order_id)
    return {
        "type": "match",
        "trade_id": trade_number(fill),
        "maker_order_id": maker,
        "taker_order_id": taker,
        "side": maker_side,
        "size": text(fill.size),
        "price": text(fill.price),
        **{f"{role}_{name}": value for name, value in who.items()},
        f"{role}_fee_rate": text(fee_rate(order, fill)),
    }


def _edited(order: Order, before: Order) -> Message:
    return {
        "type": "change",
        "reason": "modify_order",
        "order_id": order.order_id,
        "side": side(order),
        "old_size": text(before.remaining),
        "new_size": text(order.remaining),
        "old_price": text(before.ticket.limit_price or Decimal(0)),
        "new_price": text(order.ticket.limit_price or Decimal(0)),
    }


def _done(order: Order, reason: str) -> Message:
    return done(order.order_id, side(order), reason, order.ticket.limit_price, order.remaining)
