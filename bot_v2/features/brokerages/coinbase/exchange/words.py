"""Orders and fills as Coinbase Exchange writes them (docs: Exchange REST, orders, fills)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bot_v2.features.brokerages.broker import Fill, OrderReport, OrderRequest, Side, Status
from bot_v2.features.brokerages.coinbase.figures import (
    Malformed,
    decimal,
    instant,
    mapping,
    not_negative,
    plain,
    text,
)

_SIDES: Final[Mapping[str, Side]] = {"buy": "buy", "sell": "sell"}
_DONE: Final = frozenset(("done", "settled"))


def is_name(client_order_id: str) -> bool:
    """Tell whether this may be a ``client_oid``: a UUID, in its usual form, so that it comes back as it went."""
    try:
        return str(UUID(client_order_id)) == client_order_id
    except ValueError:
        return False


def order_body(request: OrderRequest) -> dict[str, Any]:
    """Return the body that places an order."""
    body: dict[str, Any] = {
        "client_oid": request.client_order_id,
        "product_id": request.symbol,
        "side": request.side,
        "size": plain(request.quantity),
    }
    if request.limit_price is None:
        return body | {"type": "market"}
    return body | {
        "type": "limit",
        "price": plain(request.limit_price),
        "time_in_force": "GTC",
        "post_only": request.post_only,
    }


def side(holder: Mapping[str, Any], key: str) -> Side:
    """Return a side.

    Raises:
        Malformed: it is none.
    """
    found = _SIDES.get(text(holder, key))
    if found is None:
        raise Malformed(f"{key} is {holder[key]!r:.40}")
    return found


def report(order: Any) -> OrderReport:
    """Return an order.

    Raises:
        Malformed: it cannot be read.
    """
    told = mapping(order, "an order")
    filled, size = not_negative(told, "filled_size"), told.get("size")
    return OrderReport(
        order_id=text(told, "id"),
        client_order_id=text(told, "client_oid") if told.get("client_oid") else "",
        symbol=text(told, "product_id"),
        side=side(told, "side"),
        quantity=not_negative(told, "size" if size else "funds"),
        filled=filled,
        average_price=not_negative(told, "executed_value") / filled if filled else None,
        status=status(told, filled),
        limit_price=decimal(told, "price") if told.get("price") else None,
    )


def status(order: Mapping[str, Any], filled: Decimal) -> Status:
    """Return an order's state. A word that is not known is no proof that it is over."""
    word = text(order, "status")
    if word == "rejected":
        return "failed"
    if word not in _DONE:
        return "open"
    reason = order.get("done_reason")
    if reason == "filled" or (order.get("size") and filled == decimal(order, "size")):
        return "filled"
    return "failed" if reason == "rejected" else "cancelled"


def created(order: Mapping[str, Any]) -> float:
    """Return when an order was made, in seconds since 1970.

    Raises:
        Malformed: it does not say.
    """
    return instant(order, "created_at")


def fill(entry: Mapping[str, Any]) -> Fill:
    """Return a fill. Its trade id is its product's own.

    Raises:
        Malformed: it cannot be read.
    """
    symbol = text(entry, "product_id")
    trade = decimal(entry, "trade_id")
    return Fill(
        fill_id=f"{symbol}/{trade:f}",
        order_id=text(entry, "order_id"),
        symbol=symbol,
        side=side(entry, "side"),
        quantity=not_negative(entry, "size"),
        price=decimal(entry, "price"),
        fee=decimal(entry, "fee"),
        at=instant(entry, "created_at"),
    )
