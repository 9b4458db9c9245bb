"""Whether the stream is trusted: slow to lose, slower to win back, and slower each time."""

from __future__ import annotations

from collections import deque
from typing import Literal

from bot_v2.features.market_data.settings import MarketDataSettings

Change = Literal["fallen", "returned"]


class Trust:
    """The state machine behind the mode.

    ::

        trusted ── nothing sound for `patience`, or `flaw_limit` flaws in `flaw_window` ──▶ fallen
        fallen  ── everything sound for the proof, and fewer flaws than that ──────────────▶ trusted

    The proof is `settle_first` at first, and doubles with each fall that comes before `forgive_after` of trust. Only
    time in which somebody looked is counted, so that a process that could not run blames nobody for it.
    """

    def __init__(self, settings: MarketDataSettings, now: float) -> None:
        """Begin in trust: the stream has `patience` to come up. Settings are in real seconds."""
        self._settings = settings
        self._looked_at = now
        self._flaws: deque[float] = deque(maxlen=settings.flaw_limit)
        self._next_proof = settings.settle_first
        self._unsound = 0.0
        self._sound = 0.0
        self._stint = 0.0
        self.proof = settings.settle_first
        self.trusted = True

    def flaw(self, now: float) -> None:
        """The stream broke, or lost messages."""
        self._flaws.append(now)
        self._sound = 0.0

    def unsteady(self, now: float) -> bool:
        """Tell whether there were too many flaws of late."""
        settings = self._settings
        return (
            len(self._flaws) == settings.flaw_limit and now - self._flaws[0] <= settings.flaw_window
        )

    def look(self, now: float, *, sound: bool, proven: bool) -> Change | None:
        """Let time pass, and return what changed.

        Args:
            now: the time.
            sound: whether the stream is sound about anything.
            proven: whether it is about everything, by the stricter measure.
        """
        step = min(now - self._looked_at, 2 * self._settings.pulse)
        self._looked_at = now
        if self.trusted:
            return self._watch(step, now, sound)
        return self._examine(step, now, proven)

    def _watch(self, step: float, now: float, sound: bool) -> Change | None:
        self._stint += step
        self._unsound = 0.0 if sound else self._unsound + step
        if self._unsound < self._settings.patience and not self.unsteady(now):
            return None
        if self._stint >= self._settings.forgive_after:
            self._next_proof = self._settings.settle_first
        self.proof = self._next_proof
        self._next_proof = min(self._settings.settle_cap, 2 * self.proof)
        self.trusted = False
        return "fallen"

    def _examine(self, step: float, now: float, proven: bool) -> Change | None:
        self._sound = self._sound + step if proven else 0.0
        if self._sound < self.proof or self.unsteady(now):
            return None
        self.trusted = True
        self._unsound = self._stint = 0.0
        return "returned"
