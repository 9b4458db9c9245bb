"""What the market's events look like on the feed: bodies, each encoded once whoever listens. Reads no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

from downtick.exchange import frames
from downtick.exchange.frames import Body
from downtick.exchange.market import Candle, MarketClock, MarketEvent, MarketState, Trade

FIRST_HEARTBEAT: Final = 4217  # production counts from its process's start: never from 0

_TRADES_EVERY: Final = 0.25  # nominal seconds that one market_trades frame covers (docs: channels)
_CANDLES_EVERY: Final = 1.0
TICKER_BATCH_EVERY: Final = 5.0
STATUS_EVERY: Final = 5.0  # "a preset interval", which Coinbase does not name

_SNAPSHOT_TRADES: Final = 50
_SNAPSHOT_CANDLES: Final = 350
_FIVE_MINUTES: Final = 300

Wanted = Callable[[str, str], bool]
"""Whether anybody listens to this channel of this product."""


Due = tuple[float, Callable[[], Iterable[Body]]]
"""What is to be asked every so many nominal seconds for what goes out then."""


class Publishes(Protocol):
    """Makes bodies of a market, in one dialect."""

    def happened(self, event: MarketEvent) -> Iterable[Body]:
        """Take in one event, which was applied to the market's state, and return what goes out at once."""

    def heartbeat(self, now: int) -> Iterable[Body]:
        """Return the heartbeats of this second. ``now`` is the wall clock in nanoseconds since 1970."""

    @property
    def timetable(self) -> Sequence[Due]:
        """What goes out in intervals."""


class Publisher:
    """Turns events into bodies for the channels of Advanced Trade that somebody listens to.

    Args:
        state: of the market.
        clock: of the market.
        wanted: whether anybody listens.
    """

    def __init__(self, state: MarketState, clock: MarketClock, wanted: Wanted) -> None:
        self._state = state
        self._clock = clock
        self._wanted = wanted
        self._trades: dict[str, list[Trade]] = defaultdict(list)
        self._in_candles: set[str] = set()
        self._in_batch: set[str] = set()
        self._last = 0.0
        self._beats = FIRST_HEARTBEAT

    @property
    def timetable(self) -> Sequence[Due]:
        """What goes out in intervals."""
        return (
            (_TRADES_EVERY, self.trades_due),
            (_CANDLES_EVERY, self.candles_due),
            (TICKER_BATCH_EVERY, self.ticker_batch_due),
            (STATUS_EVERY, self.status_due),
        )

    def heartbeat(self, now: int) -> Iterable[Body]:
        """Return the heartbeat of this second, for whoever listens."""
        self._beats += 1
        return (frames.heartbeat(self._beats, now),)

    def happened(self, event: MarketEvent) -> Iterator[Body]:
        """Yield what goes out at once for an event that was applied to the state."""
        self._last = event.at
        product = event.product_id
        if isinstance(event, Trade):
            self._trades[product].append(event)
            self._in_candles.add(product)
            self._in_batch.add(product)
            if self._wanted("ticker", product):
                yield frames.ticker_update(self._state.ticker(product))
        elif self._wanted("level2", product):
            yield frames.l2_update(event, self._clock)

    def trades_due(self) -> Iterator[Body]:
        """Yield the trades since the last call."""
        gathered, self._trades = self._trades, defaultdict(list)
        for product, trades in gathered.items():
            if self._wanted("market_trades", product):
                yield frames.trades_update(trades, self._clock)

    def candles_due(self) -> Iterator[Body]:
        """Yield the candles that changed since the last call."""
        changed, self._in_candles = self._in_candles, set()
        for product in sorted(changed):
            if self._wanted("candles", product):
                yield frames.candles_update(product, self._candles(product, 1), self._clock)

    def ticker_batch_due(self) -> Iterator[Body]:
        """Yield the tickers that changed since the last call."""
        changed, self._in_batch = self._in_batch, set()
        for product in sorted(changed):
            if self._wanted("ticker_batch", product):
                yield frames.ticker_batch([self._state.ticker(product)], "update")

    def status_due(self) -> Iterator[Body]:
        """Yield the products as they are."""
        for product in self._state.products:
            if self._wanted("status", product.product_id):
                yield frames.status_update([product])

    def snapshots(self, channel: str, products: tuple[str, ...]) -> Sequence[Body]:
        """Return what a new subscription is shown first."""
        return tuple(self._snapshots(channel, products))

    def _snapshots(self, channel: str, products: tuple[str, ...]) -> Iterator[Body]:
        state = self._state
        match channel:
            case "ticker":
                yield frames.ticker_snapshot([state.ticker(product) for product in products])
            case "ticker_batch":
                yield frames.ticker_batch([state.ticker(p) for p in products], "snapshot")
            case "status":
                yield frames.status_snapshot([state.product(product) for product in products])
            case "level2":
                for product in products:
                    yield frames.l2_snapshot(product, *state.book(product).depth())
            case "market_trades":
                for product in products:
                    # Not those that the next update brings: a client sees each trade once.
                    gathered = len(self._trades.get(product, ()))
                    trades = state.trades(product, gathered + _SNAPSHOT_TRADES)[gathered:]
                    yield frames.trades_snapshot(trades, self._clock)
            case "candles":
                for product in products:
                    candles = self._candles(product, _SNAPSHOT_CANDLES)
                    yield frames.candles_snapshot(product, candles, self._clock)

    def _candles(self, product: str, count: int) -> Iterable[Candle]:
        """Return the newest five-minute candles, newest first."""
        now = self._clock.origin + self._last
        start = now - count * _FIVE_MINUTES
        return self._state.candles(product, "FIVE_MINUTE", start, now, count)
