"""An order in the words of the Exchange dialect, the same on the feed and over REST."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

from downtick.exchange.ledger import Configuration, Fill, Order, Ticket

Status = Literal["pending", "open", "active", "done"]

_FORCES: Final[Mapping[Configuration, str]] = {
    "sor_limit_ioc": "IOC",
    "limit_limit_fok": "FOK",
    "limit_limit_gtd": "GTT",
    "stop_limit_stop_limit_gtd": "GTT",
    "trigger_bracket_gtd": "GTT",
}
_FIRST_TRADE: Final = 5_000_000_000  # far from the market's own


def side(order: Order) -> str:
    """Return ``buy`` or ``sell``."""
    return order.ticket.side.lower()


def order_type(ticket: Ticket) -> str:
    """Return ``limit`` or ``market``."""
    return "limit" if ticket.limit_price is not None else "market"


def time_in_force(ticket: Ticket) -> str:
    """Return how long a limit order rests: GTC, GTT, IOC or FOK."""
    return _FORCES.get(ticket.configuration, "GTC")


def stop_type(ticket: Ticket) -> str:
    """Return ``entry`` if a stop order waits for a rise, ``loss`` if for a fall."""
    return "entry" if ticket.stop_direction == "STOP_DIRECTION_STOP_UP" else "loss"


def waits(order: Order) -> bool:
    """Return whether the order's stop price was not reached yet."""
    return order.ticket.stop_price is not None and not order.triggered


def status(order: Order) -> Status:
    """Return the state as it is called here. ``active`` is a stop order that waits."""
    if order.over:
        return "done"
    if order.status == "PENDING":
        return "pending"
    return "active" if waits(order) else "open"


def fee_rate(order: Order, fill: Fill) -> Decimal:
    """Return the share of a fill's value that was its fee."""
    return order.maker_rate if fill.liquidity == "MAKER" else order.taker_rate


def trade_number(fill: Fill) -> int:
    """Return a fill's trade id, which is a whole number here."""
    return _FIRST_TRADE + fill.number
