"""Orders and fills as Advanced Trade writes them (docs: List Orders, List Fills). Figures are strings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from downtick.exchange import order_words
from downtick.exchange.brokerage.tickets import written
from downtick.exchange.figures import text
from downtick.exchange.identity import Identity
from downtick.exchange.ledger import Fill, Order
from downtick.exchange.market import Product
from downtick.exchange.times import rfc3339_micros

_SHOWN_EDITS: Final = 5


def money(value: Decimal, currency: str) -> dict[str, str]:
    """Return an amount with its currency."""
    return {"value": text(value), "currency": currency}


def settlement(product: Product) -> str:
    """Return when an expiring future is settled."""
    return f"{product.contract_expiry}T16:00:00Z"


def order(order: Order, product: Product, who: Identity) -> dict[str, Any]:
    """Return an order with all documented members that a spot or futures order has."""
    ticket = order.ticket
    future = product.product_type == "FUTURE"
    last_fill = None if order.last_fill is None else rfc3339_micros(order.last_fill)
    return {
        "order_id": order.order_id,
        "product_id": ticket.product_id,
        "user_id": who.user_id,
        "order_configuration": written(ticket),
        "side": ticket.side,
        "client_order_id": ticket.client_order_id,
        "status": order.status,
        "time_in_force": order_words.time_in_force(order),
        "created_time": rfc3339_micros(order.created),
        "completion_percentage": order_words.completion(order),
        "filled_size": text(order.filled_size),
        "average_filled_price": text(order.average_price),
        "fee": "",
        "number_of_fills": str(order.number_of_fills),
        "filled_value": text(order.filled_value),
        "pending_cancel": order.status == "CANCEL_QUEUED",
        "size_in_quote": ticket.quote_size is not None,
        "total_fees": text(order.fees),
        "size_inclusive_of_fees": ticket.quote_size is not None,
        "total_value_after_fees": text(order_words.value_after_fees(order, product)),
        "trigger_status": order_words.trigger_status(order),
        "order_type": order_words.order_type(order),
        "reject_reason": "REJECT_REASON_UNSPECIFIED",
        "settled": order.status == "FILLED",
        "product_type": product.product_type,
        "reject_message": order.reason if order.status == "FAILED" else "",
        "cancel_message": order.reason if order.status == "CANCELLED" else "",
        "order_placement_source": "RETAIL_ADVANCED",
        "outstanding_hold_amount": text(order.hold),
        "is_liquidation": False,
        "last_fill_time": last_fill,
        "edit_history": [
            {
                "price": "" if edit.price is None else text(edit.price),
                "size": "" if edit.size is None else text(edit.size),
                "replace_accept_timestamp": rfc3339_micros(edit.at),
            }
            for edit in order.edits[-_SHOWN_EDITS:]
        ],
        "leverage": text(ticket.leverage) if ticket.leverage else "",
        "margin_type": "CROSS" if future else "UNKNOWN_MARGIN_TYPE",
        "retail_portfolio_id": who.portfolio_id,
        "originating_order_id": "",
        "attached_order_id": "",
        "attached_order_configuration": None,
    }


def fill(fill: Fill, who: Identity) -> dict[str, Any]:
    """Return a fill. One that the exchange took back is a ``REVERSAL``."""
    time = rfc3339_micros(fill.at)
    return {
        "entry_id": who.id_of("fill", str(fill.number)),
        "trade_id": fill.trade_id,
        "order_id": fill.order_id,
        "trade_time": time,
        "trade_type": "REVERSAL" if fill.voided else "FILL",
        "price": text(fill.price),
        "size": text(fill.size),
        "commission": text(fill.commission),
        "product_id": fill.product_id,
        "sequence_timestamp": time,
        "liquidity_indicator": fill.liquidity,
        "size_in_quote": False,
        "user_id": who.user_id,
        "side": fill.side,
        "retail_portfolio_id": who.portfolio_id,
    }
