"""The healthy bot's trader: buys to its limit and sells again, on fresh prices, and always knows what it owns."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from chaos_tests.known_bad.bot.feed import Frame
from chaos_tests.known_bad.bot.figures import Figures
from chaos_tests.known_bad.bot.rest import Refused, Rest, Unknown

Side = Literal["BUY", "SELL"]
_OVER: Final = frozenset({"FILLED", "CANCELLED", "EXPIRED", "FAILED"})
_ZERO: Final = Decimal(0)
_LIST: Final = "/orders/historical/batch"


@dataclass
class Ordered:
    """An order that is not over.

    Attributes:
        body: as it was sent.
        order_id: the exchange's name for it; empty while its fate is unknown.
        filled: what of it is known to be filled.
    """

    body: dict[str, Any]
    order_id: str = ""
    filled: Decimal = _ZERO

    @property
    def name(self) -> str:
        """The bot's own name for it."""
        return str(self.body["client_order_id"])

    @property
    def side(self) -> Side:
        """Whether it buys or sells."""
        side: Side = self.body["side"]
        return side

    @property
    def size(self) -> Decimal:
        """Its size."""
        (terms,) = self.body["order_configuration"].values()
        return Decimal(terms["base_size"])


class Trader:
    """Trades.

    Args:
        rest: where it asks and orders.
        figures: of the bot.
        streams: says whether the user's feed is live.

    Attributes:
        orders: that are not over, by the bot's own name.
        position: what the bot owns, by the fills that it has read of.
        reconciled: whether it has read since the last trouble what is open.
    """

    def __init__(self, rest: Rest, figures: Figures, told: Callable[[], bool]) -> None:
        self.rest = rest
        self.figures = figures
        self.told = told
        self.orders: dict[str, Ordered] = {}
        self.position = _ZERO
        self.price = _ZERO
        self.priced = float("-inf")
        self.streamed = time.monotonic()
        self.reconciled = False
        self.well = True
        self._due: dict[str, float] = {}
        self._side: Side = "BUY"

    # -- what happens to it ------------------------------------------------------------------------

    def take_price(self, frame: Frame) -> None:
        """Take the price of a ticker."""
        for event in frame["events"]:
            for ticker in event.get("tickers") or ():
                self.streamed = self.priced = time.monotonic()
                self.price = Decimal(ticker["price"])

    def take_order(self, frame: Frame) -> None:
        """Take what the user's feed tells: REST tells the same, and is asked for it."""

    def in_trouble(self) -> None:
        """Trust nothing until what is open has been read again."""
        self.reconciled = False

    # -- what it does ------------------------------------------------------------------------------

    def due(self, what: str, every: float) -> bool:
        """Whether it is time for something again, and take note that it is done."""
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + self.figures.real(every)
        return True

    async def turn(self) -> None:
        """Do what is to be done."""
        try:
            await self.work()
        except Unknown as error:
            print("rest", error, flush=True)
            self.well = False
            self.in_trouble()
        except Refused as error:
            print("rest", error, flush=True)

    async def work(self) -> None:
        """Ask for what must be known, then trade if all is well."""
        if self.age(self.streamed) > self.figures.fallback and self.due(
            "poll", self.figures.poll_every
        ):
            await self.poll()
        if self.due("watch", self.figures.watch_every):
            await self.watch()
        if not self.may_trade():
            return
        if not self.reconciled:
            await self.reconcile()
        if self.due("order", self.figures.order_every) and self.is_fresh():
            await self.trade()

    def age(self, at: float) -> float:
        """Return the nominal seconds since an instant."""
        return (time.monotonic() - at) / self.figures.scale

    def is_fresh(self) -> bool:
        """Whether the last price is young enough to trade on."""
        return self.age(self.priced) < self.figures.fresh

    def may_trade(self) -> bool:
        """Whether nothing is wrong that orders would make worse."""
        return self.well and self.told()

    async def poll(self) -> None:
        """Ask for a price."""
        asked = time.monotonic()
        said = await self.rest.ask("GET", "/best_bid_ask", product_ids=self.figures.product)
        (book,) = said["pricebooks"]
        self.price, self.priced = Decimal(book["bids"][0]["price"]), asked

    async def watch(self) -> None:
        """Look at accounts and open orders; that it works shows that the exchange is well."""
        accounts = (await self.rest.ask("GET", "/accounts", limit="100"))["accounts"]
        self.take_accounts(
            {a["currency"]: Decimal(a["available_balance"]["value"]) for a in accounts}
        )
        await self.look()
        self.well = True

    def take_accounts(self, balances: dict[str, Decimal]) -> None:
        """Take the balances. What was bought and sold is known by fills: they only show that the exchange answers."""

    async def look(self) -> None:
        """Look at the open orders; one that is missing in the list is looked up by itself."""
        listed = await self.listed(order_status="OPEN")
        for order in [*self.orders.values()]:
            if order.order_id and order.order_id not in {each["order_id"] for each in listed}:
                await self.look_up(order)

    async def listed(self, **query: str) -> list[dict[str, Any]]:
        """Return orders from the exchange's list."""
        said = await self.rest.ask("GET", _LIST, product_ids=self.figures.product, **query)
        found: list[dict[str, Any]] = said["orders"]
        return found

    async def look_up(self, order: Ordered) -> None:
        """Ask what became of an order."""
        said = await self.rest.ask("GET", f"/orders/historical/{order.order_id}")
        self.take_report(order, said["order"])

    def take_report(self, order: Ordered, told: dict[str, Any]) -> None:
        """Take what the exchange tells of an order."""
        filled = Decimal(told["filled_size"])
        self.position += (filled - order.filled) * (1 if order.side == "BUY" else -1)
        order.order_id, order.filled = told["order_id"], filled
        if told["status"] in _OVER:
            self.orders.pop(order.name, None)

    async def reconcile(self) -> None:
        """Read what is open, and settle what is unknown, before anything new is ordered."""
        await self.look()
        await self.settle()
        self.reconciled = True

    async def settle(self) -> None:
        """Find out what became of orders that were not answered; one that is not there is sent again under its name."""
        unknown = [order for order in self.orders.values() if not order.order_id]
        if not unknown:
            return
        known = {each["client_order_id"]: each for each in await self.listed(limit="100")}
        for order in unknown:
            if order.name in known:
                self.take_report(order, known[order.name])
            elif not self.rest.stopping:
                await self.send(order)

    async def trade(self) -> None:
        """Keep one order in the book, far from the market, and send the next one to it."""
        if not any(
            "limit_limit_gtc" in o.body["order_configuration"] for o in self.orders.values()
        ):
            await self.place("BUY", {"limit_limit_gtc": {"limit_price": self.low_price()}})
        side = self.next_side()
        if side is not None:
            await self.place(side, {"market_market_ioc": {}})

    def low_price(self) -> str:
        """Return a price at which nobody sells."""
        return str(round(self.price / 2))

    def next_side(self) -> Side | None:
        """Return on which side to trade: up to the limit, then down again; None if the limit leaves no room."""
        if self._side == "BUY" and self.exposure() + self.figures.size > self.figures.most:
            self._side = "SELL"
        elif self._side == "SELL" and self.position < self.figures.size:
            self._side = "BUY"
        return self._side

    def exposure(self) -> Decimal:
        """Return what the bot may come to own: its position and what is still to be bought."""
        return self.position + sum(
            (o.size - o.filled for o in self.orders.values() if o.side == "BUY"), _ZERO
        )

    async def place(self, side: Side, configuration: dict[str, dict[str, str]]) -> None:
        """Send a new order, and read what became of it."""
        if self.rest.stopping:
            return
        ((kind, terms),) = configuration.items()
        order = Ordered(
            {
                "client_order_id": str(uuid.uuid4()),
                "product_id": self.figures.product,
                "side": side,
                "order_configuration": {kind: {"base_size": str(self.figures.size), **terms}},
            }
        )
        self.orders[order.name] = order
        await self.send(order)

    async def send(self, order: Ordered) -> None:
        """Send an order; if there is no answer its fate stays unknown, and nothing is ordered until it is settled."""
        try:
            said = await self.rest.ask("POST", "/orders", order.body)
        except Refused:
            self.orders.pop(order.name, None)
            raise
        if not said.get("success"):
            self.orders.pop(order.name, None)
            return
        order.order_id = said["success_response"]["order_id"]
        await self.look_up(order)

    async def stop(self) -> None:
        """Leave nothing behind."""
        await self.reconcile()
        names = [order.order_id for order in self.orders.values() if order.order_id]
        if names:
            await self.rest.ask("POST", "/orders/batch_cancel", {"order_ids": names})
