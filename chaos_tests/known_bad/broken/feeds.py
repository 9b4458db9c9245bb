"""Feeds that are broken in one way each. What each does wrong stands in the catalogue."""

from __future__ import annotations

import asyncio
import os
import time

from websockets.asyncio.client import ClientConnection

from chaos_tests.known_bad.bot.feed import Feed, Frame

NEVER = 1e9
"""Nominal seconds: longer than any run."""


class NeverResubscribes(Feed):
    """Opens a lost feed again, and asks for nothing there."""

    def channels(self) -> tuple[str, ...]:
        return () if self.losses else super().channels()

    def deadline(self) -> float:
        return NEVER if self.losses else super().deadline()


class ForgetsHeartbeats(Feed):
    """Asks for its data again, and not for heartbeats."""

    def channels(self) -> tuple[str, ...]:
        return tuple(c for c in super().channels() if not self.losses or c != "heartbeats")


class ResubscribesTheFirst(Feed):
    """Asks for the first of its channels again."""

    def channels(self) -> tuple[str, ...]:
        return super().channels()[: 1 if self.losses else None]


class GivesUp(Feed):
    """Ends with its connection."""

    def ended(self, error: Exception) -> None:
        super().ended(error)
        raise asyncio.CancelledError


class TakesNormalForTheEnd(Feed):
    """Ends with a close frame of code 1000."""

    def ended(self, error: Exception) -> None:
        super().ended(error)
        if "1000" in str(error):
            raise asyncio.CancelledError


class GivesUpAfterFive(Feed):
    """Ends after five attempts."""

    def pause(self) -> float:
        if self.attempts == 5:
            raise asyncio.CancelledError
        return super().pause()


class ReconnectsWithoutPause(Feed):
    """Tries again at once."""

    def pause(self) -> float:
        return 0.05


class ReconnectsMuchLater(Feed):
    """Tries again after half a minute."""

    def pause(self) -> float:
        return 30


class KnowsNoLongestPause(Feed):
    """Waits four times as long after each attempt."""

    def pause(self) -> float:
        self.attempts += 1
        return float(self.figures.pause * 4 ** (self.attempts - 1))


class ResetsItsPauseAtOnce(Feed):
    """Takes an open connection for a good one."""

    def channels(self) -> tuple[str, ...]:
        self.attempts = 0
        return super().channels()


class NoHandshakeTimeout(Feed):
    """Waits for the answer to its handshake for ever."""

    def open_timeout(self) -> float | None:
        return None


class NeverNoticesSilence(Feed):
    """Waits for the next frame for ever."""

    async def receive(self, socket: ClientConnection) -> str:
        return str(await socket.recv())


class IgnoresGaps(Feed):
    """Never looks at sequence numbers."""

    def in_order(self, frame: Frame) -> None:
        pass


class DoublesTicks(Feed):
    """Takes a frame that comes twice for two."""

    def is_repeated(self, frame: Frame) -> bool:
        return False


class LosesTicks(Feed):
    """Has room for so many frames, and drops what comes too fast."""

    last = 0.0

    def process(self, frame: Frame) -> None:
        now = time.monotonic()
        if now - self.last > self.figures.real(0.1):
            super().process(frame)
        self.last = now


class DiesOfGarbage(Feed):
    """Takes the whole bot down with a frame that it cannot read."""

    def parse(self, text: str) -> Frame | None:
        return super().parse(text) or os._exit(1)


class StopsAtGarbage(Feed):
    """Ends, unseen, with a frame that it cannot read."""

    def parse(self, text: str) -> Frame | None:
        frame = super().parse(text)
        if frame is None:
            raise asyncio.CancelledError
        return frame
