"""When a peer that says nothing is dead.

TCP does not tell: a proxy on the way acknowledges whatever is sent. A pong does not tell either: it comes
from the library of a server whose feed may long have stopped. So both data and heartbeats are watched, each
with a limit of its own; see `StreamingSettings` for the limits and what they cost.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final

from bot_v2.features.brokerages.coinbase.streaming.losses import Reason
from bot_v2.features.brokerages.coinbase.streaming.pace import Pace
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings

PARTIAL: Final = 4096
"""Bytes since the last frame that can only belong to an unfinished one: pings and pongs are far fewer."""


class AwakeClock:
    """A clock that stands still while this process could not run.

    A peer must not be declared dead because we parsed a large snapshot, or were suspended, and so could not
    listen. Somebody reads this clock at least once a pulse; a longer time between two readings was no time
    to listen in.
    """

    def __init__(self, longest: float, now: float) -> None:
        """Count at most `longest` seconds between two readings."""
        self._longest = longest
        self._last = now
        self._awake = 0.0

    def read(self, now: float) -> float:
        """Return the seconds that this process was awake, up to `now`."""
        self._awake += min(max(0.0, now - self._last), self._longest)
        self._last = now
        return self._awake


class Liveness:
    """Watches one connection. Every `now` is the awake clock's."""

    def __init__(self, settings: StreamingSettings, paces: Mapping[str, Pace], now: float) -> None:
        """Start at the opening of the connection, with settings in real seconds and each channel's pace."""
        self._settings = settings
        self._paces = paces
        self._message_at = now
        self._heartbeat_at = now
        self._updated_at: dict[str, float] = {}
        self._bytes = 0
        self._bytes_at = now
        self._bytes_at_frame = 0
        self._ping_at = now
        self._unanswered: float | None = None

    def heard_bytes(self, total: int, now: float) -> None:
        """Take the count of bytes received so far."""
        if total > self._bytes:
            self._bytes = total
            self._bytes_at = now

    def heard_frame(self) -> None:
        """A whole frame came, whatever is in it."""
        self._bytes_at_frame = self._bytes

    def heard_message(self, now: float) -> None:
        """A new, readable message came, of whatever channel."""
        self._message_at = now

    def heard_heartbeat(self, now: float) -> None:
        """A heartbeat came."""
        self._heartbeat_at = now

    def heard_update(self, channel: str, now: float) -> None:
        """An update of a data channel came. A snapshot is an answer, and proves no feed."""
        self._updated_at[channel] = now

    def expect_only(self, channels: Container[str]) -> None:
        """Expect updates of these channels at most: the others are not subscribed any more."""
        self._updated_at = {c: at for c, at in self._updated_at.items() if c in channels}

    def ping_due(self, now: float) -> bool:
        """Tell whether it is time for the next ping."""
        return self._unanswered is None and now - self._ping_at >= self._settings.ping_interval

    def pinged(self, now: float) -> None:
        """A ping was sent."""
        self._ping_at = now
        self._unanswered = now

    def ponged(self) -> None:
        """The ping's pong came."""
        self._unanswered = None

    def message_arriving(self, now: float) -> bool:
        """Tell whether a large message is on its way: bytes come, but none has ended yet."""
        settings = self._settings
        return (
            self._bytes - self._bytes_at_frame > PARTIAL
            and now - self._bytes_at < settings.silence_timeout
            and now - self._message_at < settings.message_timeout
        )

    def dead(self, now: float) -> Reason | None:
        """Return why the peer must be taken for dead, or None."""
        settings = self._settings
        if self.message_arriving(now):
            return None
        if self._unanswered is not None and now - self._unanswered > settings.ping_timeout:
            return Reason.PING
        if now - self._message_at > settings.silence_timeout:
            return Reason.SILENCE
        if now - self._heartbeat_at > settings.heartbeat_timeout:
            return Reason.HEARTBEATS
        return Reason.DATA if self._silent_channels(now) else None

    def _silent_channels(self, now: float) -> list[str]:
        if self._settings.data_timeout is None:
            return []
        return [c for c, at in self._updated_at.items() if now - at > self._paces[c].limit]
