"""Whether there is a market to trade in: the first thing that an order must pass."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot_v2.features.brokerages.broker import OrderRequest, Quote
from bot_v2.features.live_trade.risk.outcome import Refusal
from bot_v2.scaled import Scaled, duration


@dataclass(frozen=True, kw_only=True)
class LiquiditySettings(Scaled):
    """What is asked of a market. Shares are of the price.

    Attributes:
        max_spread: share between bid and ask.
        max_deviation: share between the broker's quote and the price from the market data: two sources that
            disagree more than this cannot both be right.
        max_slippage: share by which a limit may be worse than the best price on the other side.
        max_quote_age: nominal seconds.
    """

    max_spread: float = 0.02
    max_deviation: float = 0.02
    max_slippage: float = 0.05
    max_quote_age: float = duration(15.0)


class LiquidityService:
    """Compares an order with the broker's own quote."""

    def __init__(self, settings: LiquiditySettings | None = None) -> None:
        self._settings = (settings or LiquiditySettings()).real()

    def check(
        self, request: OrderRequest, quote: Quote, mark: Decimal | None, now: float
    ) -> Refusal | None:
        """Return why this is no market for the order, or None if it is.

        Args:
            request: the order.
            quote: as the broker told it last.
            mark: the price from the market data, or None if there is none; that is the price gate's affair.
            now: seconds since 1970.
        """
        told = f"{request.symbol} is quoted {quote.bid:f} to {quote.ask:f}"
        if not (quote.bid.is_finite() and quote.ask.is_finite() and 0 < quote.bid <= quote.ask):
            return Refusal("no_quote", f"{told}, which is no market")
        if now - quote.at > self._settings.max_quote_age:
            return Refusal("no_quote", f"{told}, but that was {now - quote.at:.2f} s ago")
        return self._compare(request, quote, mark, told)

    def _compare(
        self, request: OrderRequest, quote: Quote, mark: Decimal | None, told: str
    ) -> Refusal | None:
        middle = (quote.bid + quote.ask) / 2
        spread = float((quote.ask - quote.bid) / middle)
        if spread > self._settings.max_spread:
            limit = self._settings.max_spread
            return Refusal("wide_spread", f"{told}: {spread:.2%} apart, the limit is {limit:.2%}")
        if mark is not None and not _near(mark, middle, self._settings.max_deviation):
            limit = self._settings.max_deviation
            return Refusal(
                "price_deviation",
                f"{told}, the market data says {mark:f}: more than {limit:.2%} apart",
            )
        if request.limit_price is not None and self._worse_by(request, quote):
            limit = self._settings.max_slippage
            return Refusal(
                "price_collar",
                f"{told}: to {request.side} at {request.limit_price:f} is more than {limit:.2%} worse",
            )
        return None

    def _worse_by(self, request: OrderRequest, quote: Quote) -> bool:
        assert request.limit_price is not None
        slippage = Decimal(str(self._settings.max_slippage))
        if request.side == "buy":
            return request.limit_price > quote.ask * (1 + slippage)
        return request.limit_price < quote.bid * (1 - slippage)


def _near(one: Decimal, other: Decimal, share: float) -> bool:
    return abs(one - other) <= other * Decimal(str(share))
