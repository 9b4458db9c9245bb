"""What a soak found, and how it is told (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from chaos_tests.soak.growth import Growth


@dataclass
class Report:
    """What a soak found so far. Times are nominal seconds from its beginning, unless said otherwise.

    Attributes:
        seed: of market and faults.
        time_scale: real over nominal time.
        asked: real seconds that it was to take.
        took: real seconds that it took.
        minutes: how many nominal minutes were looked at.
        agreed: in how many of them the bot's books agreed with the ledger at some moment.
        put_off: in how many they did not yet, which only a fault or its end can excuse.
        played: names of the profiles, in order.
        steps: faults that were started.
        hits: what the exchange's faults hit.
        orders: that the ledger took.
        last_order: the minute in which the last of them came; a bot that has stopped may have its books in order, too.
        fills: of them.
        stolen: real seconds for which the machine gave the arena no time.
        growth: of what the bot holds.
        violations: whatever must not be, one sentence each.
    """

    seed: int
    time_scale: float
    asked: float
    took: float = 0.0
    minutes: int = 0
    agreed: int = 0
    put_off: int = 0
    played: list[str] = field(default_factory=list)
    steps: int = 0
    hits: int = 0
    orders: int = 0
    last_order: int = 0
    fills: int = 0
    stolen: float = 0.0
    growth: tuple[Growth, ...] = ()
    violations: list[str] = field(default_factory=list)

    def violated(self, at: float, what: str) -> None:
        """Note what must not be."""
        self.violations.append(f"{clock(at)} nominal: {what}")

    @property
    def verdict(self) -> str:
        """One word: whether it held so far; of a run without a look, or without a fault, nothing can be said."""
        if self.violations:
            return "FAIL"
        return "PASS" if self.agreed and self.steps else "NOT EXERCISED"

    def lines(self) -> Iterator[str]:
        """Yield the report."""
        short = "" if self.took >= self.asked else f", stopped before its {clock(self.asked)}"
        yield f"soak: {self.verdict} after {clock(self.took)}{short} (time scale {self.time_scale:g})"
        yield (
            f"soak: {self.minutes} nominal minutes: books agreed with the ledger in {self.agreed}, "
            f"not yet in {self.put_off}"
        )
        kinds = Counter(name.partition("/")[0] for name in self.played)
        told = ", ".join(f"{count} of {kind}" for kind, count in sorted(kinds.items())) or "none"
        yield (
            f"soak: {len(self.played)} profiles played ({told}; {len(set(self.played))} different): "
            f"{self.steps} faults started, {self.hits} hits inside the exchange"
        )
        busy = (
            f"; the machine was too busy for {self.stolen:.1f} s of it" if self.stolen > 1 else ""
        )
        last = f", the last in minute {self.last_order}" if self.orders else ""
        yield f"soak: {self.orders} orders in the ledger{last}, {self.fills} fills{busy}"
        yield f"soak: {'; '.join(map(str, self.growth)) or 'too short to tell whether something grows'}"
        yield from (f"soak: VIOLATED at {violation}" for violation in self.violations)
        yield (
            f"soak: the same again: pytest -m soak --soak-seed {self.seed} "
            f"--soak-duration {self.asked:g}s --downtick-time-scale {self.time_scale:g}"
        )


def clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
