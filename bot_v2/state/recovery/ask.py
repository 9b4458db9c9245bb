"""The broker, asked with patience of a known length."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from bot_v2.features.brokerages.broker import (
    Broker,
    BrokerError,
    Fill,
    OrderReport,
    OrderRequest,
    Unavailable,
    Unknown,
)

T = TypeVar("T")


class Asked:
    """Asks a broker; whatever else goes wrong than it may becomes an `Unavailable`, and so does too late an answer.

    Args:
        broker: to ask.
        seconds: for one answer, in real ones.
    """

    def __init__(self, broker: Broker, seconds: float) -> None:
        self._broker = broker
        self._seconds = seconds

    async def open_orders(self) -> Sequence[OrderReport]:
        """Return the open orders of all products."""
        return await self._read("open orders", self._broker.open_orders())

    async def get_order(self, order_id: str) -> OrderReport | None:
        """Return an order, or None if it does not show."""
        return await self._read("order", self._broker.get_order(order_id))

    async def find_order(self, client_order_id: str, since: float) -> OrderReport | None:
        """Return an order by our name for it, or None if it does not show."""
        return await self._read("order by name", self._broker.find_order(client_order_id, since))

    async def get_fills(self, since: float) -> Sequence[Fill]:
        """Return the fills since an instant, oldest first."""
        return await self._read("fills", self._broker.get_fills(since))

    async def get_positions(self) -> Mapping[str, Decimal]:
        """Return what is held."""
        return await self._read("positions", self._broker.get_positions())

    async def place_order(self, request: OrderRequest) -> OrderReport:
        """Place an order; the broker's client has a deadline of its own for that.

        Raises:
            Unknown: it may have been placed; also if the client failed.
            NotDone: it was not placed by this.
        """
        try:
            return await self._broker.place_order(request)
        except BrokerError:
            raise
        except Exception as error:
            raise Unknown(f"{error!r}") from error

    async def _read(self, what: str, answer: Coroutine[Any, Any, T]) -> T:
        try:
            async with asyncio.timeout(self._seconds):
                return await answer
        except BrokerError:
            raise
        except TimeoutError:
            raise Unavailable(f"{what}: no answer within {self._seconds:g} s") from None
        except Exception as error:
            raise Unavailable(f"{what}: {error!r}") from error
