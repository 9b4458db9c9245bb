"""Orders, fills and positions as Advanced Trade writes them (docs: Create Order, List Orders, List Fills)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

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

_OVER: Final[Mapping[str, Status]] = {
    "FILLED": "filled",
    "CANCELLED": "cancelled",
    "EXPIRED": "expired",
    "FAILED": "failed",
}
_SIDES: Final[Mapping[str, Side]] = {"BUY": "buy", "SELL": "sell"}
_NOTHING_SAID: Final = "UNKNOWN"  # how the names of reasons begin that say nothing


def order_body(request: OrderRequest) -> dict[str, Any]:
    """Return the body that places an order."""
    terms: dict[str, Any] = {"base_size": plain(request.quantity)}
    if request.limit_price is None:
        configuration = {"market_market_ioc": terms}
    else:
        terms |= {"limit_price": plain(request.limit_price), "post_only": request.post_only}
        configuration = {"limit_limit_gtc": terms}
    return {
        "client_order_id": request.client_order_id,
        "product_id": request.symbol,
        "side": request.side.upper(),
        "order_configuration": configuration,
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


def status(word: str) -> Status:
    """Return a state. A word that is not known is no proof that an order is over."""
    return _OVER.get(word, "open")


def order_id_of(answer: Any, request: OrderRequest) -> str | None:
    """Return the id of the order that a POST placed, or None if it was refused.

    Raises:
        Malformed: the answer says neither, or is about another order.
    """
    told = mapping(answer, "the answer")
    if told.get("success") is False:
        return None
    if told.get("success") is not True:
        raise Malformed("success is neither true nor false")
    placed = mapping(told.get("success_response"), "success_response")
    ours = (request.client_order_id, request.symbol, request.side)
    theirs = (text(placed, "client_order_id"), text(placed, "product_id"), side(placed, "side"))
    if theirs != ours:
        raise Malformed(f"the answer is about {theirs}, the order was {ours}")
    return text(placed, "order_id")


def refusal(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Return name and message of a refusal: the most telling of the names that it has."""
    response = answer.get("error_response")
    told: Mapping[str, Any] = response if isinstance(response, dict) else {}
    names = [
        told.get("error"),
        told.get("new_order_failure_reason"),
        told.get("preview_failure_reason"),
        answer.get("failure_reason"),
    ]
    said = [name for name in names if isinstance(name, str) and name]
    telling = [name for name in said if not name.startswith(_NOTHING_SAID)]
    message = told.get("message") or told.get("error_details") or ""
    return (telling or said or ["UNKNOWN_FAILURE_REASON"])[0], str(message)[:500]


def report(order: Any) -> OrderReport:
    """Return an order.

    Raises:
        Malformed: it cannot be read.
    """
    told = mapping(order, "an order")
    terms = _terms(told)
    filled = not_negative(told, "filled_size")
    limit = terms.get("limit_price")
    return OrderReport(
        order_id=text(told, "order_id"),
        client_order_id=text(told, "client_order_id", empty=True),
        symbol=text(told, "product_id"),
        side=side(told, "side"),
        quantity=not_negative(terms, "base_size" if terms.get("base_size") else "quote_size"),
        filled=filled,
        average_price=decimal(told, "average_filled_price") if filled else None,
        status=status(text(told, "status")),
        limit_price=decimal(terms, "limit_price") if limit else None,
    )


def created(order: Mapping[str, Any]) -> float:
    """Return when an order was made, in seconds since 1970.

    Raises:
        Malformed: it does not say.
    """
    return instant(order, "created_time")


def fill(entry: Mapping[str, Any]) -> Fill:
    """Return a fill.

    Raises:
        Malformed: it cannot be read.
    """
    price, size = decimal(entry, "price"), not_negative(entry, "size")
    if entry.get("size_in_quote") is True:
        if not price:
            raise Malformed("a fill at no price")
        size /= price
    return Fill(
        fill_id=text(entry, "entry_id"),
        order_id=text(entry, "order_id"),
        symbol=text(entry, "product_id"),
        side=side(entry, "side"),
        quantity=size,
        price=price,
        fee=decimal(entry, "commission"),
        at=instant(entry, "trade_time"),
    )


def contracts(position: Mapping[str, Any]) -> Decimal:
    """Return the size of a position in a US future; short is below zero.

    Raises:
        Malformed: it cannot be read.
    """
    return _signed(not_negative(position, "number_of_contracts"), text(position, "side"))


def net_size(position: Mapping[str, Any]) -> Decimal:
    """Return the size of a position in a perpetual; short is below zero, with or without its own sign.

    Raises:
        Malformed: it cannot be read.
    """
    return _signed(abs(decimal(position, "net_size")), text(position, "position_side"))


def _signed(size: Decimal, side_: str) -> Decimal:
    word = side_.upper().rpartition("_")[2]
    if word not in {"LONG", "SHORT"} and size:
        raise Malformed(f"the side of a position is {side_!r:.40}")
    return -size if word == "SHORT" else size


def _terms(order: Mapping[str, Any]) -> Mapping[str, Any]:
    configuration = mapping(order.get("order_configuration"), "order_configuration")
    found = [terms for terms in configuration.values() if isinstance(terms, dict)]
    if len(found) != 1:
        raise Malformed("order_configuration has not one kind of order")
    return found[0]
