"""Orders and positions written by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from downtick.exchange.ledger.model import Order, Position, Ticket
from downtick.exchange.margin import Holding
from downtick.exchange.market import Product
from downtick.exchange.market.products import made_product

D = Decimal
AT = 1_719_000_000_123_456_789  # 2024-06-21T20:00:00.123456789Z
PERPETUAL = "BTC-PERP-INTX"
FUTURE = "BIT-26DEC26-CDE"


def order(number: int = 1, product_id: str = "BTC-USD", **more: Any) -> Order:
    """Return an open order to buy 0.5 at 100 with 1 % fees, or as told otherwise: fields of an order or of its ticket."""
    ticket: dict[str, Any] = {
        "client_order_id": f"mine-{number}",
        "product_id": product_id,
        "side": "BUY",
        "configuration": "limit_limit_gtc",
        "base_size": D("0.5"),
        "limit_price": D(100),
    }
    of_ticket = {name: more.pop(name) for name in Ticket.__struct_fields__ if name in more}
    state: dict[str, Any] = {
        "order_id": f"order-{number}",
        "status": "OPEN",
        "created": AT,
        "maker_rate": D("0.01"),
    } | more
    return Order(ticket=Ticket(**{**ticket, **of_ticket}), **state)


def product(product_id: str) -> Product:
    """Return a product as a made market has it."""
    return made_product(product_id)[0]


def holding(
    product_id: str, size: str, entry: str, mark: str, margin: str = "100", **more: Any
) -> Holding:
    """Return a position in its market, opened with tenfold leverage."""
    position = Position(product_id, D(size), D(entry), D(margin), D(10))
    return Holding(position, product(product_id), D(mark), **more)
