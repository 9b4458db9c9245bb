"""What is believed of one product's price, and why not more."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal

from bot_v2.features.market_data.price import Source, Tick
from bot_v2.features.market_data.settings import MarketDataSettings

Refused = Literal["jump", "overtaken"]
"""Why a tick is not believed: it is too far from what was believed, or a newer one of its source was there before."""

_NEVER: Final = float("inf")


@dataclass(frozen=True)
class _Jump:
    """Ticks beyond the bound that agree with each other: the first, and the newest."""

    first: Tick
    newest: Tick


class Belief:
    """The price of one product, made of the ticks of both sources: the one that is newest at the exchange.

    A tick beyond the bound is not believed, and as long as it is young there is no price at all: either the market
    has jumped, or somebody tells something that is not true, and nobody can know which. A jump that has stood for
    long enough, with nothing to the contrary, is believed.
    """

    def __init__(self, settings: MarketDataSettings) -> None:
        """Believe nothing yet; settings are in real seconds."""
        self._settings = settings
        self._latest: dict[Source, Tick] = {}
        self._doubts: dict[Source, Tick] = {}
        self._jump: _Jump | None = None
        self.believed: Tick | None = None

    def offer(self, tick: Tick) -> Refused | None:
        """Take a tick, or return why not."""
        latest = self._latest.get(tick.source)
        if latest is not None and tick.born < latest.born:
            return "overtaken"
        if self._beyond_bound(tick) and not self._settled(tick):
            self._doubts[tick.source] = tick
            return "jump"
        self._accept(tick)
        return None

    def latest(self, source: Source) -> Tick | None:
        """Return the newest tick of one source that was believed."""
        return self._latest.get(source)

    def age(self, now: float) -> float:
        """Return the seconds since the price was so; infinite if there is none."""
        return _NEVER if self.believed is None else now - self.believed.born

    def doubt(self, now: float) -> Tick | None:
        """Return a young tick that contradicts the price, or None if nothing does."""
        young = (t for t in self._doubts.values() if now - t.born <= self._settings.max_age)
        return next(young, None)

    def _beyond_bound(self, tick: Tick) -> bool:
        if self.believed is None:
            return False
        apart = abs(tick.born - self.believed.born) / self._settings.jump_window
        bound = self._settings.jump_bound * sqrt(max(1.0, apart))
        return _distance(tick, self.believed) > bound

    def _settled(self, tick: Tick) -> bool:
        """Note a tick beyond the bound, and tell whether its jump has stood for long enough."""
        jump = self._jump
        if jump is None or _distance(tick, jump.newest) > self._settings.jump_bound:
            jump = _Jump(tick, tick)
        self._jump = _Jump(jump.first, tick)
        return tick.born - jump.first.born >= self._settings.jump_settle

    def _accept(self, tick: Tick) -> None:
        self._latest[tick.source] = tick
        self._doubts.pop(tick.source, None)
        if self._jump is not None and tick.born >= self._jump.first.born:
            self._jump = None
        if self.believed is None or tick.born >= self.believed.born:
            self.believed = tick


def _distance(tick: Tick, other: Tick) -> float:
    """Return how far two marks are apart, as a share of the second."""
    return abs(float(tick.figures.mark / other.figures.mark) - 1.0)
