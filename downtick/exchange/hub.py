"""Between the market and the feeds: who listens to what, and whether frames may leave at all.

::

    driver ──bodies──▶ Hub ──▶ Feed ──▶ socket
                        │ gate: shut while a step with `hold` is played; feeds then keep their frames
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextvars import Context
from typing import Any, Final

from downtick.exchange.config import ExchangeConfig
from downtick.exchange.faults import FaultBook
from downtick.exchange.faults.base import Door
from downtick.exchange.feed import FeedConnection
from downtick.exchange.frames import Body
from downtick.exchange.journal import Journal
from downtick.exchange.market import MarketEvent
from downtick.exchange.triggers import Triggers, Watch
from downtick.exchange.venue import Venue

_HOLD_DEADLINE: Final = 2.0  # nominal seconds that a bot has to read what was sent
_HOLD_FLOOR: Final = 0.2  # real seconds
_LEAST_PATIENCE: Final = 1.0  # real seconds: no client is cut off sooner, whatever the time scale


class Hub:
    """Hands each body to whoever subscribed to it.

    Args:
        config: of the exchange.
        journal: of the exchange.
        venue: that the faults may touch.

    Attributes:
        faults: of the exchange.
        doors: every listener that is open.
        happen: lets something happen in the market, for all to see; the driver's, as soon as there is one.
        held: how many steps hold the feed at this moment.
        settling: called to let out what the user's feeds keep for a next update.
    """

    def __init__(self, config: ExchangeConfig, journal: Journal, venue: Venue) -> None:
        self.config = config
        self.journal = journal
        self.venue = venue
        self.faults = FaultBook(journal, self)
        self.triggers = Triggers(self._fire)
        self.held = 0
        self.doors: list[Door] = []
        self.happen: Callable[[MarketEvent], None] = venue.market.apply
        self.settling: list[Callable[[], None]] = []
        self._feeds: dict[int, FeedConnection] = {}
        self._listeners: dict[tuple[str, str], dict[int, FeedConnection]] = defaultdict(dict)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def feeds(self) -> Sequence[FeedConnection]:
        """Open feed connections, oldest first."""
        return tuple(self._feeds.values())

    @property
    def seed(self) -> int:
        """Of every draw."""
        return self.config.seed

    @property
    def scale(self) -> float:
        """Real seconds in a nominal one."""
        return self.config.time_scale

    @property
    def patience(self) -> float:
        """Real seconds that a client may take to send one request."""
        return max(self.config.request_timeout * self.scale, _LEAST_PATIENCE)

    def join(self, feed: FeedConnection) -> None:
        """Take in an upgraded connection."""
        self._feeds[feed.number] = feed

    def leave(self, feed: FeedConnection) -> None:
        """Forget a connection."""
        self._feeds.pop(feed.number, None)
        for listeners in self._listeners.values():
            listeners.pop(feed.number, None)
        self.faults.left(feed)

    def subscribed(self, feed: FeedConnection) -> None:
        """Follow a change of a connection's subscriptions."""
        wanted = set(feed.dialogue.topics)
        for key, listeners in self._listeners.items():
            if key not in wanted:
                listeners.pop(feed.number, None)
        for key in wanted:
            self._listeners[key][feed.number] = feed

    def wanted(self, topic: str, product: str) -> bool:
        """Return whether anybody is subscribed to this topic (mostly a channel) of this product."""
        return bool(self._listeners.get((topic, product)))

    def publish(self, bodies: Iterable[Body]) -> None:
        """Send bodies, each about one product, to its subscribers."""
        for body in bodies:
            topic = body.topic or body.channel
            key = (topic, body.products[0] if body.products else topic)
            for feed in tuple(self._listeners.get(key, {}).values()):
                feed.send(body)

    def later(self, seconds: float, do: Callable[[], None]) -> Callable[[], None]:
        """Do something after so many real seconds, and return what calls it off."""
        # Not in the caller's context: what happens then is no longer the doing of its request.
        loop = asyncio.get_running_loop()
        return loop.call_later(seconds, self._ring, do, context=Context()).cancel

    def settle(self) -> None:
        """Let out the user's updates that wait for a next one."""
        for settle in self.settling:
            settle()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside; it ends with the hub."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def stop(self) -> None:
        """End every connection and all work."""
        for feed in self.feeds:
            feed.drop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ring(self, do: Callable[[], None]) -> None:
        """Do what was put off; what it raises must not go unseen."""
        try:
            do()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this exchange's own
            self.journal.record("exchange_failed", error=repr(error))

    def _done(self, task: asyncio.Task[None]) -> None:
        """Forget a task; one that failed is a fault of this exchange, and must not go unseen."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.journal.record("exchange_failed", error=repr(error))

    def _fire(self, watch: Watch) -> None:
        self.journal.record("triggered", counter=watch.counter, hold=watch.hold)
        if watch.hold:
            self.held += 1  # at once: not one frame more leaves
            self.run(self._held(watch.callback))
        else:
            self.run(self._guarded(watch.callback()))

    async def _held(self, callback: Any) -> None:
        """Wait until every bot has read what was sent, do the step, then let the frames go."""
        try:
            await self._all_read()
            await self._guarded(callback())
        finally:
            self.held -= 1
            self.journal.record("released")
            if not self.held:
                for feed in self.feeds:
                    feed.pump()

    async def _all_read(self) -> None:
        """Wait for a pong from each open connection: pongs come in order, so what was sent before was read."""
        deadline = max(_HOLD_DEADLINE * self.config.time_scale, _HOLD_FLOOR)
        proofs = {asyncio.ensure_future(feed.read_up()): feed for feed in self.feeds}
        if not proofs:
            return
        _, late = await asyncio.wait(proofs, timeout=deadline)
        for proof in late:
            proof.cancel()
            self.journal.record("hold_expired", conn=proofs[proof].number, deadline=deadline)

    async def _guarded(self, step: Awaitable[None]) -> None:
        """Await somebody else's step; what it raises is journalled, the feed goes on."""
        try:
            await step
        except Exception as error:  # noqa: BLE001 - not ours to judge, and not to be lost
            self.journal.record("step_failed", error=repr(error))
