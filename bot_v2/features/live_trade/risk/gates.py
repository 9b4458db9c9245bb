"""The risk gates: each looks at one order and one view, and lets it pass or says why not.

Open orders and orders of which nothing is known count as if they were filled, each side for itself, so that no
sequence of fills can bring a position above its limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot_v2.features.brokerages.broker import OrderRequest
from bot_v2.features.live_trade.risk.limits import RiskLimits
from bot_v2.features.live_trade.risk.outcome import Refusal
from bot_v2.features.live_trade.risk.view import Holding, RiskView, SeenPrice

Gate = Callable[[OrderRequest, RiskView, RiskLimits], Refusal | None]


def order_size(request: OrderRequest, view: RiskView, limits: RiskLimits) -> Refusal | None:
    """Refuse a single order that is too large, or that is none at all."""
    del view
    if not (request.quantity.is_finite() and request.quantity > 0):
        return Refusal("invalid_order", f"{_order(request)}: the quantity must be above zero")
    limit = limits.max_order_size.get(request.symbol)
    if limit is None or request.quantity <= limit:
        return None
    return Refusal(
        "order_size_limit", f"{_order(request)} is above the limit of {limit:f} an order"
    )


def position(request: OrderRequest, view: RiskView, limits: RiskLimits) -> Refusal | None:
    """Refuse what could bring the position above its limit, whatever is filled of all that is open."""
    limit = limits.max_position.get(request.symbol)
    if limit is None:
        return Refusal(
            "position_limit",
            f"{_order(request)}: no position limit is set for {request.symbol}, so it is not traded",
        )
    before = view.holding(request.symbol)
    after = before.with_order(request.side, request.quantity)
    if request.side == "buy":
        reached, within, room = after.most, after.most <= limit, limit - before.most
    else:
        reached, within, room = after.least, after.least >= -limit, before.least + limit
    if within:
        return None
    return Refusal(
        "position_limit",
        f"{_order(request)} could bring the position to {reached:f}, beyond the limit of {limit:f}: "
        f"{_held(before, request)}; at most {max(room, Decimal(0)):f} would pass",
    )


def price_age(request: OrderRequest, view: RiskView, limits: RiskLimits) -> Refusal | None:
    """Refuse to trade on a price that is too old, or on none."""
    price = _price(view, request.symbol)
    if price is None:
        return Refusal("price_age", f"{_order(request)}: there is no price of {request.symbol}")
    if price.age <= limits.max_price_age:
        return None
    return Refusal(
        "price_age",
        f"{_order(request)}: the price is {price.age:.2f} s old, above the limit of "
        f"{limits.max_price_age:g} s",
    )


def exposure(request: OrderRequest, view: RiskView, limits: RiskLimits) -> Refusal | None:
    """Refuse what could bring the value of all positions above its limit."""
    before = view.holding(request.symbol)
    after = before.with_order(request.side, request.quantity)
    if after.worst <= before.worst:
        return None
    holdings = {**view.holdings, request.symbol: after}
    value = Decimal(0)
    for symbol, holding in holdings.items():
        if not holding.worst:
            continue
        price = _price(view, symbol)
        if price is None:
            return Refusal("price_age", f"{_order(request)}: there is no price of {symbol}")
        worth = price.value
        if symbol == request.symbol and request.limit_price is not None:
            worth = max(worth, request.limit_price)
        value += holding.worst * worth
    if value <= limits.max_exposure:
        return None
    return Refusal(
        "exposure_limit",
        f"{_order(request)} could bring the value of all positions to {value:.2f}, above the limit of "
        f"{limits.max_exposure:f}: {_held(before, request)}",
    )


def daily_loss(request: OrderRequest, view: RiskView, limits: RiskLimits) -> Refusal | None:
    """Refuse to risk more on a day that has cost too much; less is always allowed."""
    if view.daily_pnl > -limits.max_daily_loss:
        return None
    before = view.holding(request.symbol)
    if before.with_order(request.side, request.quantity).worst <= before.worst:
        return None
    return Refusal(
        "daily_loss",
        f"{_order(request)}: the day has cost {-view.daily_pnl:.2f}, the limit is "
        f"{limits.max_daily_loss:f}; until midnight UTC positions are only made smaller",
    )


def unsettled(request: OrderRequest, view: RiskView, limits: RiskLimits) -> Refusal | None:
    """Refuse the like of an order of which nothing is known: it could be the same one, twice."""
    del limits
    for intent in view.unknown:
        if (intent.symbol, intent.side) == (request.symbol, request.side):
            return Refusal(
                "unsettled_order",
                f"{_order(request)}: "
                f"{_order(intent.request)} may stand at the broker as {intent.client_order_id}; "
                "nothing like it is placed until that is known",
            )
    return None


GATES: Final[tuple[Gate, ...]] = (
    order_size,
    position,
    price_age,
    exposure,
    daily_loss,
    unsettled,
)
"""In the order in which they are asked; the first refusal wins."""


class RiskGateValidator:
    """All gates, one after another.

    Args:
        limits: with the price's age in nominal seconds.
        time_scale: real seconds per nominal second.
    """

    def __init__(self, limits: RiskLimits, time_scale: float = 1.0) -> None:
        self.limits = limits
        self._real = replace(limits, max_price_age=limits.max_price_age * time_scale)

    def check(self, request: OrderRequest, view: RiskView) -> Refusal | None:
        """Return why the order must not be sent, or None if it may."""
        for gate in GATES:
            refusal = gate(request, view, self._real)
            if refusal is not None:
                return refusal
        return None


def _price(view: RiskView, symbol: str) -> SeenPrice | None:
    price = view.prices.get(symbol)
    return price if price and price.value.is_finite() and price.value > 0 else None


def _order(request: OrderRequest) -> str:
    return f"to {request.side} {request.quantity:f} {request.symbol}"


def _held(before: Holding, request: OrderRequest) -> str:
    return (
        f"position {before.position:f}, orders to buy {before.buys:f} and to sell {before.sells:f} "
        f"that are open or unknown, this order {request.quantity:f}"
    )
