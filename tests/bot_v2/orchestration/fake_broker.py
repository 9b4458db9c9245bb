"""A small broker in memory, which does what it is told to: fill, lose answers, fail, lie."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from bot_v2.features.brokerages.broker import (
    Account,
    Balance,
    Fill,
    OrderReport,
    OrderRequest,
    Quote,
    Unknown,
)

Ending = Literal["told", "lost", "never there"]

PRICE = Decimal(50_000)


class FakeBroker:
    """A `Broker`.

    Attributes:
        held: what is really held.
        orders: all that were placed, by the broker's name.
        asked: how often each method was called.
        trouble: what a method raises, by its name; "all" for all that read.
        lies: what a method returns in place of the truth, by its name.
        endings: of the next orders; "told" when there is none left.
        fill_share: of a new order, that is filled at once.
        hanging: methods that do not return until they are taken out.
    """

    def __init__(self, **held: str) -> None:
        self.held = {f"{name}-USD": Decimal(amount) for name, amount in held.items()}
        self.orders: dict[str, OrderReport] = {}
        self.all_fills: list[Fill] = []
        self.asked: Counter[str] = Counter()
        self.trouble: dict[str, Exception] = {}
        self.lies: dict[str, object] = {}
        self.endings: list[Ending] = []
        self.fill_share = Decimal(1)
        self.hanging: set[str] = set()
        self.on_order: Callable[[OrderRequest], None] | None = None
        self.closed = False

    async def get_account(self) -> Account:
        await self._ask("get_account")
        return Account({"USD": Balance(Decimal(1000), Decimal(0))})

    async def get_position(self, symbol: str) -> Decimal:
        await self._ask("get_position")
        return self.held.get(symbol, Decimal(0))

    async def get_positions(self) -> Mapping[str, Decimal]:
        await self._ask("get_positions")
        return self.lies.get("get_positions", dict(self.held))  # type: ignore[return-value]

    async def get_quote(self, symbol: str) -> Quote:
        await self._ask("get_quote")
        return Quote(symbol, PRICE, PRICE - 5, PRICE + 5, time.time())

    async def place_order(self, request: OrderRequest) -> OrderReport:
        self.asked["place_order"] += 1
        if self.on_order is not None:
            self.on_order(request)
        await self._hang("place_order")
        if "place_order" in self.trouble:
            raise self.trouble["place_order"]
        ending = self.endings.pop(0) if self.endings else "told"
        if ending != "never there":
            self.take(request)
        if ending != "told":
            raise Unknown("the answer was lost")
        return self.named(request.client_order_id)

    async def cancel_order(self, order_id: str) -> None:
        await self._ask("cancel_order")
        if not self.orders[order_id].over:
            self.orders[order_id] = replace(self.orders[order_id], status="cancelled")

    async def get_order(self, order_id: str) -> OrderReport | None:
        await self._ask("get_order")
        return self.orders.get(order_id)

    async def find_order(self, client_order_id: str, since: float) -> OrderReport | None:
        await self._ask("find_order")
        found = [each for each in self.orders.values() if each.client_order_id == client_order_id]
        return found[0] if found else None

    async def open_orders(self) -> Sequence[OrderReport]:
        await self._ask("open_orders")
        truth = [each for each in self.orders.values() if not each.over]
        return self.lies.get("open_orders", truth)  # type: ignore[return-value]

    async def get_fills(self, since: float) -> Sequence[Fill]:
        await self._ask("get_fills")
        return [fill for fill in self.all_fills if fill.at >= since]

    async def close(self) -> None:
        self.closed = True

    def take(self, request: OrderRequest) -> None:
        """Let an order stand here, as it does when its request has come."""
        order_id = f"order of {request.client_order_id}"
        self.orders[order_id] = OrderReport(
            order_id,
            request.client_order_id,
            request.symbol,
            request.side,
            request.quantity,
            Decimal(0),
            None,
            "open",
            request.limit_price,
        )
        self.fill(order_id, request.quantity * self.fill_share)

    def named(self, client_order_id: str) -> OrderReport:
        """Return an order by the bot's name for it."""
        return self.orders[f"order of {client_order_id}"]

    def fill(self, order_id: str, quantity: Decimal) -> None:
        """Fill some of an order, even of one that was cancelled."""
        order = self.orders[order_id]
        quantity = min(quantity, order.quantity - order.filled)
        if not quantity:
            return
        filled = order.filled + quantity
        status = "filled" if filled == order.quantity else order.status
        self.orders[order_id] = replace(order, filled=filled, average_price=PRICE, status=status)
        sign = 1 if order.side == "buy" else -1
        self.held[order.symbol] = self.held.get(order.symbol, Decimal(0)) + sign * quantity
        number = f"fill {len(self.all_fills)}"
        fee = quantity * PRICE / 1000
        self.all_fills.append(
            Fill(number, order_id, order.symbol, order.side, quantity, PRICE, fee, time.time())
        )

    async def _ask(self, method: str) -> None:
        self.asked[method] += 1
        await self._hang(method)
        trouble = self.trouble.get(method) or self.trouble.get("all")
        if trouble is not None:
            raise trouble

    async def _hang(self, method: str) -> None:
        await asyncio.sleep(0)
        while method in self.hanging:  # noqa: ASYNC110 - a plain set, which tells nobody
            await asyncio.sleep(0.001)
