"""A market data service on the rig, somebody who looks at it all the time, and the truth to compare it with."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot_v2.features.market_data import MarketDataSettings, Mode, Price
from chaos_tests.streaming.desk import Desk, Make
from chaos_tests.streaming.truth import LATE, Told, Truth
from downtick.history import Event
from downtick.rig import Rig

BTC: Final = "BTC-USD"
ETH: Final = "ETH-USD"

BOUND: Final = 5.5
"""Nominal seconds: no price is older while REST answers, whatever the stream does (3 until it is asked, 1 between
two questions, and the answer's way)."""

MAX_AGE: Final = MarketDataSettings().max_age
_SAMPLE_EVERY: Final = 0.01
_STOLEN: Final = (
    2.0  # nominal seconds of standing still after which a mode says something of the machine
)
_CLOCKS: Final = 0.003  # real seconds that reading three clocks one after the other may take
_NEAR: Final = 0.1  # real seconds around an instant in which a wait of the exchange matters to it
_LOGGER: Final = "bot_v2.features.market_data"


@dataclass(frozen=True)
class Sample:
    """What the service said at one instant: by the monotonic and by the wall clock, and how long asking took."""

    at: float
    wall: float
    mode: Mode
    prices: dict[str, Price | None]


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class Watch:
    """One service, what it said all the time, and what it logged.

    Attributes:
        service: under test.
        samples: what it said, every few milliseconds.
    """

    def __init__(self, rig: Rig, desk: Desk, symbols: Sequence[str]) -> None:
        self.rig = rig
        self.desk = desk
        self.service = desk.service
        self.symbols = tuple(symbols)
        self.samples: list[Sample] = []
        self._log = _Collector()

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look at it as long as the context lasts."""
        logger = logging.getLogger(_LOGGER)
        level = logger.level
        logger.addHandler(self._log)
        logger.setLevel(logging.INFO)
        looker = asyncio.create_task(self._look())
        try:
            yield
        finally:
            looker.cancel()
            await asyncio.wait({looker})
            logger.setLevel(level)
            logger.removeHandler(self._log)

    async def _look(self) -> None:
        while True:
            self.samples.append(self.sample())
            await asyncio.sleep(_SAMPLE_EVERY)

    def sample(self) -> Sample:
        """Ask it for everything now."""
        at, wall = time.monotonic(), time.time()
        prices = {symbol: self.service.get_mark_price(symbol) for symbol in self.symbols}
        return Sample(at, wall, self.service.mode, prices)

    def mode(self, symbol: str | None = None) -> Mode:
        """Return the mode of the service, or of one product, now."""
        return self.service.mode if symbol is None else self.service.mode_of(symbol)

    def count(self, name: str) -> int:
        """Return one of the service's counters."""
        return self.desk.metrics.get_counter(f"market_data_{name}")

    async def mode_is(
        self, mode: Mode, *, within: float, name: str, symbol: str | None = None
    ) -> None:
        """Wait until the service, or one product, is in a mode."""
        await self.condition(lambda: self.mode(symbol) == mode, within=within, name=name)

    async def condition(self, holds: Callable[[], bool], *, within: float, name: str) -> None:
        """Wait until something holds."""
        async with self.rig.deadline(within, name):
            while not holds():  # noqa: ASYNC110 - of a plain object, which tells nobody
                await asyncio.sleep(0.002)

    async def count_passes(self, name: str, count: int, *, within: float) -> None:
        """Wait until one of the service's counters is above a count."""
        await self.condition(lambda: self.count(name) > count, within=within, name=name)

    async def prices_go_on(self, name: str = "prices go on") -> None:
        """Wait until every product has had three more prices."""
        for symbol in self.symbols:
            for _ in range(3):
                await self._next_price(symbol, name)

    async def _next_price(self, symbol: str, name: str) -> None:
        before = self.service.get_mark_price(symbol)

        def is_newer() -> bool:
            price = self.service.get_mark_price(symbol)
            return price is not None and (before is None or price.at > before.at)

        await self.condition(is_newer, within=2 * BOUND, name=f"{name}: {symbol}")

    # -- judging -----------------------------------------------------------------------------------

    def stolen(self, since: float, until: float) -> float:
        """Return the seconds between two instants for which the machine let us, or the arena, stand still."""
        gaps = (
            min(until, later.at) - max(since, earlier.at) - 2 * _SAMPLE_EVERY
            for earlier, later in itertools.pairwise(self.samples)
            if earlier.at < until and later.at > since
        )
        standing = self.rig.stolen(since, until, from_bot=False)  # the gaps tell of the bot
        return sum(gap for gap in gaps if gap > 0) + standing

    def judge_way(self, *expected: Mode) -> None:
        """See that the service went through these modes, by its log.

        Detours are forgiven into which it went because the machine stood still: it can know no more than that
        prices stopped.
        """
        self.judge_modes()
        way = [after for _, after, _ in self.logged()]
        forgiven = [
            self.stolen(at - self.rig.scaled(10), at) > self.rig.scaled(_STOLEN)
            for at in self._logged_at()
        ]
        kept = itertools.product(*((True, False) if each else (True,) for each in forgiven))
        ways = [list(itertools.compress(way, keep)) for keep in kept]
        assert list(expected) in [[mode for mode, _ in itertools.groupby(each)] for each in ways], (
            way
        )

    def why(self, mode: Mode) -> str:
        """Return the reason for which the service entered a mode first."""
        return next(reason for _, after, reason in self.logged() if after == mode)

    def modes(self) -> list[Mode]:
        """Return the modes that were seen, one after the other; first that of the start."""
        return [mode for mode, _ in itertools.groupby(sample.mode for sample in self.samples)]

    def logged(self) -> list[tuple[Mode, Mode, str]]:
        """Return the changes of the service's mode that were logged: before, after, reason."""
        return [
            (told["mode_before"], told["mode_after"], told["reason"])
            for told in map(vars, self._mode_records())
        ]

    def _logged_at(self) -> list[float]:
        wall = self.samples[0].wall - self.samples[0].at
        return [record.created - wall for record in self._mode_records()]

    def _mode_records(self) -> list[logging.LogRecord]:
        return [
            record
            for record in self._log.records
            if (told := vars(record)).get("event") == "market_data_mode" and not told["symbol"]
        ]

    def suspected(self) -> set[tuple[str, str, str]]:
        """Return the prices that the log calls doubtful: symbol, source and why."""
        told = (vars(record) for record in self._log.records)
        return {
            (each["symbol"], each["source"], each["event"])
            for each in told
            if each.get("event") in {"price_jump", "price_refused"}
        }

    def judge_modes(self) -> None:
        """See that each change of mode that was seen was logged and counted, each where the last one led."""
        logged = self.logged()
        assert self.count("mode_changes") == len(logged)
        modes = ["stale", *(after for _, after, _ in logged)]
        assert modes[:-1] == [before for before, _, _ in logged]
        passed = iter(modes)
        assert all(mode in passed for mode in self.modes()), "a change that was not logged"

    def judge_ages(self) -> None:
        """See that no price was older than it claimed, and none traded on that is stale."""
        for sample in self.samples:
            for symbol, price in sample.prices.items():
                if price is not None:
                    true_age = sample.wall - price.at
                    assert price.age >= true_age - _CLOCKS, f"{symbol}: an age that is not true"
            tradeable = [
                price
                for price in sample.prices.values()
                if price is not None and price.age <= self.rig.scaled(MAX_AGE) + _CLOCKS
            ]
            assert sample.mode == "stale" or tradeable, "a mode that is not true"

    def judge_prices(self, *, times: bool = True) -> None:
        """See that each price was the exchange's own at the time that it claims, and told by it at that time.

        Args:
            times: whether the exchange told its own times truly. If not, a price may be younger than it claims.
        """
        truth = Truth(
            self.rig.history,
            self.symbols,
            self.rig.seed,
            self.rig.time_scale,
            self.samples[-1].wall + 1.0,
        )
        told = {  # and when last
            (symbol, price): sample.wall
            for sample in self.samples
            for symbol, price in _without_age(sample.prices).items()
        }
        assert told
        words = {symbol: Told(self.rig.history, symbol) for symbol in self.symbols}
        wall = self.samples[0].wall - self.samples[0].at
        untold = 0
        for (symbol, price), last in told.items():
            at = price.at - wall
            late = LATE + self.rig.stolen(at - 1.0, at + 1.0, from_bot=False)
            until = price.at + _CLOCKS if times else last
            assert truth.was(symbol, price.value, price.at - late, until), (
                f"a price that was not there: {symbol} at {price.value}"
            )
            if times and not words[symbol].at(at, _CLOCKS):
                # Between reading the time for a frame and noting the frame, the exchange may have had to wait.
                assert self.rig.stolen(at - _NEAR, at + _NEAR) > 0, "a time that nobody told"
                untold += 1
        assert untold <= len(told) / 5, "a time that nobody told, again and again"

    def judge_bound(self, since: float, until: float, bound: float = BOUND) -> None:
        """See that every product had a price not older than this many nominal seconds, between two instants."""
        for sample in self.samples:
            if not since < sample.at < until:
                continue
            allowed = self.rig.scaled(bound)
            if all(price is not None and price.age <= allowed for price in sample.prices.values()):
                continue
            allowed += self.stolen(sample.at - self.rig.scaled(2 * bound), sample.at)
            for symbol, price in sample.prices.items():
                assert price is not None, f"no price of {symbol}"
                assert price.age <= allowed, f"the price of {symbol} is too old"

    def frames(self, since: float, until: float) -> list[Event]:
        """Return the frames that the exchange sent between two instants."""
        frames = self.rig.history.select("frame_sent", after=since)
        return [frame for frame in frames if frame.at < until]

    def told_by_stream(self, since: float, until: float) -> list[Price]:
        """Return the prices of the stream that became known between two instants (samples of the service)."""
        found, known = [], set[float]()
        for sample in self.samples:
            for price in sample.prices.values():
                if price is None or price.source != "stream":
                    continue
                if since < sample.at < until and price.at not in known:
                    found.append(price)
                known.add(price.at)
        return found

    def asked(self, since: float, until: float, symbol: str = "") -> list[Event]:
        """Return the requests for a price that the exchange got between two instants."""
        return [
            event
            for event in self.rig.history.select("request", after=since)
            if event["path"].endswith("/product_book")
            and event.at < until
            and symbol in event["query"]
        ]


def _without_age(prices: dict[str, Price | None]) -> dict[str, Price]:
    """Return the prices that there are, with no age, so that each is one and the same as long as it stands."""
    return {s: replace(price, age=0.0) for s, price in prices.items() if price is not None}


@contextlib.asynccontextmanager
async def watching(
    rig: Rig, make: Make, symbols: Sequence[str] = (BTC, ETH), *, streaming: bool = True
) -> AsyncIterator[Watch]:
    """Start a service, look at it, and judge in the end what must always hold.

    Args:
        rig: to start it on.
        make: makes it.
        symbols: whose prices it is to tell.
        streaming: whether its stream must come up at once.
    """
    desk = make(rig, symbols)
    watch = Watch(rig, desk, symbols)
    async with watch.looking():
        try:
            await desk.service.start()
            if streaming:
                await watch.mode_is("streaming", within=60, name="the stream comes up")
            yield watch
        finally:
            await desk.service.stop()
            await desk.broker.close()
    # Answered on the channel by which the journal comes: after it, everything so far is in the history.
    await rig.heal("user_ws")
    watch.judge_ages()
