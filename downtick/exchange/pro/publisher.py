"""What the market's events look like in the Exchange dialect. Reads no clock.

A product is asleep until somebody asks for it in this dialect: who speaks Advanced Trade alone pays nothing for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from downtick.exchange.frames import Body
from downtick.exchange.ledger import Flags
from downtick.exchange.market import Level, MarketClock, MarketEvent, MarketState, Product, Trade
from downtick.exchange.market.events import BookSide
from downtick.exchange.pro import frames
from downtick.exchange.pro.frames import topic
from downtick.exchange.pro.order_flow import Message, OrderFlow
from downtick.exchange.publisher import STATUS_EVERY, TICKER_BATCH_EVERY, Due, Wanted
from downtick.exchange.times import rfc3339_micros

BOOK_BATCH: Final = 0.05
"""Nominal seconds that one l2update of ``level2_batch`` covers (docs: Exchange WebSocket channels)."""

_MATCHES: Final = topic("matches")
_TICKER: Final = topic("ticker")
_TICKER_BATCH: Final = topic("ticker_batch")
_LEVEL2: Final = topic("level2")
_LEVEL2_BATCH: Final = topic("level2_batch")
_FULL: Final = topic("full")
_HEARTBEAT: Final = topic("heartbeat")
_STATUS: Final = topic("status")

_Match = tuple[Trade, str, str, int]  # a trade, its maker and taker, its sequence number


def spot(state: MarketState) -> tuple[Product, ...]:
    """Return the products that this dialect knows: those that are owned, not held a position in."""
    return tuple(product for product in state.products if product.product_type == "SPOT")


class ProPublisher:
    """Turns events into bodies for the channels that somebody listens to.

    Args:
        state: of the market.
        clock: of the market.
        wanted: whether anybody listens to a topic of a product.
        flags: returns what may be done with each product now.
        seed: order ids are drawn from it.
        gathering: called when `books_due` begins to have something to tell, after `BOOK_BATCH`.
    """

    def __init__(
        self,
        state: MarketState,
        clock: MarketClock,
        wanted: Wanted,
        flags: Callable[[], Mapping[str, Flags]],
        seed: int,
        gathering: Callable[[], None],
    ) -> None:
        self._state = state
        self._clock = clock
        self._wanted = wanted
        self._flags = flags
        self._seed = seed
        self._gathering = gathering
        self._flows: dict[str, OrderFlow] = {}
        self._matches: dict[str, _Match] = {}  # the last one of each product
        self._changes: dict[str, dict[tuple[BookSide, Decimal], Decimal]] = defaultdict(dict)
        self._in_batch: set[str] = set()
        self._last = 0.0

    @property
    def timetable(self) -> Sequence[Due]:
        """What goes out in intervals."""
        return (TICKER_BATCH_EVERY, self.ticker_batch_due), (STATUS_EVERY, self.status_due)

    def flow(self, product_id: str) -> OrderFlow:
        """Return a product's orders; wakes it up."""
        flow = self._flows.get(product_id)
        if flow is None:
            flow = OrderFlow(self._state.book(product_id), self._seed)
            self._flows[product_id] = flow
            last = self._state.last_trade(product_id)
            if last is not None:
                self._matches[product_id] = last, flow.new_id(), flow.new_id(), flow.sequence
        return flow

    def followed(self, product_id: str) -> OrderFlow | None:
        """Return a product's orders if it is awake."""
        return self._flows.get(product_id)

    def happened(self, event: MarketEvent) -> Iterable[Body]:
        """Return what goes out at once for an event that was applied to the state."""
        flow = self._flows.get(event.product_id)
        return () if flow is None else self._happened(flow, event)

    def _happened(self, flow: OrderFlow, event: MarketEvent) -> Iterator[Body]:
        product = event.product_id
        self._last = event.at
        wall = self._clock.wall(event.at)
        messages = list(flow.happened(event, rfc3339_micros(wall)))
        if isinstance(event, Trade):
            self._in_batch.add(product)
            yield from self._traded(event, messages, wall)
        else:
            yield from self._changed(product, event.changes, wall)
        if self._wanted(_FULL, product):
            for message in messages:
                yield frames.order_message("full", product, message)

    def heartbeat(self, now: int) -> Iterator[Body]:
        """Yield the heartbeats of this second. ``now`` is the wall clock in nanoseconds since 1970."""
        for product, flow in self._flows.items():
            if self._wanted(_HEARTBEAT, product):
                yield frames.heartbeat(product, flow.sequence, self._last_trade_id(product), now)

    def books_due(self) -> Iterator[Body]:
        """Yield the prices that changed since the last call."""
        gathered, self._changes = self._changes, defaultdict(dict)
        for product, changes in gathered.items():
            if self._wanted(_LEVEL2_BATCH, product):
                levels = [Level(side, price, size) for (side, price), size in changes.items()]
                wall = self._clock.wall(self._last)
                yield frames.l2_update(product, levels, wall, "level2_batch")

    def ticker_batch_due(self) -> Iterator[Body]:
        """Yield the tickers that changed since the last call."""
        changed, self._in_batch = self._in_batch, set()
        for product in sorted(changed):
            if self._wanted(_TICKER_BATCH, product):
                yield from self._ticker(product, "ticker_batch")

    def status_due(self) -> Iterator[Body]:
        """Yield the products as they are."""
        products = spot(self._state)
        if products and self._wanted(_STATUS, products[0].product_id):
            yield frames.status(products, self._flags())

    def snapshots(self, channel: str, products: Sequence[str]) -> Sequence[Body]:
        """Return what a new subscription is shown first."""
        return tuple(self._snapshots(channel, products))

    def _snapshots(self, channel: str, products: Sequence[str]) -> Iterator[Body]:
        if channel == "status":
            yield frames.status(spot(self._state), self._flags())
            return
        for product in products:
            self.flow(product)
            if channel in ("ticker", "ticker_batch"):
                yield from self._ticker(product, channel)
            elif channel in ("level2", "level2_batch"):
                bids, asks = self._state.book(product).depth()
                yield frames.snapshot(product, bids, asks, self._clock.wall(self._last), channel)
            elif channel == "matches" and product in self._matches:
                trade, maker, taker, sequence = self._matches[product]
                wall = self._clock.wall(trade.at)
                yield frames.match(trade, maker, taker, sequence, wall, "last_match")

    def _traded(self, trade: Trade, messages: Iterable[Message], wall: int) -> Iterator[Body]:
        told = next(message for message in messages if message["type"] == "match")
        maker, taker, sequence = told["maker_order_id"], told["taker_order_id"], told["sequence"]
        self._matches[trade.product_id] = trade, maker, taker, sequence
        if self._wanted(_MATCHES, trade.product_id):
            yield frames.match(trade, maker, taker, sequence, wall)
        if self._wanted(_TICKER, trade.product_id):
            yield from self._ticker(trade.product_id, "ticker")

    def _changed(self, product: str, changes: Sequence[Level], wall: int) -> Iterator[Body]:
        if self._wanted(_LEVEL2, product):
            yield frames.l2_update(product, changes, wall, "level2")
        if self._wanted(_LEVEL2_BATCH, product):
            if not self._changes:
                self._gathering()
            self._changes[product].update({(side, price): size for side, price, size in changes})

    def _ticker(self, product: str, channel: str) -> Iterator[Body]:
        if product in self._matches:
            trade, _, _, sequence = self._matches[product]
            wall = self._clock.wall(trade.at)
            yield frames.ticker(self._state.ticker(product), trade, sequence, wall, channel)

    def _last_trade_id(self, product: str) -> int:
        match = self._matches.get(product)
        return match[0].trade_id if match else 0
