"""How a recovery ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot_v2.state.intent import Intent
from bot_v2.state.recovery.positions import Dispute


@dataclass(frozen=True)
class Finding:
    """What one round of questions found.

    Attributes:
        positions: as they are believed now.
        open: orders that may still be filled, unknown ones included.
        disputes: positions that the broker tells and that are not believed.
        unseen: products of which no position is believed yet.
    """

    positions: Mapping[str, Decimal]
    open: tuple[Intent, ...]
    disputes: tuple[Dispute, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[Intent, ...]:
        """Orders of which it is not known whether they exist."""
        return tuple(each for each in self.open if each.state != "known")

    @property
    def clear(self) -> bool:
        """Whether broker and store agree."""
        return not (self.unknown or self.disputes or self.unseen)

    def __str__(self) -> str:
        said = [str(each) for each in self.disputes]
        said += [
            f"of order {each.client_order_id} ({each.side} {each.quantity:f} {each.symbol})"
            " it is not known whether it exists"
            for each in self.unknown
        ]
        said += [
            f"the position of {symbol} was not told often enough yet" for symbol in self.unseen
        ]
        if said:
            return "; ".join(said)
        held = ", ".join(f"{held:f} {symbol}" for symbol, held in sorted(self.positions.items()))
        return f"broker and store agree: {held or 'nothing held'}, {len(self.open)} open orders"


@dataclass(frozen=True)
class RecoveryReport:
    """What a recovery found, and what it did.

    Attributes:
        may_resume: whether orders may be placed again.
        reason: why not, or what was found; with the figures.
        finding: of the last round.
        rounds: of questions.
        seconds: real ones that it took.
    """

    may_resume: bool
    reason: str
    finding: Finding
    rounds: int
    seconds: float
