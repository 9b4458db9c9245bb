"""What can be seen of a run while it is played: of its links, its faults, the bot's connections, prices and orders. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from downtick.history import Event

_PRICES: Final = frozenset(
    {"ticker", "ticker_batch", "market_trades", "l2_data", "match", "l2update"}
)
"""Channels and message types that carry a price."""

_AT_ONCE: Final = frozenset({"reset", "close"})


@dataclass
class RunStory:
    """One run so far.

    Attributes:
        seconds: real ones from the steady state to the end.
        steady: when the profile began, in monotonic seconds; None before.
        played: whether the conductor is done, so that the bot recovers.
        open: the bot's connections that are open, by the link that they came over.
        faults: that stand now, as words, by what began them.
        priced: when the exchange last sent a price, in monotonic seconds; None before the first.
        orders: in the ledger.
        requests: over REST.
        failed: answers of them with a status of 400 or more.
    """

    seconds: float
    steady: float | None = None
    played: bool = False
    open: Counter[str] = field(default_factory=Counter)
    faults: dict[tuple[str, object], str] = field(default_factory=dict)
    priced: float | None = None
    orders: int = 0
    requests: int = 0
    failed: int = 0
    _links: dict[int, str] = field(default_factory=dict)

    def hear(self, news: Iterable[Event]) -> None:
        """Take note of what happened."""
        for event in news:
            self._hear(event)

    def phase(self, now: float) -> str:
        """Return in words how far it is at a monotonic instant."""
        if self.steady is None:
            return "waits for a steady state"
        passed = min(now - self.steady, self.seconds)
        return f"{passed:.0f} of {self.seconds:.0f} s" + (", recovery" if self.played else "")

    def price_age(self, now: float) -> float | None:
        """Return the real seconds since the exchange sent a price; None before the first."""
        return None if self.priced is None else max(0.0, now - self.priced)

    def _hear(self, event: Event) -> None:
        match event.kind:
            case "steady_state":
                self.steady = event.at
            case "run_ended":
                self.played = True
                self.faults.clear()
            case "step_done" if event["name"] not in _AT_ONCE and event.get("link"):
                self.faults["step", event["act"]] = f"{event['name']} on {event['link']}"
            case "step_ending" | "step_healed":
                self.faults.pop(("step", event["act"]), None)
            case "fault_on":
                self.faults["fault", event["handle"]] = event["name"]
            case "fault_off":
                self.faults.pop(("fault", event["handle"]), None)
            case "accepted":
                self._links[event["conn"]] = event["listener"]
                self.open[event["listener"]] += 1
            case "closed" if (link := self._links.pop(event["conn"], None)) is not None:
                self.open[link] -= 1
            case "frame_sent" if (event.get("channel") or event.get("type")) in _PRICES:
                self.priced = event.at
            case "request":
                self.requests += 1
            case "answer" if event["status"] >= 400:
                self.failed += 1
            case "ledger" if event["change"] == "accepted":
                self.orders += 1
