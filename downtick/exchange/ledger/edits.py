"""What an edit would do now, or why it is refused. Names are Coinbase's (docs: Edit Order, ``edit_failure_reason``)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from downtick.exchange.ledger.model import Order, Refused, Ticket
from downtick.exchange.ledger.plan import Market, Plan, plan
from downtick.exchange.ledger.rules import EDITABLE, off_grid
from downtick.exchange.market import Product

EDIT_REASONS: Final = frozenset(
    (
        "ORDER_NOT_FOUND",
        "ONLY_LIMIT_ORDER_EDITS_SUPPORTED",
        "ONLY_OPEN_ORDERS_CAN_BE_EDITED",
        "CANNOT_EDIT_ORDER_PENDING_CANCEL",
        "CANNOT_EDIT_TRIGGERED_ORDER",
        "CANNOT_EDIT_FUTURES_ORDER",
        "CANNOT_EDIT_TO_BELOW_FILLED_SIZE",
        "INVALID_EDITED_PRICE",
        "INVALID_EDITED_SIZE",
        "INVALID_EDITED_STOP_PRICE",
        "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST",
    )
)
"""Reasons that ``edit_failure_reason`` has; the others exist as ``preview_failure_reason`` alone."""


class Wish(msgspec.Struct, frozen=True):
    """What an edit asks for. A price or a size that is left out reads as 0, as at Coinbase.

    Attributes:
        price: the new limit price.
        size: the new whole size, of which a part may be matched already.
        stop_price: the new stop price; None leaves it.
    """

    price: Decimal | None
    size: Decimal | None
    stop_price: Decimal | None


def plan_edit(order: Order, wish: Wish, market: Market) -> Plan | Refused:
    """Return what an edit would do, or why it is refused."""
    product = market.state.products[order.ticket.product_id]
    refused = _by_order(order, product)
    if refused is not None:
        return refused
    if not _usable(wish.price, product.quote_increment, product.max_market_funds):
        return Refused("INVALID_EDITED_PRICE", "The new price cannot be used")
    if not _usable(wish.size, product.base_increment, product.base_max_size):
        return Refused("INVALID_EDITED_SIZE", "The new size cannot be used")
    ticket = _edited(order.ticket, wish)
    if ticket.base_size is not None and ticket.base_size <= order.done:
        return Refused("CANNOT_EDIT_TO_BELOW_FILLED_SIZE", f"{order.done} is filled already")
    if ticket == order.ticket:
        return Refused("EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST", "Nothing would change")
    return plan(ticket, market, order)


def _by_order(order: Order, product: Product) -> Refused | None:
    if order.ticket.configuration not in EDITABLE:
        return Refused("ONLY_LIMIT_ORDER_EDITS_SUPPORTED", "Only GTC orders can be edited")
    if order.over:
        return Refused("ONLY_OPEN_ORDERS_CAN_BE_EDITED", "The order is over")
    if order.status == "CANCEL_QUEUED":
        return Refused("CANNOT_EDIT_ORDER_PENDING_CANCEL", "The order is being cancelled")
    if order.triggered:
        return Refused("CANNOT_EDIT_TRIGGERED_ORDER", "The stop price was reached")
    if product.product_type == "FUTURE":
        return Refused("CANNOT_EDIT_FUTURES_ORDER", "Orders for futures cannot be edited")
    return None


def _usable(figure: Decimal | None, increment: Decimal, most: Decimal) -> bool:
    """Return whether this is a price or size of the product."""
    return (
        figure is not None
        and figure.is_finite()
        and 0 < figure <= most
        and not off_grid(figure, increment)
    )


def _edited(ticket: Ticket, wish: Wish) -> Ticket:
    stop_price = ticket.stop_price if wish.stop_price is None else wish.stop_price
    return msgspec.structs.replace(
        ticket, limit_price=wish.price, base_size=wish.size, stop_price=stop_price
    )
