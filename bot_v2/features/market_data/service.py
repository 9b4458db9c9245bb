"""The thin driver around the core: reads the stream, asks REST, looks at the clock, says what changed."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Coroutine, Sequence
from typing import Any, Final

from bot_v2.features.brokerages.broker import BrokerError, RateLimited, Rejected
from bot_v2.features.brokerages.coinbase.streaming import Gap, Message
from bot_v2.features.brokerages.coinbase.streaming.subscriptions import canonical
from bot_v2.features.market_data.clocks import ExchangeClock, SteadyClock
from bot_v2.features.market_data.core import MarketDataCore, Mode
from bot_v2.features.market_data.doors import Metrics, PriceStream, QuoteSource, TellsTime
from bot_v2.features.market_data.polling import Polling
from bot_v2.features.market_data.price import Figures, Nonsense, Price, Source, Tick
from bot_v2.features.market_data.reading import CHANNEL, moment, of_quote, read
from bot_v2.features.market_data.settings import MarketDataSettings
from bot_v2.features.market_data.telling import Teller
from bot_v2.metrics import MetricsCollector

logger = logging.getLogger(__name__)

_TIME: Final = ""
"""Stands among the products to be asked for: the exchange's time."""


class MarketDataService:
    """Mark prices with their true age: by stream, or over REST as long as the stream cannot be trusted.

    ::

        service = MarketDataService(stream, broker, ["BTC-USD"])
        await service.start()
        price = service.get_mark_price("BTC-USD")
        if service.mode != "stale" and price is not None and price.age < limit: ...

    All methods belong to one event loop. A price is only ever as young as the exchange says, whatever this
    service does or fails to do: modes and ages are worked out when they are asked for.
    """

    def __init__(
        self,
        stream: PriceStream,
        broker: QuoteSource,
        symbols: Sequence[str],
        settings: MarketDataSettings | None = None,
        metrics: Metrics | None = None,
        *,
        seed: int | None = None,
        clock: SteadyClock | None = None,
    ) -> None:
        """Make a service; nothing is started yet.

        Args:
            stream: of the service alone, which starts and closes it.
            broker: to ask for prices; for the exchange's time too, if it `TellsTime`.
            symbols: products whose prices are wanted.
            settings: in nominal seconds, with their time scale.
            metrics: to count in.
            seed: for the jitter of the waits after failed requests.
            clock: our own.

        Raises:
            ValueError: no symbol, one twice, or a text where a list is meant.
        """
        if isinstance(symbols, str) or not symbols or len(set(symbols)) != len(symbols):
            raise ValueError(f"symbols is a list of at least one, each once; not {symbols!r}")
        self._stream = stream
        self._broker = broker
        self._symbols = tuple(symbols)
        self._settings = chosen = (settings or MarketDataSettings()).real()
        self._clock = clock or SteadyClock()
        self._exchange = ExchangeClock(self._clock.wall_offset, chosen.max_skew)
        self._core = MarketDataCore(self._symbols, chosen, self._clock.now())
        rng = random.Random(seed)  # noqa: S311
        self._polling = Polling((*self._symbols, _TIME), chosen, rng)
        self._time_due = self._clock.now() if isinstance(broker, TellsTime) else float("inf")
        self._teller = Teller(metrics or MetricsCollector())
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    async def start(self) -> None:
        """Start, and return when every product has a price, by whichever way; or after ``start_timeout``.

        Raises:
            RuntimeError: it was started or stopped before.
        """
        if self._tasks or self._stopped:
            raise RuntimeError("a service is started once")
        self._core.begin(self._clock.now())
        await self._stream.subscribe(sorted({canonical(s) for s in self._symbols}), [CHANNEL])
        self._run(self._stream.connect(), "connect")
        self._run(self._read(), "read")
        self._run(self._pulse(), "pulse")
        try:
            async with asyncio.timeout(self._settings.start_timeout):
                while not self._core.complete():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            logger.warning("market data: not every product has a price yet")

    async def stop(self) -> None:
        """End the stream and every request, and return when they are over. Calling it again does no harm."""
        self._stopped = True
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        await self._stream.close()
        if tasks:
            await asyncio.wait(tasks)

    @property
    def mode(self) -> Mode:
        """Where prices come from now. While it is ``stale``, nobody may trade."""
        self._look()
        return self._core.mode()

    def mode_of(self, symbol: str) -> Mode:
        """Return the same of one product: it may be ``stale``, or asked for over REST, while others flow.

        Raises:
            KeyError: it is not among the symbols.
        """
        self._look()
        return self._core.mode(symbol)

    def get_mark_price(self, symbol: str) -> Price | None:
        """Return the price of a product with its true age, however old it is.

        None if there never was one, or if what is told contradicts it: a jump, or two sources that do not agree.

        Raises:
            KeyError: it is not among the symbols.
        """
        return self._core.price(symbol, self._clock.now())

    # -- the stream --------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            async for item in self._stream.messages():
                if isinstance(item, Gap):
                    self._core.gap(self._clock.now())
                    self._teller.count("gaps")
                else:
                    self._take(item)
                self._look()
        finally:
            if not self._stopped:
                self._core.gap(self._clock.now())  # for good: whoever ended it knows why

    def _take(self, message: Message) -> None:
        received = self._clock.instant(message.received_at)
        for reading in read(message):
            for symbol in self._symbols:
                if canonical(symbol) == canonical(reading.product):
                    self._offer(symbol, "stream", reading.figures, message.timestamp, received)

    # -- REST --------------------------------------------------------------------------------------

    async def _pulse(self) -> None:
        while True:
            self._look()
            now = self._clock.now()
            wanted = self._core.wanted(now)
            if now >= self._time_due:
                wanted.append(_TIME)
            while (asked := self._polling.next(wanted, now)) is not None:
                self._run(self._ask(asked), f"ask {asked or 'time'}")
            self._teller.gauges(self._core, self._exchange.skew, now)
            await asyncio.sleep(self._settings.pulse)

    async def _ask(self, symbol: str) -> None:
        self._teller.count("polls")
        try:
            async with asyncio.timeout(self._settings.poll_timeout):
                await (self._ask_time() if symbol == _TIME else self._ask_price(symbol))
        except Rejected as error:
            logger.warning("market data: %s is refused: %s", symbol or "the time", error)
            self._teller.count("polls_refused")
            self._polling.refused(symbol, self._clock.now())
        except (BrokerError, TimeoutError) as error:
            logger.warning(
                "market data: no answer about %s: %s", symbol or "the time", error or "late"
            )
            self._failed(symbol, error.retry_after if isinstance(error, RateLimited) else None)
        except Exception:
            logger.exception("market data: asking for %s failed", symbol or "the time")
            self._failed(symbol)
        else:
            self._polling.answered(symbol)
        self._look()

    def _failed(self, symbol: str, retry_after: float | None = None) -> None:
        self._teller.count("polls_failed")
        self._polling.failed(symbol, self._clock.now(), retry_after)

    async def _ask_price(self, symbol: str) -> None:
        quote = await self._broker.get_quote(symbol)
        try:
            figures: Figures | Nonsense = of_quote(quote)
        except Nonsense as nonsense:
            figures = nonsense
        self._offer(symbol, "rest", figures, quote.at, self._clock.now())

    async def _ask_time(self) -> None:
        assert isinstance(self._broker, TellsTime)
        sent = self._clock.now()
        said = await self._broker.get_time()
        self._exchange.told(sent, self._clock.now(), said)
        self._time_due = self._clock.now() + self._settings.clock_every

    # -- both --------------------------------------------------------------------------------------

    def _offer(
        self,
        symbol: str,
        source: Source,
        figures: Figures | Nonsense,
        told_at: str | float,
        received: float,
    ) -> None:
        """Hand a price to the core, or say why it is none."""
        try:
            if isinstance(figures, Nonsense):
                raise figures
            at = moment(told_at) if isinstance(told_at, str) else told_at
            born = self._exchange.born(at, received)
        except Nonsense as nonsense:
            self._teller.nonsense(symbol, source, str(nonsense))
            if isinstance(self._broker, TellsTime):
                self._time_due = self._clock.now()  # somebody may have set a clock
            return
        tick = Tick(symbol, source, figures, at, born, received)
        refused = self._core.tick(tick)
        if refused is None:
            self._teller.believed(symbol, source)
        elif refused == "jump":
            self._teller.jump(tick)

    def _look(self) -> None:
        """Let the time that has passed have its effect, and tell of it."""
        trusted = self._core.trusted
        transitions = self._core.look(self._clock.now())
        if transitions or trusted != self._core.trusted:
            self._teller.changed(self._core, transitions, trusted)
        if transitions:
            self._changed.set()

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=f"market data: {name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._teller.count("crashes")
            logger.critical("%s crashed", task.get_name(), exc_info=error)
