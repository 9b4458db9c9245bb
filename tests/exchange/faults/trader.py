"""A desk with a market and a ledger behind it, at which a client asks over REST and hears of its orders; no sockets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from multidict import MultiDict

from downtick.exchange import brokerage
from downtick.exchange.auth.outcome import UNCHECKED
from downtick.exchange.call import Call, Delivery, HttpAnswer
from downtick.exchange.figures import text
from downtick.exchange.frames import Body
from downtick.exchange.identity import identity
from downtick.exchange.ledger import Ledger, Order
from downtick.exchange.market import MarketClock, MarketState, SeededMarket
from downtick.exchange.user_feed import UserFeed
from downtick.exchange.venue import Venue, doing
from tests.exchange.faults.desk import Desk, FakeFeed
from tests.exchange.orders import AT, D
from tests.exchange.told_time import ToldTime

MARKET = SeededMarket(5, ("BTC-USD", "ETH-USD"), rate=10.0)
BALANCES = {"USD": D(100_000), "BTC": D(10)}
LOW = "1000"  # a price that no seller takes: an order to buy at it rests


@dataclass(frozen=True)
class Reply:
    """An answer as the client gets it, and whose doing it is."""

    status: int
    data: Any
    fault: int | None
    delivery: Delivery | None

    def __getitem__(self, key: str) -> Any:
        return self.data[key]


class _ToldVenue(Venue):
    def __init__(self, time: ToldTime, record: Any) -> None:
        self._time = time
        market = MarketState(MARKET.openings, 0.0)
        ledger = Ledger(market.products, BALANCES, at=AT)
        super().__init__(market, MarketClock(AT), ledger, identity(1), record)

    def now(self) -> int:
        return AT + round(self._time.time * 1e9) if self._instant is None else self._instant


class Trader(Desk):
    """Its orders have the names that it gives them; its requests are numbered from 1.

    Attributes:
        told: name and status, and filled quantity if there is any, of every update of the user feed.
    """

    def __init__(self, *feeds: FakeFeed) -> None:
        super().__init__(*feeds)
        self.venue = _ToldVenue(self, self._journal.record)
        self.told: list[str] = []
        self.calls = 0
        self.user = UserFeed(self.venue, self, self.book, now=lambda: self.time)

    # What the user feed needs of the hub.

    def publish(self, bodies: Iterable[Body]) -> None:
        for body in bodies:
            for order in json.loads(b"{%b}" % body.events)["events"][0]["orders"]:
                filled = order["cumulative_quantity"]
                told = f"{order['client_order_id']} {order['status']}"
                self.told.append(told if filled == "0" else f"{told} {filled}")

    def settle(self) -> None:
        self.user.settle()

    def wanted(self, topic: str, product: str) -> bool:
        return topic == "user"

    # What the client does.

    async def ask(
        self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask as `downtick.exchange.rest` does."""
        self.calls += 1
        content = b"" if body is None else json.dumps(body).encode()
        path = f"/api/v3/brokerage/{path}"
        call = Call(7, self.calls, method, path, MultiDict(query or {}), body=content)

        async def carry_out(call: Call, venue: Venue) -> HttpAnswer:
            return HttpAnswer(brokerage.answer(call, venue, UNCHECKED))

        with doing(call.number):
            struck = self.book.request(call)
            answer, fault = struck or await self.book.carried_out(call, self.venue, carry_out)
        delivery = self.book.delivery(call)
        try:
            data = json.loads(answer.answer.body)
        except ValueError:
            data = None
        return Reply(answer.answer.status, data, fault, delivery and delivery[0])

    async def place(
        self,
        name: str = "a",
        size: str = "1",
        price: str = LOW,
        product: str = "BTC-USD",
        **limit: Any,
    ) -> Reply:
        """Place a limit order to buy."""
        configuration = {"limit_limit_gtc": {"base_size": size, "limit_price": price, **limit}}
        ticket = {"client_order_id": name, "product_id": product, "side": "BUY"}
        return await self.ask("POST", "orders", {**ticket, "order_configuration": configuration})

    async def cancel(self, *names: str) -> list[str | None]:
        """Cancel orders, and return why not, or None, for each."""
        ids = [self.order(name).order_id for name in names]
        reply = await self.ask("POST", "orders/batch_cancel", {"order_ids": ids})
        return [None if r["success"] else r["failure_reason"] for r in reply["results"]]

    async def edit(self, name: str, size: str, price: str = LOW) -> Reply:
        """Edit an order."""
        wanted = {"order_id": self.order(name).order_id, "size": size, "price": price}
        return await self.ask("POST", "orders/edit", wanted)

    async def status(self, name: str) -> str | None:
        """Look an order up, and return its status; None if it is not found."""
        reply = await self.ask("GET", f"orders/historical/{self.order(name).order_id}")
        return None if reply.status == 404 else str(reply["order"]["status"])

    async def listed(self, *statuses: str) -> list[str]:
        """Return the names of all orders, or of those with a status, newest first."""
        query = MultiDict([("order_status", status) for status in statuses])
        reply = await self.ask("GET", "orders/historical/batch", query=query)
        return [order["client_order_id"] for order in reply["orders"]]

    async def fills(self) -> list[str]:
        """Return the sizes of the fills, newest first."""
        return [f["size"] for f in (await self.ask("GET", "orders/historical/fills"))["fills"]]

    async def account(self, currency: str) -> tuple[str, str]:
        """Return what is available of a currency, and what is held."""
        for account in (await self.ask("GET", "accounts"))["accounts"]:
            if account["currency"] == currency:
                return account["available_balance"]["value"], account["hold"]["value"]
        raise AssertionError(currency)

    # What is true.

    def order(self, name: str) -> Order:
        """Return an order as it truly stands."""
        state = self.venue.ledger.state
        return state.orders[state.by_client_id[name]]

    def truth(self, name: str) -> str | None:
        """Return an order's true status, and filled quantity if there is any; None if there is none."""
        state = self.venue.ledger.state
        if name not in state.by_client_id:
            return None
        order = self.order(name)
        return f"{order.status} {text(order.filled_size)}" if order.filled_size else order.status

    def fill(self, name: str, size: str | None = None) -> None:
        """Have the market fill an order at its limit."""
        amount = None if size is None else D(size)
        filled = self.venue.ledger.fill(self.order(name).order_id, self.venue.now(), amount)
        assert isinstance(filled, Order), filled

    # What the journal says.

    def struck(self, *keys: str) -> list[tuple[Any, ...]]:
        """Return these members of every hit."""
        return [tuple(event.data.get(key) for key in keys) for event in self.events("fault_hit")]

    @property
    def over(self) -> list[tuple[str, int]]:
        """Name and number of hits of every fault that is over."""
        return [(event["name"], event["hits"]) for event in self.events("fault_off")]
