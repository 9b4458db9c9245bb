"""How long a channel is silent at most when all is well, learnt from the channel itself."""

from __future__ import annotations

from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings


class Pace:
    """The longest silence between two updates of one channel, as remembered; old ones fade.

    It outlives connections: were it forgotten with each of them, a market that moves twice a minute would
    be taken for a dead feed again and again.
    """

    def __init__(self, settings: StreamingSettings) -> None:
        """Know nothing yet; settings are in real seconds."""
        self._settings = settings
        self._longest = 0.0
        self._last: float | None = None

    def updated(self, now: float) -> None:
        """An update came."""
        if self._last is not None:
            silence = now - self._last
            faded = self._longest * 0.5 ** (silence / self._settings.pace_memory)
            self._longest = max(silence, faded)
        self._last = now

    def interrupted(self) -> None:
        """Updates could not come: the time until the next one says nothing about the market."""
        self._last = None

    @property
    def limit(self) -> float:
        """How long this channel may be silent, in seconds, if there is a limit at all.

        Three times the longest silence, but within the bounds of the settings.
        """
        cap = self._settings.data_timeout or 0.0
        return min(cap, max(self._settings.data_timeout_busy, 3 * self._longest))
