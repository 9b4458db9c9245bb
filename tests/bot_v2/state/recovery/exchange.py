"""An exchange of a few lines with books of its own, which tells as much of them as a test lets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot_v2.features.brokerages.broker import (
    Account,
    BrokerError,
    Fill,
    OrderReport,
    OrderRequest,
    Quote,
    Status,
)
from bot_v2.state.recovery.clock import Clock
from tests.bot_v2.state.orders import T0, fill, report

D = Decimal


class World:
    """Time that passes when somebody sleeps, and what is to happen in it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.plans: list[tuple[float, Callable[[], object]]] = []
        self.clock = Clock(lambda: self.now, lambda: T0 + self.now, self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass, and happen what is due."""
        self.now += seconds
        due = [each for each in self.plans if each[0] <= self.now]
        self.plans = [each for each in self.plans if each[0] > self.now]
        for _, happen in sorted(due, key=lambda each: each[0]):
            happen()

    def at(self, seconds: float, happen: Callable[[], object]) -> None:
        """Plan something."""
        self.plans.append((seconds, happen))


class Exchange:
    """A `Broker`. Orders of one name are one order.

    Attributes:
        orders: the truth, by our name.
        matches: the truth.
        base: what was held at the beginning.
        hidden: names of orders that are not shown.
        lie: positions that are told instead of the true ones.
        late: fill ids that the list of fills does not show yet.
        frozen: answers are from this copy of the books, if it is set.
        errors: raised by the next requests, one each; None lets one pass.
        sent: names of the orders that were sent.
    """

    def __init__(self, world: World, **base: str) -> None:
        self.world = world
        self.base = {"BTC-USD": D(0)} | {symbol: D(held) for symbol, held in base.items()}
        self.orders: dict[str, OrderReport] = {}
        self.matches: dict[str, Fill] = {}
        self.hidden: set[str] = set()
        self.lie: Mapping[str, Decimal] | None = None
        self.late: set[str] = set()
        self.frozen: Exchange | None = None
        self.errors: list[BrokerError | None] = []
        self.refusal: BrokerError | None = None
        self.sent: list[str] = []
        self.asked: list[str] = []

    # what happens

    def place(self, order: OrderRequest) -> OrderReport:
        return self.orders.setdefault(order.client_order_id, report(order))

    def match(self, name: str, quantity: str = "1", price: str = "100") -> str:
        """Fill an order, whatever its status, and return the fill's id."""
        order = self.orders[name]
        filled = order.filled + D(quantity)
        over = filled == order.quantity
        status: Status = "filled" if over and order.status == "open" else order.status
        self.orders[name] = replace(order, filled=filled, average_price=D(price), status=status)
        request = OrderRequest(name, order.symbol, order.side, order.quantity)
        made = fill(request, len(self.matches), quantity, price, at=T0 + self.world.now)
        made = replace(made, fill_id=f"{name}-{len(self.matches)}")
        self.matches[made.fill_id] = made
        return made.fill_id

    def cancel(self, name: str) -> None:
        self.orders[name] = replace(self.orders[name], status="cancelled")

    def void(self, fill_id: str) -> None:
        """Take a fill back, with its money."""
        made = self.matches.pop(fill_id)
        name = made.order_id.removeprefix("x-")
        order = self.orders[name]
        status: Status = "cancelled" if order.status == "filled" else order.status
        self.orders[name] = replace(order, filled=order.filled - made.quantity, status=status)

    def freeze(self) -> None:
        """Let all questions be answered by the books as they are now."""
        self.frozen = Exchange(self.world)
        self.frozen.base, self.frozen.orders = dict(self.base), dict(self.orders)
        self.frozen.matches = dict(self.matches)

    def thaw(self) -> None:
        self.frozen = None

    @property
    def held(self) -> dict[str, Decimal]:
        """The true positions."""
        held = dict(self.base)
        for made in self.matches.values():
            sign = 1 if made.side == "buy" else -1
            held[made.symbol] = held.get(made.symbol, D(0)) + sign * made.quantity
        return held

    # what it tells

    def _ask(self, what: str) -> Exchange:
        self.asked.append(what)
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        return self.frozen or self

    def _shown(self, told: OrderReport | None) -> OrderReport | None:
        return None if told is None or told.client_order_id in self.hidden else told

    async def get_position(self, symbol: str) -> Decimal:
        return (await self.get_positions()).get(symbol, D(0))

    async def get_positions(self) -> Mapping[str, Decimal]:
        books = self._ask("positions")
        return books.held if self.lie is None else self.lie

    async def open_orders(self) -> Sequence[OrderReport]:
        books = self._ask("open orders")
        return [o for o in books.orders.values() if not o.over and self._shown(o)]

    async def get_order(self, order_id: str) -> OrderReport | None:
        books = self._ask("order")
        return self._shown(books.orders.get(order_id.removeprefix("x-")))

    async def find_order(self, client_order_id: str, since: float) -> OrderReport | None:
        books = self._ask("order by name")
        return self._shown(books.orders.get(client_order_id))

    async def get_fills(self, since: float) -> Sequence[Fill]:
        books = self._ask("fills")
        return [
            each
            for each in books.matches.values()
            if each.at >= since
            and each.fill_id not in self.late
            and each.order_id.removeprefix("x-") not in self.hidden
        ]

    async def place_order(self, request: OrderRequest) -> OrderReport:
        self.sent.append(request.client_order_id)
        if self.refusal is not None:
            raise self.refusal
        return self.place(request)

    async def get_account(self) -> Account:
        raise NotImplementedError

    async def get_quote(self, symbol: str) -> Quote:
        raise NotImplementedError

    async def cancel_order(self, order_id: str) -> None:
        self.cancel(order_id.removeprefix("x-"))

    async def close(self) -> None:
        return
