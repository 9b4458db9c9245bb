"""Orders, reports and fills of which a test says only what matters to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bot_v2.features.brokerages.broker import Fill, OrderReport, OrderRequest, Side

D = Decimal
T0 = 1_780_000_000.0
"""Seconds since 1970; early in a day (UTC)."""


def request(
    name: str = "a", side: Side = "buy", quantity: str = "1", **changes: Any
) -> OrderRequest:
    values: dict[str, Any] = {"limit_price": D(100)} | changes
    return OrderRequest(name, values.pop("symbol", "BTC-USD"), side, D(quantity), **values)


def report(
    order: OrderRequest, filled: str = "0", status: str = "open", price: str = "100", **changes: Any
) -> OrderReport:
    values: dict[str, Any] = {
        "order_id": f"x-{order.client_order_id}",
        "client_order_id": order.client_order_id,
        "symbol": order.symbol,
        "side": order.side,
        "quantity": order.quantity,
        "filled": D(filled),
        "average_price": D(price) if D(filled) else None,
        "status": status,
        "limit_price": order.limit_price,
    }
    return OrderReport(**values | changes)


def fill(
    order: OrderRequest,
    number: int = 1,
    quantity: str = "1",
    price: str = "100",
    fee: str = "0",
    at: float = T0,
) -> Fill:
    names = f"f{number}", f"x-{order.client_order_id}", order.symbol
    return Fill(*names, order.side, D(quantity), D(price), D(fee), at)
