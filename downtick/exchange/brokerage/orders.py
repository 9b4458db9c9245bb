"""Orders are placed, previewed, edited, cancelled; positions are closed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from downtick.exchange.brokerage.configurations import OrderConfiguration
from downtick.exchange.brokerage.numbers import number
from downtick.exchange.brokerage.proto_json import ProtoError
from downtick.exchange.brokerage.rejections import (
    cancel_result,
    edit_error,
    order_error,
    preview_reason,
)
from downtick.exchange.brokerage.request import Asked, bad, data
from downtick.exchange.brokerage.tickets import UNSUPPORTED, OrderForm, ticket, written
from downtick.exchange.error_bodies import Answer
from downtick.exchange.figures import text
from downtick.exchange.ledger import Order, Preview, Refused, Ticket
from downtick.exchange.market import Book

_LONGEST_ID: Final = 128  # characters of a client_order_id
_FIGURES: Final = (
    "slippage",
    "order_total",
    "commission_total",
    "quote_size",
    "base_size",
    "best_bid",
    "best_ask",
    "average_filled_price",
)


class _Create(OrderForm, frozen=True, forbid_unknown_fields=True):
    """Body of Create Order."""

    self_trade_prevention_id: str = ""
    preview_id: str = ""
    cost_basis_method: str = ""
    sor_preference: str = ""


class _Preview(OrderForm, frozen=True, forbid_unknown_fields=True):
    """Body of Preview Order."""

    commission_rate: str = ""
    is_max: bool = False
    skip_fcm_risk_check: bool = False


class _Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Edit Order and of its preview."""

    order_id: str = ""
    price: str = ""
    size: str = ""
    stop_price: str = ""
    cancel_attached_order: bool = False
    client_order_id: str = ""


class _BatchCancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Cancel Orders."""

    order_ids: list[str] = []


class _Close(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Close Position."""

    client_order_id: str = ""
    product_id: str = ""
    size: str = ""


class _Wish(NamedTuple):
    """An edit of an order that exists; what is None was left out."""

    order: Order
    price: Decimal | None
    size: Decimal | None
    stop_price: Decimal | None
    book: Book


Form = TypeVar("Form", bound=OrderForm)


def create(asked: Asked) -> Answer:
    """Answer ``POST /orders``. The same ``client_order_id`` again gets the order that it is the name of."""
    wanted = _ticket(asked, _Create)
    if isinstance(wanted, Refused):
        return _not_placed(wanted, {})
    _check_name(wanted.client_order_id)
    placed = _unknown_product(asked, wanted.product_id) or asked.venue.place(
        wanted, asked.venue.now()
    )
    return _placed(placed) if isinstance(placed, Order) else _not_placed(placed, written(wanted))


def preview(asked: Asked) -> Answer:
    """Answer ``POST /orders/preview``. What would be refused stands in ``errs``."""
    wanted = _ticket(asked, _Preview)
    shown: Preview | Refused
    if isinstance(wanted, Refused):
        shown, side, leverage = wanted, "BUY", None
    else:
        side, leverage = wanted.side, wanted.leverage
        shown = _unknown_product(asked, wanted.product_id) or asked.venue.ledger.preview(
            wanted, asked.venue.book(wanted.product_id), asked.venue.now()
        )
    foreseen = shown if isinstance(shown, Preview) else None
    figures = _figures(foreseen, side)
    errors = [preview_reason(shown.reason)] if isinstance(shown, Refused) else []
    return data(
        {
            **figures,
            "errs": errors,
            "warning": [],
            "is_max": False,
            "order_margin_total": text(foreseen.hold) if foreseen and leverage else "0",
            "leverage": text(leverage) if leverage else "",
            "long_leverage": "",
            "short_leverage": "",
            "preview_id": asked.venue.identity.id_of("preview", str(asked.call.number)),
            "current_liquidation_buffer": "",
            "projected_liquidation_buffer": "",
            "max_leverage": "",
            "pnl_configuration": None,
        }
    )


def edit(asked: Asked) -> Answer:
    """Answer ``POST /orders/edit``. A size that is left out is read as 0, as at Coinbase."""
    wish, venue = _wish(asked), asked.venue
    edited: Order | Refused
    if isinstance(wish, Refused):
        edited = wish
    else:
        edited = venue.ledger.edit(
            wish.order.order_id,
            price=wish.price,
            size=wish.size,
            stop_price=wish.stop_price,
            at=venue.now(),
            book=wish.book,
        )
    if isinstance(edited, Order):
        told = {"order_id": edited.order_id}
        return data({"success": True, "success_response": told, "errors": []})
    error = edit_error(edited)
    why = {
        "error_details": edited.message,
        "edit_order_failure_reason": error["edit_failure_reason"],
    }
    return data({"success": False, "error_response": why, "errors": [error]})


