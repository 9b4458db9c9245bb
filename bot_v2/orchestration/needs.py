"""What the orchestration needs of the rooms beside it: a store, a recovery, prices, news of orders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from bot_v2.features.brokerages.broker import Fill, OrderReport, OrderRequest
from bot_v2.state.intent import Intent


class Store(Protocol):
    """What the bot must not forget. A method returns when what it was told is kept.

    The position that is believed, and what of each intent is filled, move together: whoever reads the open intents
    first and the belief after them may count a fill twice, but never misses one.
    """

    async def write_intent(self, request: OrderRequest, now: float) -> None:
        """Keep that an order is meant, before its request leaves; `now` in seconds since 1970."""

    async def mark_sent(self, client_order_id: str) -> None:
        """Keep that its request is about to leave."""

    async def mark_known(self, report: OrderReport) -> None:
        """Keep that it stands at the broker, or stood there."""

    async def mark_refused(self, client_order_id: str, reason: str) -> None:
        """Keep that there is no such order, and never was; unless it was seen at the broker meanwhile."""

    async def mark_unknown(self, client_order_id: str) -> None:
        """Keep that there may be such an order; one that was seen at the broker meanwhile is known."""

    async def update(self, report: OrderReport) -> None:
        """Keep what the broker said of an order later.

        Reports may come late and twice: what is booked as filled only grows. What it grows by moves the position,
        even of an order that was thought to be over. A report of an order that is not ours changes nothing.
        """

    async def record_fills(self, fills: Sequence[Fill]) -> None:
        """Keep fills; one that is known already changes nothing. They book what no report has booked yet."""

    async def open_intents(self) -> Sequence[Intent]:
        """Return every intent that is not settled."""

    async def position_belief(self) -> Mapping[str, Decimal]:
        """Return what is believed to be held, by symbol; a product of which nothing was ever said is missing."""

    async def set_position(self, symbol: str, quantity: Decimal) -> None:
        """Believe this."""

    async def daily_pnl(self, now: float, prices: Mapping[str, Decimal]) -> Decimal:
        """Return what was won since midnight UTC, fees taken off, positions valued at these prices.

        What was held at the beginning of the day is valued at the first prices that were told on it.
        """

    async def close(self) -> None:
        """Let go of the store."""


class RecoveryReport(Protocol):
    """How a recovery ended."""

    @property
    def may_resume(self) -> bool:
        """Whether orders may be placed again."""

    @property
    def reason(self) -> str:
        """Why not, or what was found."""


class Recovery(Protocol):
    """Brings the store and the broker to agree."""

    async def run(self) -> RecoveryReport:
        """Reconcile orders, fills and positions, and settle what is unknown.

        Raises:
            BrokerError: the broker could not be asked.
        """

    async def settle(self, intent: Intent) -> Intent:
        """Find out what became of one order, keep it in the store, and return the intent as it is now.

        Raises:
            BrokerError: the broker could not be asked.
        """


class MarketPrice(Protocol):
    """A price and its age."""

    @property
    def value(self) -> Decimal:
        """The mark price."""

    @property
    def age(self) -> float:
        """Real seconds since it was so, or more; never less."""


class MarketData(Protocol):
    """Prices, by whichever way they come."""

    def mode_of(self, symbol: str) -> str:
        """Return ``streaming``, ``rest_polling`` or ``stale``.

        Raises:
            KeyError: it has no prices of this product.
        """

    async def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        """End."""

    def get_mark_price(self, symbol: str) -> MarketPrice | None:
        """Return the price of a product, or None if there is none that can be believed.

        Raises:
            KeyError: it has no prices of this product.
        """


class OrderNews(Protocol):
    """A feed that tells when something happens to our orders. It may be late, or silent: it is only a reason to ask."""

    async def start(self) -> None:
        """Connect; may take for ever."""

    async def stop(self) -> None:
        """Close it, and end `hints`."""

    def hints(self) -> AsyncIterator[object]:
        """Yield something whenever something happened, or may have been missed."""


def fresh_price(market_data: MarketData, symbol: str) -> MarketPrice | None:
    """Return the price of a product, or None if there is none, or only a stale one."""
    try:
        if market_data.mode_of(symbol) == "stale":
            return None
        return market_data.get_mark_price(symbol)
    except KeyError:
        return None
