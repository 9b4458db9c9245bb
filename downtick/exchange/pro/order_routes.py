"""Orders over REST: placed, looked up, cancelled (docs: Exchange REST, orders).

An order that was cancelled before anything of it was matched is purged: nobody finds it any more.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from downtick.exchange.call import HttpAnswer
from downtick.exchange.figures import text
from downtick.exchange.identity import Identity
from downtick.exchange.ledger import LedgerState, Order, Refused, Ticket
from downtick.exchange.pro.answers import Declined, bad, data, fixed, not_found
from downtick.exchange.pro.asked import Asked
from downtick.exchange.pro.order_words import order_type, status, stop_type, time_in_force
from downtick.exchange.pro.paging import page
from downtick.exchange.pro.refusals import POST_ONLY, refusal
from downtick.exchange.pro.tickets import ticket
from downtick.exchange.times import rfc3339_micros

_OPEN: Final = ("open", "pending", "active")
_STATUSES: Final = (*_OPEN, "done", "settled", "rejected", "all")
_CLIENT: Final = "client:"
_PLACES: Final = 16
_ZERO: Final = Decimal(0)


def orders(asked: Asked) -> HttpAnswer:
    """Answer ``GET /orders``: those that are open, or of the repeatable ``status``; newest first."""
    wanted = asked.call.query.getall("status", [])
    for word in wanted:
        if word not in _STATUSES:
            raise bad(f"{word} is not a valid status")
    statuses = set(wanted or _OPEN)
    if "all" in statuses:
        statuses |= {*_OPEN, "done"}
    product_id, state = asked.one("product_id"), asked.venue.ledger.state
    numbers = {order_id: number for number, order_id in enumerate(state.orders, start=1)}
    found, headers = page(
        asked,
        (
            order
            for order in reversed(state.orders.values())
            if _seen(order, state)
            and status(order) in statuses
            and product_id in {"", order.ticket.product_id}
        ),
        lambda order: numbers[order.order_id],
    )
    return data([_order(order, asked) for order in found], headers)


def order(asked: Asked) -> HttpAnswer:
    """Answer ``GET /orders/{order_id}`` and ``/orders/client:{client_oid}``."""
    found = _named(asked)
    if found is None or not _seen(found, asked.venue.ledger.state):
        raise not_found()
    return data(_order(found, asked))


def place(asked: Asked) -> HttpAnswer:
    """Answer ``POST /orders``. The same ``client_oid`` again gets the order that it is the name of."""
    venue, ledger = asked.venue, asked.venue.ledger
    unnamed = venue.identity.id_of("unnamed order", str(asked.call.number))
    now = venue.now()
    wanted = ticket(asked.call.body, now, venue.clock.time_scale, unnamed)
    product_id = wanted.product_id
    if product_id not in venue.market or venue.market.product(product_id).product_type != "SPOT":
        raise Declined(404, "Product not found")
    known = ledger.state.by_client_id.get(wanted.client_order_id)
    placed = venue.place(wanted, now)
    if isinstance(placed, Refused):
        if placed.reason == POST_ONLY:
            return data(_rejected(wanted, asked, now))
        flags = ledger.state.flags_of(product_id)
        raise refusal(placed, venue.market.product(product_id), flags)
    return data(_order(placed, asked) if known else _taken(placed, asked))


def cancel(asked: Asked) -> HttpAnswer:
    """Answer ``DELETE /orders/{order_id}`` and ``/orders/client:{client_oid}`` with the order's id."""
    found = _named(asked)
    if found is None:
        raise Declined(404, "order not found")
    cancelled = asked.venue.ledger.cancel(found.order_id, asked.venue.now())
    if isinstance(cancelled, Refused) and cancelled.reason != "DUPLICATE_CANCEL_REQUEST":
        raise bad("Order already done")
    return data(found.order_id)


