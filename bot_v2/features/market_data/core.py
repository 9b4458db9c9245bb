"""The whole service but its I/O: ticks, gaps and instants in; prices, modes and what to ask for out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot_v2.features.market_data.belief import Belief, Refused
from bot_v2.features.market_data.health import StreamHealth, Trouble
from bot_v2.features.market_data.price import Price, Tick
from bot_v2.features.market_data.settings import MarketDataSettings
from bot_v2.features.market_data.trust import Trust

Mode = Literal["streaming", "rest_polling", "stale"]
"""Where prices come from: the stream; REST, because the stream is not trusted; or nowhere: nobody may trade."""

Reason = Trouble | Literal["unsteady", "proven", "fresh", "old", "doubtful"]


@dataclass(frozen=True)
class Transition:
    """A change of mode.

    Attributes:
        symbol: of the product whose mode changed, or None for the service's own.
        before: the mode until now.
        after: the mode from now on.
        reason: of ``rest_polling``: what is wrong with the stream, or that it broke too often (``unsteady``). Of
            ``streaming``: that the stream has ``proven`` itself, or that there are ``fresh`` prices. Of ``stale``:
            that they are ``old`` or ``doubtful``.
        at: when, on our clock.
    """

    symbol: str | None
    before: Mode
    after: Mode
    reason: Reason
    at: float


class MarketDataCore:
    """What is known of the market. All instants are on one clock, settings in real seconds."""

    def __init__(self, symbols: Sequence[str], settings: MarketDataSettings, now: float) -> None:
        """Know nothing yet."""
        self._settings = settings
        self._begun_at = now
        self._beliefs = {symbol: Belief(settings) for symbol in symbols}
        self._health = StreamHealth(symbols, settings)
        self._trust = Trust(settings, now)
        self._why: Reason = "lost"  # of the last fall
        self._fresh: set[str] = set()
        self._modes: dict[str | None, Mode] = dict.fromkeys((None, *symbols), "stale")

    def begin(self, now: float) -> None:
        """Expect the first prices from now on, not from when this was made."""
        self._begun_at = now

    @property
    def trusted(self) -> bool:
        """Whether the stream is trusted, as of the last look."""
        return self._trust.trusted

    @property
    def proof(self) -> float:
        """Seconds for which the stream must be sound before it is trusted again."""
        return self._trust.proof

    def mode(self, symbol: str | None = None) -> Mode:
        """Return the mode of the service, or of one product, as of the last look."""
        return self._modes[symbol]

    def price(self, symbol: str, now: float) -> Price | None:
        """Return the price of a product with its age, or None if there is none that could be believed."""
        belief = self._beliefs[symbol]
        tick = belief.believed
        if tick is None or belief.doubt(now) is not None:
            return None
        return Price(tick.figures.mark, max(0.0, now - tick.born), tick.source, tick.at)

    def doubt(self, symbol: str, now: float) -> Tick | None:
        """Return a young tick that contradicts the price of a product, or None."""
        return self._beliefs[symbol].doubt(now)

    def complete(self) -> bool:
        """Tell whether every product has a fresh price, as of the last look."""
        return len(self._fresh) == len(self._beliefs)

    def age(self, now: float) -> float:
        """Return the age of the oldest price; infinite if one is missing."""
        return max(belief.age(now) for belief in self._beliefs.values())

    def tick(self, tick: Tick) -> Refused | None:
        """Take a price, or return why it is not believed."""
        belief = self._beliefs[tick.symbol]
        refused = belief.offer(tick)
        if tick.source == "stream" and refused != "jump":
            self._health.heard(tick)  # one that was overtaken too: it tells how slow the stream is
        elif refused is None:
            self._health.compare(tick)
        return refused

    def gap(self, now: float) -> None:
        """Messages of the stream are missing, or its connection is gone."""
        self._trust.flaw(now)
        self._health.gap()

    def look(self, now: float) -> list[Transition]:
        """Let time pass, and return what changed."""
        trouble = self._health.worst(now)
        change = self._trust.look(now, sound=trouble is None, proven=self._health.proven(now))
        if change == "fallen":
            self._why = "unsteady" if self._trust.unsteady(now) else trouble or self._why
        for symbol, belief in self._beliefs.items():
            self._judge(symbol, belief, now)
        changes = (self._enter(which, self._mode_now(which, now), now) for which in self._modes)
        return [transition for transition in changes if transition is not None]

    def wanted(self, now: float) -> list[str]:
        """Return the products to be asked for over REST."""
        if not self._trust.trusted:
            return list(self._beliefs)
        return [
            symbol
            for symbol, belief in self._beliefs.items()
            if min(belief.age(now), now - self._begun_at) > self._settings.confirm_age
            or belief.doubt(now) is not None
        ]

    def _judge(self, symbol: str, belief: Belief, now: float) -> None:
        """Tell fresh from stale, with a margin between the two so that no price goes back and forth."""
        limit = self._settings.max_age
        if symbol not in self._fresh:
            limit /= 2
        if belief.age(now) <= limit and belief.doubt(now) is None:
            self._fresh.add(symbol)
        else:
            self._fresh.discard(symbol)

    def _mode_now(self, symbol: str | None, now: float) -> Mode:
        if not (self._fresh if symbol is None else symbol in self._fresh):
            return "stale"
        symbols = self._beliefs if symbol is None else (symbol,)
        served = any(self._health.serves(each, now) is None for each in symbols)
        return "streaming" if self._trust.trusted and served else "rest_polling"

    def _enter(self, symbol: str | None, after: Mode, now: float) -> Transition | None:
        before = self._modes[symbol]
        if before == after:
            return None
        self._modes[symbol] = after
        return Transition(symbol, before, after, self._reason(symbol, before, after, now), now)

    def _reason(self, symbol: str | None, before: Mode, after: Mode, now: float) -> Reason:
        if after == "stale":
            doubtful = symbol is not None and self._beliefs[symbol].doubt(now) is not None
            return "doubtful" if doubtful else "old"
        if after == "streaming":
            return "fresh" if before == "stale" else "proven"
        if not self._trust.trusted:
            return self._why
        trouble = self._health.worst(now) if symbol is None else self._health.serves(symbol, now)
        return trouble or self._why
