"""Coinbase's words and figures for an order, the same on the user feed and over REST."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

from downtick.exchange.ledger import Configuration, Order
from downtick.exchange.ledger.model import ZERO
from downtick.exchange.market import Product

OrderType = Literal["MARKET", "LIMIT", "STOP_LIMIT", "BRACKET"]
TimeInForce = Literal[
    "GOOD_UNTIL_CANCELLED", "GOOD_UNTIL_DATE_TIME", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"
]
TriggerStatus = Literal["INVALID_ORDER_TYPE", "STOP_PENDING", "STOP_TRIGGERED"]

_WORDS: Final[Mapping[Configuration, tuple[OrderType, TimeInForce]]] = {
    "market_market_ioc": ("MARKET", "IMMEDIATE_OR_CANCEL"),
    "market_market_fok": ("MARKET", "FILL_OR_KILL"),
    "sor_limit_ioc": ("LIMIT", "IMMEDIATE_OR_CANCEL"),
    "limit_limit_gtc": ("LIMIT", "GOOD_UNTIL_CANCELLED"),
    "limit_limit_gtd": ("LIMIT", "GOOD_UNTIL_DATE_TIME"),
    "limit_limit_fok": ("LIMIT", "FILL_OR_KILL"),
    "stop_limit_stop_limit_gtc": ("STOP_LIMIT", "GOOD_UNTIL_CANCELLED"),
    "stop_limit_stop_limit_gtd": ("STOP_LIMIT", "GOOD_UNTIL_DATE_TIME"),
    "trigger_bracket_gtc": ("BRACKET", "GOOD_UNTIL_CANCELLED"),
    "trigger_bracket_gtd": ("BRACKET", "GOOD_UNTIL_DATE_TIME"),
}
_WHOLE: Final = Decimal(100)


def order_type(order: Order) -> OrderType:
    """Return what kind of order it is."""
    return _WORDS[order.ticket.configuration][0]


def time_in_force(order: Order) -> TimeInForce:
    """Return how long it may rest."""
    return _WORDS[order.ticket.configuration][1]


def trigger_status(order: Order) -> TriggerStatus:
    """Return whether its stop price was reached, if it has one."""
    if order_type(order) not in ("STOP_LIMIT", "BRACKET"):
        return "INVALID_ORDER_TYPE"
    return "STOP_TRIGGERED" if order.triggered else "STOP_PENDING"


def asked(order: Order) -> Decimal:
    """Return its size in the currency in which it was placed: base, or quote with fees (market buys)."""
    ticket = order.ticket
    return (ticket.quote_size if ticket.base_size is None else ticket.base_size) or ZERO


def leaves(order: Order) -> Decimal:
    """Return how much of `asked` may still be filled or spent: nothing once the order is over."""
    if order.over:
        return ZERO
    return order.remaining if order.ticket.base_size is not None else asked(order) - _done(order)


def completion(order: Order) -> str:
    """Return the share of it that was filled, in per cent, as Coinbase writes it: ``0``, ``50.00``, ``100.00``."""
    size = asked(order)
    # A filled order is whole, whatever rounding left over of the money to be spent.
    share = _WHOLE if order.status == "FILLED" else _done(order) / size * 100 if size else ZERO
    return f"{share:.2f}" if share else "0"


def value_after_fees(order: Order, product: Product) -> Decimal:
    """Return what it costs a buyer, or brings a seller, with fees.

    As long as it is open, what is left of it counts too, at its limit price and with a maker's fees (seen in
    production: an order to sell 6.56 at 3.575, nothing filled, 0.15 % fees: 23.416822).
    """
    ticket, rest = order.ticket, ZERO
    if ticket.limit_price is not None and ticket.base_size is not None:
        rest = leaves(order) * ticket.limit_price * product.contract_size
    fees = order.fees + rest * order.maker_rate
    return order.filled_value + rest + (fees if ticket.side == "BUY" else -fees)


def _done(order: Order) -> Decimal:
    if order.ticket.base_size is not None:
        return order.filled_size
    return order.filled_value + order.fees
