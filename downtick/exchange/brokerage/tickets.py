"""From the JSON of an order to a ticket, and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, Literal, cast

import msgspec

from downtick.exchange.brokerage.configurations import (
    Bracket,
    Limit,
    Market,
    OrderConfiguration,
    StopLimit,
    Terms,
)
from downtick.exchange.brokerage.numbers import instant, number
from downtick.exchange.brokerage.proto_json import ProtoError
from downtick.exchange.ledger import Configuration, Refused, Ticket
from downtick.exchange.times import rfc3339_micros, rfc3339_seconds

OrderSide = Literal["UNKNOWN_ORDER_SIDE", "BUY", "SELL"]
MarginType = Literal["UNKNOWN_MARGIN_TYPE", "CROSS", "ISOLATED"]

UNSUPPORTED: Final = "UNSUPPORTED_ORDER_CONFIGURATION"

_SECOND: Final = 1_000_000_000
_KEYS: Final = cast("tuple[Configuration, ...]", OrderConfiguration.__struct_fields__)


class OrderForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What Preview Order and Create Order have in common (docs: Create Order)."""

    product_id: str = ""
    side: OrderSide = "UNKNOWN_ORDER_SIDE"
    order_configuration: OrderConfiguration | None = None
    leverage: str = ""
    margin_type: MarginType = "UNKNOWN_MARGIN_TYPE"
    retail_portfolio_id: str = ""
    attached_order_configuration: OrderConfiguration | None = None
    client_order_id: str = ""


def ticket(form: OrderForm) -> Ticket | Refused:
    """Return what a client asks for, or why it cannot be asked for.

    Raises:
        ProtoError: more than one kind of order at once, or an ``end_time`` that is no instant.
    """
    if form.side == "UNKNOWN_ORDER_SIDE":
        return Refused("INVALID_SIDE", "side is required")
    if form.attached_order_configuration is not None:
        return Refused(UNSUPPORTED, "attached orders are not supported")
    configuration = form.order_configuration or OrderConfiguration()
    terms = [(key, t) for key in _KEYS if (t := getattr(configuration, key)) is not None]
    if not terms:
        return Refused(UNSUPPORTED, "order_configuration is required")
    if len(terms) > 1:
        raise ProtoError(
            f'proto: error parsing "{terms[1][0]}", oneof order_configuration is already set'
        )
    try:
        return _ticket(form, *terms[0])
    except _NoTicketError as refused:
        return refused.refused


def written(ticket: Ticket) -> dict[str, dict[str, Any]]:
    """Return the ``order_configuration`` of a ticket, its figures as the client wrote them."""
    terms: dict[str, Any] = {}
    if ticket.quote_size is not None:
        terms["quote_size"] = f"{ticket.quote_size:f}"
    if ticket.base_size is not None:
        terms["base_size"] = f"{ticket.base_size:f}"
    if ticket.limit_price is not None:
        terms["limit_price"] = f"{ticket.limit_price:f}"
    if ticket.stop_price is not None:
        bracket = ticket.configuration.startswith("trigger_bracket")
        terms["stop_trigger_price" if bracket else "stop_price"] = f"{ticket.stop_price:f}"
    if ticket.end_time is not None:
        terms["end_time"] = moment(ticket.end_time)
    if ticket.configuration in {"limit_limit_gtc", "limit_limit_gtd"}:
        terms["post_only"] = ticket.post_only
    if ticket.stop_direction is not None:
        terms["stop_direction"] = ticket.stop_direction
    return {ticket.configuration: terms}


def moment(at: int) -> str:
    """Return an instant as Coinbase writes it: without a fraction where there is none."""
    return rfc3339_micros(at) if at % _SECOND else rfc3339_seconds(at)


class _NoTicketError(Exception):
    """An order that cannot be asked for."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(reason)
        self.refused = Refused(reason, message)


def _ticket(form: OrderForm, key: Configuration, terms: Terms) -> Ticket:
    base = _size("base_size", terms.base_size)
    quote = _size("quote_size", terms.quote_size)
    if base is None and quote is None:
        kind = "Market" if isinstance(terms, Market) else "Limit"
        raise _NoTicketError(UNSUPPORTED, f"{kind} orders cannot be placed with empty order sizes")
    if base is not None and quote is not None:
        raise _NoTicketError(UNSUPPORTED, "base_size and quote_size cannot both be set")
    if quote is not None and form.side == "SELL":
        # Word for word what the live API says.
        raise _NoTicketError(
            UNSUPPORTED,
            "rpc error: code = InvalidArgument desc = Market sells must be parameterized in base currency",
        )
    if quote is not None and not isinstance(terms, Market):
        raise _NoTicketError(UNSUPPORTED, "quote_size is supported for market orders only")
    stop, direction = _stop(terms)
    return Ticket(
        client_order_id=form.client_order_id,
        product_id=form.product_id,
        side=cast("Literal['BUY', 'SELL']", form.side),
        configuration=key,
        base_size=base,
        quote_size=quote,
        limit_price=_limit(terms),
        stop_price=stop,
        stop_direction=direction,
        end_time=_end(key, getattr(terms, "end_time", "")),
        post_only=getattr(terms, "post_only", False),
        leverage=_leverage(form.leverage),
        reduce_only=getattr(terms, "reduce_only", False),
    )


def _size(name: str, text: str) -> Decimal | None:
    if not text:
        return None
    if (size := number(text)) is None:
        raise _NoTicketError("NON_NUMERIC_ORDER_SIZE", f"{name} is not a number")
    return size


def _limit(terms: Terms) -> Decimal | None:
    if isinstance(terms, Market):
        return None
    price = number(cast("Limit | StopLimit | Bracket", terms).limit_price)
    if price is None:
        raise _NoTicketError("INVALID_LIMIT_PRICE", "limit_price is not a number")
    return price


def _stop(terms: Terms) -> tuple[Decimal | None, Any]:
    """Return the stop price, and from which side it is reached."""
    if isinstance(terms, Bracket):
        price, direction = number(terms.stop_trigger_price), None
        if price is None:
            raise _NoTicketError("INVALID_BRACKET_STOP_TRIGGER_PRICE")
    elif isinstance(terms, StopLimit):
        price, direction = number(terms.stop_price), terms.stop_direction
        if price is None:
            raise _NoTicketError("INVALID_STOP_PRICE")
        if direction == "UNKNOWN_STOP_DIRECTION":
            raise _NoTicketError(UNSUPPORTED, "stop_direction is required")
    else:
        return None, None
    return price, direction


def _end(key: Configuration, text: str) -> int | None:
    if not key.endswith("_gtd"):
        return None
    if not text:
        raise _NoTicketError("GTD_ORDERS_MUST_HAVE_END_TIME")
    if (at := instant(text)) is None:
        raise ProtoError(f'proto: invalid google.protobuf.Timestamp value "{text[:60]}"')
    return at


def _leverage(text: str) -> Decimal | None:
    if not text:
        return None
    leverage = number(text)
    if leverage is None or leverage <= 0:
        raise _NoTicketError("INVALID_LEVERAGE", "leverage is not a number above zero")
    return leverage
