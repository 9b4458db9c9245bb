"""Traders that are broken in one way each. What each does wrong stands in the catalogue."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from decimal import Decimal

from chaos_tests.known_bad.bot.feed import Frame
from chaos_tests.known_bad.bot.rest import Unknown
from chaos_tests.known_bad.bot.trader import Ordered, Trader


class RetriesUnderNewId(Trader):
    """Sends what was not answered again, as something new."""

    async def send(self, order: Ordered) -> None:
        try:
            await super().send(order)
        except Unknown:
            self.orders.pop(order.name, None)
            again = Ordered({**order.body, "client_order_id": str(uuid.uuid4())})
            self.orders[again.name] = again
            await super().send(again)


class TakesNoAnswerForRefusal(Trader):
    """Forgets what was not answered, and goes on with another size."""

    async def send(self, order: Ordered) -> None:
        try:
            await super().send(order)
        except Unknown:
            self.orders.pop(order.name, None)
            again = await self.another(order)
            self.orders[again.name] = again
            await super().send(again)

    async def another(self, order: Ordered) -> Ordered:
        """Return what is sent instead."""
        ((kind, terms),) = order.body["order_configuration"].items()
        size = str(Decimal(terms["base_size"]) + Decimal("0.0001"))
        configuration = {kind: {**terms, "base_size": size}}
        name = str(uuid.uuid4())
        return Ordered(
            {**order.body, "client_order_id": name, "order_configuration": configuration}
        )


class TakesAbsenceForRefusal(TakesNoAnswerForRefusal):
    """Looks once, and takes an order that it does not find for one that never was."""

    async def another(self, order: Ordered) -> Ordered:
        await self.listed(limit="100")
        return await super().another(order)


class NeverSettles(Trader):
    """Leaves what was not answered as it is."""

    async def settle(self) -> None:
        pass


class TradesOnTheLastPrice(Trader):
    """Takes any price for a fresh one."""

    def is_fresh(self) -> bool:
        return self.price > 0

    async def poll(self) -> None:
        pass


class NeverFallsBack(Trader):
    """Waits for the stream."""

    async def poll(self) -> None:
        pass


class NeverReturns(Trader):
    """Takes no price of a stream that was late once."""

    def take_price(self, frame: Frame) -> None:
        if self.age(self.streamed) < self.figures.fallback:
            super().take_price(frame)


class ForgetsOpenOrders(Trader):
    """Counts its position alone."""

    def exposure(self) -> Decimal:
        return self.position


class TradesThroughTheOutage(Trader):
    """Orders on, whatever it is answered."""

    async def work(self) -> None:
        for act in (self.poll, self.watch, self.trade):
            with contextlib.suppress(Unknown):
                await act()
        await self.figures.sleep(self.figures.order_every)

    async def send(self, order: Ordered) -> None:
        try:
            await super().send(order)
        except Unknown:
            self.orders.pop(order.name, None)


class ResumesAtOnce(Trader):
    """Orders as soon as anything is answered again."""

    async def watch(self) -> None:
        if self.well:
            await super().watch()
        else:
            await self.poll()
            self.well = True
            await self.trade()

    async def reconcile(self) -> None:
        self.reconciled = True


class LooksAway(Trader):
    """Asks for nothing but a price until the outage is over."""

    async def watch(self) -> None:
        if not self.well:
            await self.poll()
        await super().watch()


class TakesZeroForFlat(Trader):
    """Believes an empty account, and buys anew."""

    def take_accounts(self, balances: dict[str, Decimal]) -> None:
        if not balances.get("BTC", Decimal(1)):
            self.position = Decimal(0)


class TakesEmptyForCancelled(Trader):
    """Believes an empty list, and puts its order into the book anew."""

    async def look(self) -> None:
        listed = {each["order_id"] for each in await self.listed(order_status="OPEN")}
        for order in [*self.orders.values()]:
            if order.order_id and order.order_id not in listed:
                self.orders.pop(order.name)


class HangsAtItsEnd(Trader):
    """Waits, when it is told to end, for something that never comes."""

    async def stop(self) -> None:
        await asyncio.Event().wait()


class OrdersAtItsEnd(Trader):
    """Sells what it has, when it is told to end."""

    async def stop(self) -> None:
        self.rest.stopping = False
        await self.look()
        await self.place("SELL", {"market_market_ioc": {}})


class FailsAtItsEnd(Trader):
    """Stumbles, when it is told to end."""

    async def stop(self) -> None:
        raise RuntimeError("the event loop is closed")