def cancel_all(asked: Asked) -> HttpAnswer:
    """Answer ``DELETE /orders``, of one ``product_id`` or of all, with the ids of the orders that were cancelled."""
    product_id, ledger = asked.one("product_id"), asked.venue.ledger
    if product_id and product_id not in asked.market:
        raise Declined(404, "Product not found")
    ids = [
        each.order_id
        for each in ledger.state.open_orders.values()
        if product_id in {"", each.ticket.product_id} and _is_spot(each, ledger.state)
    ]
    now = asked.venue.now()
    return data([one for one in ids if isinstance(ledger.cancel(one, now), Order)])


def _named(asked: Asked) -> Order | None:
    """Return the order that the path names, by its own id or by the client's."""
    state, name = asked.venue.ledger.state, asked.name
    try:
        wanted = str(UUID(name.removeprefix(_CLIENT)))
    except ValueError:
        raise bad("Invalid order id") from None
    if name.startswith(_CLIENT):
        wanted = state.by_client_id.get(wanted, "")
    found = state.orders.get(wanted)
    return found if found is not None and _is_spot(found, state) else None


def _seen(order: Order, state: LedgerState) -> bool:
    purged = order.over and not order.filled_size
    return not purged and _is_spot(order, state)


def _is_spot(order: Order, state: LedgerState) -> bool:
    return state.products[order.ticket.product_id].product_type == "SPOT"


def _taken(placed: Order, asked: Asked) -> dict[str, Any]:
    """Return a new order as its POST shows it: pending, whatever became of it since (docs: Create a new order)."""
    told = _form(placed.order_id, placed.ticket, asked.venue.identity, placed.created)
    return {**told, "status": "pending", "settled": False}


def _rejected(wanted: Ticket, asked: Asked, now: int) -> dict[str, Any]:
    """Return an order that would have matched although it may only rest."""
    who = asked.venue.identity
    order_id = who.id_of("rejected order", str(asked.call.number))
    told = _form(order_id, wanted, who, now)
    return {**told, "status": "rejected", "settled": False, "reject_reason": "post only"}


def _order(order: Order, asked: Asked) -> dict[str, Any]:
    """Return an order as it stands."""
    told = _form(order.order_id, order.ticket, asked.venue.identity, order.created)
    told |= {
        "fill_fees": fixed(order.fees, _PLACES),
        "filled_size": fixed(order.filled_size, 8),
        "executed_value": fixed(order.filled_value, _PLACES),
        "status": status(order),
        "settled": order.over,
    }
    if order.over:
        filled = order.status == "FILLED"
        told["done_reason"] = "filled" if filled else "canceled"
        told["done_at"] = rfc3339_micros(order.last_fill or order.created)
    return told


def _form(order_id: str, wanted: Ticket, who: Identity, created: int) -> dict[str, Any]:
    """Return what an order has from the start."""
    told: dict[str, Any] = {
        "id": order_id,
        "product_id": wanted.product_id,
        "profile_id": who.portfolio_id,
        "side": wanted.side.lower(),
        "type": order_type(wanted),
        "post_only": wanted.post_only,
        "created_at": rfc3339_micros(created),
        "fill_fees": fixed(_ZERO, _PLACES),
        "filled_size": fixed(_ZERO, 8),
        "executed_value": fixed(_ZERO, _PLACES),
        "market_type": "spot",
        "funding_currency": wanted.product_id.partition("-")[2],
        "client_oid": wanted.client_order_id,
    }
    if wanted.base_size is not None:
        told["size"] = fixed(wanted.base_size, 8)
    if wanted.quote_size is not None:
        told["funds"] = told["specified_funds"] = fixed(wanted.quote_size, _PLACES)
    if wanted.limit_price is not None:
        told["price"] = fixed(wanted.limit_price, 8)
        told["time_in_force"] = time_in_force(wanted)
    if wanted.stop_price is not None:
        told["stop"], told["stop_price"] = stop_type(wanted), text(wanted.stop_price)
    if wanted.end_time is not None:
        told["expire_time"] = rfc3339_micros(wanted.end_time)
    return told
