"""A store without a file or a thread, for tests of what stands on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from bot_v2.features.brokerages.broker import Fill, OrderReport, OrderRequest
from bot_v2.state.intent import SETTLED, Intent

_NOTHING = Decimal(0)


@dataclass
class _Day:
    """The day's figures: what was held when it began and at which price, and what was paid since."""

    date: str
    opening: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    spent: dict[str, Decimal] = field(default_factory=dict)
    fees: Decimal = _NOTHING


class MemoryStore:
    """Keeps intents and positions in memory, by the rules of a durable store."""

    def __init__(self) -> None:
        self._intents: dict[str, Intent] = {}
        self._positions: dict[str, Decimal] = {}
        self._fills: dict[str, Fill] = {}
        self._day = _Day("")

    async def write_intent(self, request: OrderRequest, now: float) -> None:
        """Keep that an order is meant.

        Raises:
            ValueError: there is an order of this name already.
        """
        if request.client_order_id in self._intents:
            raise ValueError(f"there is an order {request.client_order_id} already")
        self._intents[request.client_order_id] = Intent(
            request.client_order_id,
            request.symbol,
            request.side,
            request.quantity,
            request.limit_price,
            now,
            post_only=request.post_only,
        )

    async def mark_sent(self, client_order_id: str) -> None:
        """Keep that its request is about to leave."""
        self._change(client_order_id, state="sent")

    async def mark_known(self, report: OrderReport) -> None:
        """Keep that it stands at the broker, or stood there."""
        await self.update(report)

    async def mark_refused(self, client_order_id: str, reason: str) -> None:
        """Keep that there is no such order, and never was; unless it was seen at the broker meanwhile."""
        if self._intents[client_order_id].order_id is None:
            self._change(client_order_id, state="refused", reason=reason)

    async def mark_unknown(self, client_order_id: str) -> None:
        """Keep that there may be such an order; one that was seen at the broker meanwhile is known."""
        if self._intents[client_order_id].state in {"written", "sent"}:
            self._change(client_order_id, state="unknown")

    async def update(self, report: OrderReport) -> None:
        """Keep what the broker said of an order."""
        intent = self._intents.get(report.client_order_id)
        if intent is None:
            return
        over = report.over or intent.state == "over"
        intent = self._change(
            intent.client_order_id,
            state="over" if over else "known",
            order_id=report.order_id,
            status=intent.status if over and not report.over else report.status,
        )
        price = report.average_price or report.limit_price or _NOTHING
        self._book(intent, report.filled, report.filled * price)

    async def record_fills(self, fills: Sequence[Fill]) -> None:
        """Keep fills, and book what no report has booked."""
        new = {fill.fill_id: fill for fill in fills if fill.fill_id not in self._fills}
        self._fills.update(new)
        self._day.fees += sum((fill.fee for fill in new.values()), _NOTHING)
        touched = {fill.order_id for fill in new.values()}
        for intent in [each for each in self._intents.values() if each.order_id in touched]:
            own = [fill for fill in self._fills.values() if fill.order_id == intent.order_id]
            cost = sum((fill.quantity * fill.price for fill in own), _NOTHING)
            self._book(intent, sum((fill.quantity for fill in own), _NOTHING), cost)

    async def open_intents(self) -> Sequence[Intent]:
        """Return every intent that is not settled."""
        return [intent for intent in self._intents.values() if intent.state not in SETTLED]

    async def position_belief(self) -> Mapping[str, Decimal]:
        """Return what is believed to be held."""
        return dict(self._positions)

    async def set_position(self, symbol: str, quantity: Decimal) -> None:
        """Believe this. What was not traded is neither won nor lost."""
        came = quantity - self._positions.get(symbol, _NOTHING)
        self._positions[symbol] = quantity
        if symbol in self._day.opening:
            before, at = self._day.opening[symbol]
            self._day.opening[symbol] = before + came, at

    async def daily_pnl(self, now: float, prices: Mapping[str, Decimal]) -> Decimal:
        """Return what was won since midnight UTC."""
        date = datetime.fromtimestamp(now, UTC).date().isoformat()
        if date != self._day.date:
            self._day = _Day(date)
        won = -self._day.fees
        for symbol, price in prices.items():
            held = self._positions.get(symbol, _NOTHING)
            before, at = self._day.opening.setdefault(symbol, (held, price))
            won += held * price - before * at - self._day.spent.get(symbol, _NOTHING)
        return won

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def _change(self, client_order_id: str, **changes: object) -> Intent:
        changed = replace(self._intents[client_order_id], **changes)  # type: ignore[arg-type]
        self._intents[client_order_id] = changed
        return changed

    def _book(self, intent: Intent, filled: Decimal, cost: Decimal) -> None:
        """Book what this is more than what is booked."""
        more = filled - intent.filled
        if more <= 0:
            return
        before = (intent.average_price or _NOTHING) * intent.filled
        sign = 1 if intent.side == "buy" else -1
        self._change(intent.client_order_id, filled=filled, average_price=cost / filled)
        held = self._positions.get(intent.symbol, _NOTHING)
        self._positions[intent.symbol] = held + sign * more
        if intent.symbol in self._day.opening:
            spent = self._day.spent.get(intent.symbol, _NOTHING)
            self._day.spent[intent.symbol] = spent + sign * (cost - before)
