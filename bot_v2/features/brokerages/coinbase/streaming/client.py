"""The public face of the client, and the task that connects again and again."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from websockets.exceptions import InvalidURI
from websockets.uri import parse_uri

from bot_v2.features.brokerages.coinbase.streaming.backlog import Backlog, Item
from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff
from bot_v2.features.brokerages.coinbase.streaming.connection import hang_up, open_wire, serve
from bot_v2.features.brokerages.coinbase.streaming.dialects import Dialect, advanced_trade
from bot_v2.features.brokerages.coinbase.streaming.errors import ClientClosed, ClientCrashed
from bot_v2.features.brokerages.coinbase.streaming.losses import (
    NETWORK_ERRORS,
    Loss,
    Reason,
    loss_of,
)
from bot_v2.features.brokerages.coinbase.streaming.messages import Gap
from bot_v2.features.brokerages.coinbase.streaming.pace import Pace
from bot_v2.features.brokerages.coinbase.streaming.session import Session
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings
from bot_v2.features.brokerages.coinbase.streaming.stats import Counters, Stats
from bot_v2.features.brokerages.coinbase.streaming.subscriptions import CHANNELS, Wishes
from bot_v2.features.brokerages.coinbase.streaming.trades import SeenTrades

logger = logging.getLogger(__name__)

MARKET_DATA_URL: Final = "wss://advanced-trade-ws.coinbase.com"


class State(StrEnum):
    """What the client is doing."""

    IDLE = "idle"  # made, not connected yet
    CONNECTING = "connecting"
    SUBSCRIBING = "subscribing"  # open; something wished is not acknowledged
    LIVE = "live"  # open; everything wished is acknowledged
    WAITING = "waiting"  # for the next attempt
    CLOSED = "closed"


class CoinbaseStreamingClient:
    """Market data of Coinbase Advanced Trade, for as long as the program runs.

    ::

        async with CoinbaseStreamingClient() as client:
            await client.subscribe(["BTC-USD"])
            async for item in client.messages():
                ...  # a Message, or a Gap where messages are missing

    The client connects again by itself, for ever; what was subscribed stays subscribed. All methods may be
    called in any order and at any time within one event loop, and may be cancelled.
    """

    def __init__(
        self,
        url: str = MARKET_DATA_URL,
        settings: StreamingSettings | None = None,
        *,
        ssl_context: ssl.SSLContext | None = None,
        ca_file: Path | str | None = None,
        seed: int | None = None,
        on_state: Callable[[State], None] | None = None,
        dialect: Dialect | None = None,
    ) -> None:
        """Make a client; nothing is connected yet.

        Args:
            url: ``wss://`` or ``ws://``.
            settings: in nominal seconds, with their time scale.
            ssl_context: for ``wss://``; by default the system's authorities are trusted.
            ca_file: trust the authorities of this PEM file instead.
            seed: for the jitter of the back-off.
            on_state: called with every new state.
            dialect: how the endpoint speaks; as Advanced Trade, without a key, if not given.

        Raises:
            ValueError: the URL is none, or both a context and a CA file are given, or TLS without ``wss://``.
            OSError: the CA file cannot be read.
        """
        self._url = url
        self._tls = _tls(url, ssl_context, ca_file)
        self._settings = (settings or StreamingSettings()).real()
        self._on_state = on_state
        self._counters = Counters()
        self._dialect = dialect or advanced_trade()
        self._wishes = Wishes(heartbeats_by_product=self._dialect.heartbeats_by_product)
        self._trades = SeenTrades()
        self._paces = {channel: Pace(self._settings) for channel in CHANNELS}
        self._backlog = Backlog(self._settings.queue_limit, self._counters)
        self._backoff = Backoff(
            self._settings.retry_first,
            self._settings.retry_cap,
            random.Random(seed),  # noqa: S311
        )
        self._state = State.IDLE
        self._session: Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._crash: BaseException | None = None
        self._connections = 0
        self._wake = asyncio.Event()  # the connection shall look at its session
        self._filled = asyncio.Event()  # the backlog has something, or the client has ended
        self._settled = asyncio.Event()  # live, or ended

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def state(self) -> State:
        """What the client is doing."""
        return self._state

    @property
    def stats(self) -> Stats:
        """All counters as they stand."""
        return self._counters.snapshot()

    def is_connected(self) -> bool:
        """Tell whether a connection is open and not known to be lost."""
        return self._state in {State.SUBSCRIBING, State.LIVE}

    async def connect(self) -> None:
        """Start connecting, and return when everything subscribed so far is acknowledged.

        Being cancelled ends this waiting only: the client keeps trying until it is closed.

        Raises:
            ClientClosed: the client was closed, before or meanwhile.
            ClientCrashed: the client's task ended in an error of its own.
        """
        self._raise_if_ended()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"streaming {self._url}")
            self._task.add_done_callback(self._ended)
        await self._settled.wait()
        self._raise_if_ended()

    async def subscribe(
        self, product_ids: Sequence[str], channels: Sequence[str] = ("ticker",)
    ) -> None:
        """Receive these products on these channels from now on, on this and every later connection.

        Returns at once, connected or not. A subscription that the exchange does not acknowledge in time makes
        the connection count as broken.

        Raises:
            ClientClosed: the client was closed.
            ValueError: an unknown channel, or a text where a list is meant.
        """
        self._raise_if_ended()
        self._wishes.add(self._channels(channels), _products(product_ids))
        self._wishes_changed()

    async def unsubscribe(
        self, product_ids: Sequence[str], channels: Sequence[str] = ("ticker",)
    ) -> None:
        """Receive these products on these channels no longer; what is on its way already is dropped.

        Raises:
            ClientClosed: the client was closed.
            ValueError: an unknown channel, or a text where a list is meant.
        """
        self._raise_if_ended()
        self._wishes.remove(self._channels(channels), _products(product_ids))
        self._wishes_changed()

    async def messages(self) -> AsyncIterator[Item]:
        """Yield what was received, oldest first, with a `Gap` wherever something is missing.

        Ends when the client is closed and everything received before has been yielded. Heartbeats and
        acknowledgements are not yielded. Being cancelled loses nothing: the next call goes on.

        Raises:
            ClientCrashed: the client's task ended in an error of its own.
        """
        while True:
            await asyncio.sleep(0)  # a fast consumer of a long backlog must let the reader read
            if len(self._backlog):
                yield self._backlog.take()
                continue
            if self._crash is not None:
                raise ClientCrashed(str(self._crash)) from self._crash
            if self._state is State.CLOSED:
                return
            self._filled.clear()
            await self._filled.wait()

    async def close(self) -> None:
        """Close the connection and end `messages()`. Calling it again does no harm.

        Takes at most ``close_timeout``.
        """
        first = self._state is not State.CLOSED
        self._enter(State.CLOSED)
        self._filled.set()
        self._settled.set()
        if self._task is not None:
            if first:  # a second cancellation would interrupt the closing handshake
                self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        while True:
            self._enter(State.CONNECTING)
            loss = await self._attempt()
            self._lost(loss)
            self._enter(State.WAITING)
            await asyncio.sleep(self._wait_after(loss))

    async def _attempt(self) -> Loss:
        self._counters.add("attempts")
        try:
            wire = await open_wire(self._url, self._tls, self._settings)
        except NETWORK_ERRORS as error:
            return loss_of(error)
        politely = True
        try:
            self._open_session()
            assert self._session is not None
            loss = await serve(wire, self._session, self._settings, self._wake, self._deliver)
            politely = False
            return loss
        finally:
            self._session = None
            await hang_up(wire, politely=politely)

    def _open_session(self) -> None:
        self._connections += 1
        self._counters.add("connects")
        if self._connections > 1:
            self._counters.add("resubscribes", len(self._wishes.by_channel()))
        self._session = Session(
            self._connections,
            self._wishes,
            self._trades,
            self._paces,
            self._settings,
            self._counters,
            time.monotonic(),
            self._dialect.words(),
        )
        self._enter(State.LIVE if self._session.ready else State.SUBSCRIBING)

    def _deliver(self, items: Iterable[Item]) -> None:
        session = self._session
        assert session is not None
        for item in items:
            self._counters.add("messages", not isinstance(item, Gap))
            if self._backlog.put(item):
                logger.error("the consumer is too slow: messages were dropped")
                session.resync()
                self._wake.set()
            if isinstance(item, Gap):
                self._wake.set()
        if len(self._backlog):
            self._filled.set()
        if session.healthy:
            self._backoff.reset()
        self._enter(State.LIVE if session.ready else State.SUBSCRIBING)

    def _wishes_changed(self) -> None:
        if self._session is not None:
            self._session.wishes_changed()
            self._enter(State.LIVE if self._session.ready else State.SUBSCRIBING)
        self._wake.set()

    def _lost(self, loss: Loss) -> None:
        self._counters.lost(loss.reason)
        if (
            loss.reason is not Reason.DATA
        ):  # if it is, the next update will tell whether it was right
            for pace in self._paces.values():
                pace.interrupted()
        logger.warning("connection %d: %s: %s", self._connections, loss.reason, loss.detail)
        if self._state in {State.SUBSCRIBING, State.LIVE}:
            detail = f"{loss.reason}: {loss.detail}"
            self._backlog.put(Gap("lost", self._connections, time.monotonic(), detail=detail))
            self._filled.set()

    def _wait_after(self, loss: Loss) -> float:
        if loss.retry_after is not None:
            return min(loss.retry_after, self._settings.retry_after_max) + self._backoff.wait()
        if loss.reason is Reason.THROTTLED:
            return self._backoff.jitter(self._settings.throttled_wait)
        return self._backoff.wait()

    def _enter(self, state: State) -> None:
        if state is self._state or self._state is State.CLOSED:
            return
        logger.info("%s -> %s", self._state, state)
        self._state = state
        if state is State.LIVE:
            self._settled.set()
        else:
            self._settled.clear()
        if self._on_state is not None:
            try:
                self._on_state(state)
            except Exception:
                logger.exception("on_state failed")

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            self._crash = task.exception()
            logger.critical("the streaming client crashed", exc_info=self._crash)
        self._enter(State.CLOSED)
        self._filled.set()
        self._settled.set()

    def _channels(self, channels: Sequence[str]) -> list[str]:
        if isinstance(channels, str):
            raise ValueError(f"channels is a list: [{channels!r}]")
        for channel in channels:
            if channel not in self._dialect.channels:
                there = ", ".join(self._dialect.channels)
                raise ValueError(f"no channel {channel!r}; there are {there}")
        return list(channels)

    def _raise_if_ended(self) -> None:
        if self._crash is not None:
            raise ClientCrashed(str(self._crash)) from self._crash
        if self._state is State.CLOSED:
            raise ClientClosed("the client was closed")


def _tls(
    url: str, context: ssl.SSLContext | None, ca_file: Path | str | None
) -> ssl.SSLContext | None:
    try:
        secure = parse_uri(url).secure
    except InvalidURI as error:
        raise ValueError(str(error)) from None
    if context is not None and ca_file is not None:
        raise ValueError("give ssl_context or ca_file, not both")
    if not secure:
        if context is not None or ca_file is not None:
            raise ValueError(f"{url} is not encrypted: it takes no ssl_context and no ca_file")
        return None
    return context or ssl.create_default_context(cafile=ca_file)


def _products(product_ids: Sequence[str]) -> list[str]:
    if isinstance(product_ids, str):
        raise ValueError(f"product_ids is a list: [{product_ids!r}]")
    return list(product_ids)