def edit_preview(asked: Asked) -> Answer:
    """Answer ``POST /orders/edit_preview``."""
    wish = _wish(asked)
    if isinstance(wish, Refused):
        return _edit_shown(wish, "BUY")
    shown = asked.venue.ledger.preview_edit(
        wish.order.order_id,
        price=wish.price,
        size=wish.size,
        stop_price=wish.stop_price,
        at=asked.venue.now(),
        book=wish.book,
    )
    return _edit_shown(shown, wish.order.ticket.side)


def batch_cancel(asked: Asked) -> Answer:
    """Answer ``POST /orders/batch_cancel``, order by order."""
    form = asked.body(_BatchCancel)
    ledger, now = asked.venue.ledger, asked.venue.now()
    results = []
    for order_id in form.order_ids:
        cancelled = ledger.cancel(order_id, now)
        refused = cancelled if isinstance(cancelled, Refused) else None
        results.append(cancel_result(order_id, refused))
    return data({"results": results})


def close_position(asked: Asked) -> Answer:
    """Answer ``POST /orders/close_position``; without a size all of it is closed."""
    form = asked.body(_Close)
    _check_name(form.client_order_id)
    size, venue = number(form.size), asked.venue
    if form.size and size is None:
        return _not_placed(Refused("NON_NUMERIC_ORDER_SIZE", "size is not a number"), {})
    closed = _unknown_product(asked, form.product_id) or venue.ledger.close_position(
        form.product_id, size, form.client_order_id, venue.now(), venue.book(form.product_id)
    )
    return _placed(closed) if isinstance(closed, Order) else _not_placed(closed, {})


def _ticket(asked: Asked, form: type[Form]) -> Ticket | Refused:
    """Return what a body asks for; a kind of order that is not known is refused by its name."""
    try:
        return ticket(asked.body(form))
    except ProtoError as error:
        if error.within is not OrderConfiguration:
            raise
        return Refused(UNSUPPORTED, f"{error.field} is not supported")


def _unknown_product(asked: Asked, product_id: str) -> Refused | None:
    return (
        None
        if product_id in asked.venue.market
        else Refused("INVALID_PRODUCT_ID", "Invalid product_id")
    )


def _check_name(client_order_id: str) -> None:
    if not client_order_id:
        raise bad("client_order_id is required")
    if len(client_order_id) > _LONGEST_ID:
        raise bad(f"client_order_id must not be longer than {_LONGEST_ID} characters")


def _placed(order: Order) -> Answer:
    told = {
        "order_id": order.order_id,
        "product_id": order.ticket.product_id,
        "side": order.ticket.side,
        "client_order_id": order.ticket.client_order_id,
        "attached_order_id": "",
    }
    return data(
        {
            "success": True,
            "failure_reason": "UNKNOWN_FAILURE_REASON",
            "order_id": order.order_id,
            "success_response": told,
            "order_configuration": written(order.ticket),
        }
    )


def _not_placed(refused: Refused, configuration: dict[str, Any]) -> Answer:
    return data(
        {
            "success": False,
            "failure_reason": "UNKNOWN_FAILURE_REASON",
            "order_id": "",
            "error_response": order_error(refused),
            "order_configuration": configuration,
        }
    )


def _figures(shown: Preview | None, side: str) -> dict[str, str]:
    """Return what a preview tells, all of it ``0`` if there is nothing to tell."""
    if shown is None:
        return dict.fromkeys(_FIGURES, "0")
    total = shown.quote_size + (shown.commission if side == "BUY" else -shown.commission)
    figures = (
        shown.slippage,
        total,
        shown.commission,
        shown.quote_size,
        shown.base_size,
        shown.best_bid,
        shown.best_ask,
        shown.average_price,
    )
    return {name: text(figure) for name, figure in zip(_FIGURES, figures, strict=True)}


def _edit_shown(shown: Preview | Refused, side: str) -> Answer:
    foreseen = shown if isinstance(shown, Preview) else None
    errors = [edit_error(shown)] if isinstance(shown, Refused) else []
    return data({"errors": errors, **_figures(foreseen, side), "order_margin_total": "0"})


def _wish(asked: Asked) -> _Wish | Refused:
    form = asked.body(_Edit)
    order = asked.venue.ledger.state.orders.get(form.order_id)
    if order is None:
        return Refused("ORDER_NOT_FOUND", "Order not found")
    price, size, stop = number(form.price), number(form.size), number(form.stop_price)
    if form.price and price is None:
        return Refused("INVALID_EDITED_PRICE", "price is not a number")
    if form.size and size is None:
        return Refused("INVALID_EDITED_SIZE", "size is not a number")
    if form.stop_price and stop is None:
        return Refused("INVALID_EDITED_STOP_PRICE", "stop_price is not a number")
    return _Wish(order, price, size, stop, asked.venue.book(order.ticket.product_id))
