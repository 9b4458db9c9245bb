"""Orders, views and limits to judge by."""

from __future__ import annotations

from decimal import Decimal

from bot_v2.features.brokerages.broker import OrderRequest, Side
from bot_v2.features.live_trade.risk import Holding, RiskLimits, RiskView, SeenPrice

BTC, ETH = "BTC-USD", "ETH-USD"

LIMITS = RiskLimits(
    max_position={BTC: Decimal(1), ETH: Decimal(10)},
    max_order_size={BTC: Decimal("0.6")},
    max_exposure=Decimal(60_000),
    max_daily_loss=Decimal(500),
    max_price_age=5.0,
)


def order(
    side: Side = "buy",
    quantity: str = "0.5",
    symbol: str = BTC,
    limit_price: str | None = None,
) -> OrderRequest:
    """Return an order."""
    price = None if limit_price is None else Decimal(limit_price)
    return OrderRequest("mine", symbol, side, Decimal(quantity), price)


def holding(position: str = "0", buys: str = "0", sells: str = "0") -> Holding:
    """Return what is held of a product."""
    return Holding(Decimal(position), Decimal(buys), Decimal(sells))


def view(btc: Holding | None = None, **changes: object) -> RiskView:
    """Return a view in which only this is held, at a fresh price of 50,000."""
    made: dict[str, object] = {
        "holdings": {BTC: btc or Holding()},
        "prices": {BTC: SeenPrice(Decimal(50_000), 0.1)},
        **changes,
    }
    return RiskView(**made)  # type: ignore[arg-type]
