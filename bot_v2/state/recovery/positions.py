"""Whether the positions that the broker tells can be, given what is believed and what is open. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot_v2.features.brokerages.broker import Fill
from bot_v2.state.intent import Intent

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Span:
    """A position lies between these two, whatever of the open orders is filled meanwhile."""

    least: Decimal = _NOTHING
    most: Decimal = _NOTHING

    def __or__(self, other: Span) -> Span:
        """Return what holds both."""
        return Span(min(self.least, other.least), max(self.most, other.most))

    def __contains__(self, position: Decimal) -> bool:
        return self.least <= position <= self.most

    def __str__(self) -> str:
        if self.least == self.most:
            return f"{self.least:f}"
        return f"between {self.least:f} and {self.most:f}"


@dataclass(frozen=True)
class Dispute:
    """A position that the broker tells and that cannot be."""

    symbol: str
    span: Span
    told: Decimal

    def __str__(self) -> str:
        return f"{self.symbol} is believed to be {self.span}, the broker tells {self.told:f}"


@dataclass(frozen=True)
class Retold:
    """One of our orders, of which the broker now tells less: what is left, and the fills of it."""

    intent: Intent
    filled: Decimal
    fills: tuple[Fill, ...]

    @property
    def moves(self) -> Decimal:
        """By how much the position would move, were it so."""
        less = self.intent.filled - self.filled
        return -less if self.intent.side == "buy" else less


def spans(belief: Mapping[str, Decimal], intents: Iterable[Intent]) -> dict[str, Span]:
    """Return where each position may lie."""
    found = {symbol: Span(held, held) for symbol, held in belief.items()}
    for intent in intents:
        span = found.get(intent.symbol, Span())
        if intent.side == "buy":
            span = Span(span.least, span.most + intent.remaining)
        else:
            span = Span(span.least - intent.remaining, span.most)
        found[intent.symbol] = span
    return found


def disputes(told: Mapping[str, Decimal], *looks: Mapping[str, Span]) -> tuple[Dispute, ...]:
    """Return what cannot be.

    Args:
        told: by the broker, at some instant between the looks; a product that is missing is not held.
        looks: at the store.
    """
    wrong = []
    for symbol in sorted({*told, *(symbol for look in looks for symbol in look)}):
        span = looks[0].get(symbol, Span())
        for look in looks[1:]:
            span |= look.get(symbol, Span())
        position = told.get(symbol, _NOTHING)
        if position not in span:
            wrong.append(Dispute(symbol, span, position))
    return tuple(wrong)


def explained(dispute: Dispute, retold: Sequence[Retold]) -> bool:
    """Tell whether what the broker says is what it would be, had these fills never been.

    Three answers then tell the same story: the position, the orders and the fills.
    """
    shift = sum((each.moves for each in retold), _NOTHING)
    span = Span(dispute.span.least + shift, dispute.span.most + shift)
    return bool(retold) and dispute.told in span
