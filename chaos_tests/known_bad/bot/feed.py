"""One feed of the healthy bot: it is watched, and opened again with ever longer pauses."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from chaos_tests.known_bad.bot.figures import Figures
from chaos_tests.known_bad.bot.telling import tell_ticks

Frame = Mapping[str, Any]


class GivenUp(Exception):
    """The feed is open, and no good."""


@dataclass(frozen=True)
class Wish:
    """What a feed is for.

    Attributes:
        url: of the exchange's door.
        channels: that are subscribed to.
        quiet: whether no data may come for long, because nobody trades.
        token: makes a token for a subscription, if one is needed.
    """

    url: str
    channels: tuple[str, ...]
    quiet: bool = False
    token: Callable[[], str] | None = None


class Feed:
    """Keeps a feed open.

    Args:
        wish: what it is for.
        figures: of the bot.
        take: is called with each frame of data.
        lost: is called when the feed has ended.

    Attributes:
        live: whether it is subscribed and brings frames.
    """

    def __init__(
        self,
        wish: Wish,
        figures: Figures,
        take: Callable[[Frame], None],
        lost: Callable[[], None],
    ) -> None:
        self.wish = wish
        self.figures = figures
        self.live = False
        self.losses = 0
        self.attempts = 0
        self._take = take
        self._lost = lost
        self._sequence = -1
        self._seen: dict[str, float] = {}

    async def run(self) -> None:
        """Open it, again and again."""
        while True:
            try:
                await self.session()
            except (OSError, TimeoutError, WebSocketException, GivenUp) as error:
                self.ended(error)
            await self.figures.sleep(self.pause())

    def ended(self, error: Exception) -> None:
        """Take note that it ended, or could not be opened."""
        print("feed", self.wish.channels, repr(error), flush=True)
        if self.live:
            self.losses += 1
        self.live = False
        self._lost()

    def pause(self) -> float:
        """Return the nominal seconds until the next attempt: double the last, and a little by chance."""
        pause: float = self.figures.pause * 2 ** min(self.attempts, 10)
        self.attempts += 1
        return min(pause, self.figures.longest_pause) * random.uniform(0.85, 1.0)

    async def session(self) -> None:
        """Follow the feed until it ends or is given up."""
        async with connect(
            self.wish.url,
            proxy=None,
            compression=None,
            open_timeout=self.open_timeout(),
            close_timeout=self.figures.real(1.0),
            ping_interval=None,
        ) as socket:
            born = time.monotonic()
            self._sequence = -1
            self._seen = {}
            for channel in self.channels():
                await self.subscribe(socket, channel)
            while True:
                self.hear(await self.receive(socket))
                if time.monotonic() - born > self.figures.real(self.figures.healthy):
                    self.attempts = 0

    def open_timeout(self) -> float | None:
        """Return the real seconds that a handshake may take."""
        return self.figures.real(self.figures.handshake)

    def channels(self) -> tuple[str, ...]:
        """Return the channels to subscribe to."""
        return self.wish.channels

    async def subscribe(self, socket: ClientConnection, channel: str) -> None:
        """Subscribe to one channel."""
        message = {
            "type": "subscribe",
            "channel": channel,
            "product_ids": [self.figures.product],
        }
        if self.wish.token is not None:
            message["jwt"] = self.wish.token()
        await socket.send(json.dumps(message))

    async def receive(self, socket: ClientConnection) -> str:
        """Return the next frame.

        Raises:
            GivenUp: what should come does not.
        """
        try:
            async with asyncio.timeout(max(0.0, self.deadline() - time.monotonic())):
                return str(await socket.recv())
        except TimeoutError:
            raise GivenUp("silence") from None

    def deadline(self) -> float:
        """Return when the feed is given up if nothing of what is missing has come by then."""
        now = time.monotonic()
        figures = self.figures
        limits = {"any": figures.silence, "heartbeats": figures.heartbeat}
        if not self.wish.quiet:
            limits["data"] = figures.silence
        return min(self._seen.setdefault(k, now) + figures.real(s) for k, s in limits.items())

    def hear(self, text: str) -> None:
        """Take one frame.

        Raises:
            GivenUp: frames are missing.
        """
        frame = self.parse(text)
        if frame is None or self.is_repeated(frame):
            return
        self.in_order(frame)
        now, channel = time.monotonic(), frame.get("channel")
        self._seen["any"] = now
        if channel == "heartbeats":
            self._seen["heartbeats"] = now
        elif channel != "subscriptions":
            self._seen["data"] = now
            self.live = True
            self.process(frame)

    def process(self, frame: Frame) -> None:
        """Hand a frame of data on, and say so to whoever listens."""
        tell_ticks(frame)
        self._take(frame)

    def is_repeated(self, frame: Frame) -> bool:
        """Whether a frame, or a later one, was there before."""
        return bool(frame.get("sequence_num", self._sequence + 1) <= self._sequence)

    def parse(self, text: str) -> Frame | None:
        """Return a frame, or None if it cannot be read: the next may be."""
        try:
            frame = json.loads(text)
        except ValueError:
            return None
        return frame if isinstance(frame, dict) and "channel" in frame else None

    def in_order(self, frame: Frame) -> None:
        """See that no frame is missing.

        Raises:
            GivenUp: one is.
        """
        number = frame.get("sequence_num", self._sequence + 1)
        if number > self._sequence + 1:
            raise GivenUp(f"a gap before {number}")
        self._sequence = max(self._sequence, number)
