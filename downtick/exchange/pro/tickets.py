"""From the body of ``POST /orders`` to a ticket (docs: Exchange REST, Create a new order)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from downtick.exchange.brokerage.numbers import number
from downtick.exchange.ledger import Configuration, Side, StopDirection, Ticket
from downtick.exchange.pro.answers import bad

_CANCEL_AFTER: Final = {"min": 60, "hour": 3600, "day": 86400}  # seconds
_SECOND: Final = 1_000_000_000
_LIMITS: Final[dict[str, Configuration]] = {
    "GTC": "limit_limit_gtc",
    "GTT": "limit_limit_gtd",
    "IOC": "sor_limit_ioc",
    "FOK": "limit_limit_fok",
}
_STOPS: Final[dict[str, Configuration]] = {
    "GTC": "stop_limit_stop_limit_gtc",
    "GTT": "stop_limit_stop_limit_gtd",
}
_DIRECTIONS: Final[dict[str, StopDirection]] = {
    "loss": "STOP_DIRECTION_STOP_DOWN",
    "entry": "STOP_DIRECTION_STOP_UP",
}
_EXPONENT: Final = 20  # figures beyond ten to this power are none


class _Form(msgspec.Struct):
    """The body; figures may be strings or numbers, and members that are not known are passed over."""

    type: Any = None
    side: Any = None
    product_id: Any = None
    client_oid: Any = None
    size: Any = None
    funds: Any = None
    price: Any = None
    time_in_force: Any = None
    cancel_after: Any = None
    post_only: Any = None
    stop: Any = None
    stop_price: Any = None


_decode = msgspec.json.Decoder(_Form, float_hook=Decimal).decode


def ticket(body: bytes, now: int, time_scale: float, unnamed: str) -> Ticket:
    """Return what a client asks for.

    Args:
        body: as it was sent.
        now: the wall clock in nanoseconds since 1970.
        time_scale: real seconds in a nominal one; ``cancel_after`` is nominal.
        unnamed: the name of an order to which the client gives none.

    Raises:
        Declined: it cannot be asked for.
    """
    try:
        form = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError):
        raise bad("Malformed JSON") from None
    kind = form.type or "limit"
    if kind not in ("limit", "market", "stop"):
        raise bad("Invalid order type")
    return _market(form, unnamed) if kind == "market" else _limit(form, now, time_scale, unnamed)


def _market(form: _Form, unnamed: str) -> Ticket:
    size, funds = _figure(form.size, "size"), _figure(form.funds, "funds")
    if size is None and funds is None:
        raise bad("size or funds required")
    if form.stop is not None or form.stop_price is not None:
        raise bad("stop orders must be limit orders")
    return Ticket(
        client_order_id=_name(form, unnamed),
        product_id=_product(form),
        side=_side(form),
        configuration="market_market_ioc",
        base_size=size,
        quote_size=funds if size is None else None,
    )


def _limit(form: _Form, now: int, time_scale: float, unnamed: str) -> Ticket:
    side = _side(form)
    price, size = _figure(form.price, "price"), _figure(form.size, "size")
    if price is None:
        raise bad("price required")
    if size is None:
        raise bad("size required")
    stop_price = _figure(form.stop_price, "stop_price")
    force = form.time_in_force or "GTC"
    configurations = _LIMITS if stop_price is None else _STOPS
    if not isinstance(force, str) or force not in configurations:
        raise bad("Invalid time_in_force")
    if form.post_only and force in ("IOC", "FOK"):
        raise bad(f"post_only is invalid when time_in_force is {force}")
    return Ticket(
        client_order_id=_name(form, unnamed),
        product_id=_product(form),
        side=side,
        configuration=configurations[force],
        base_size=size,
        limit_price=price,
        stop_price=stop_price,
        stop_direction=None if stop_price is None else _direction(form, side),
        end_time=_end(form, now, time_scale) if force == "GTT" else None,
        post_only=form.post_only is True,
    )


def _side(form: _Form) -> Side:
    if form.side == "buy":
        return "BUY"
    if form.side == "sell":
        return "SELL"
    raise bad("Invalid side")


def _product(form: _Form) -> str:
    if not isinstance(form.product_id, str) or not form.product_id:
        raise bad("product_id is required")
    return form.product_id


def _name(form: _Form, unnamed: str) -> str:
    """Return the client's name for the order, which must be a UUID."""
    if form.client_oid in (None, ""):
        return unnamed
    try:
        return str(UUID(form.client_oid))
    except (ValueError, AttributeError, TypeError):
        raise bad("Invalid client_oid") from None


def _direction(form: _Form, side: Side) -> StopDirection:
    stop = form.stop
    if stop in (None, ""):
        stop = "entry" if side == "BUY" else "loss"
    if not isinstance(stop, str) or stop not in _DIRECTIONS:
        raise bad("Invalid stop")
    return _DIRECTIONS[stop]


def _end(form: _Form, now: int, time_scale: float) -> int:
    """Return when an order is cancelled: after a minute, an hour or a day."""
    after = form.cancel_after
    if not isinstance(after, str) or after not in _CANCEL_AFTER:
        raise bad("Invalid cancel_after")
    return now + round(_CANCEL_AFTER[after] * time_scale * _SECOND)


def _figure(given: Any, name: str) -> Decimal | None:
    """Return a figure above zero, or None if there is none."""
    if given is None or given == "":
        return None
    figure = _number(given)
    if figure is None or figure <= 0:
        raise bad(f"Invalid {name}")
    return figure


def _number(given: Any) -> Decimal | None:
    if isinstance(given, str):
        return number(given)
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        return None
    figure = Decimal(given)
    if not figure.is_finite() or abs(figure.adjusted()) > _EXPONENT:
        return None
    return number(f"{figure:f}")
