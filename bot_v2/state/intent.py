"""An order that the bot means to have, from before its request leaves until its fate is known."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from bot_v2.features.brokerages.broker import OrderRequest, Side, Status

IntentState = Literal["written", "sent", "known", "unknown", "refused", "over"]
"""``written``: before its request leaves. ``sent``: no answer yet. ``known``: open at the broker. ``unknown``: it may
be there. ``refused``: surely never was. ``over``: it was, and can never change again."""

SETTLED: Final[frozenset[IntentState]] = frozenset(("refused", "over"))


@dataclass(frozen=True)
class Intent:
    """One order that was meant.

    Attributes:
        client_order_id: our name for it.
        symbol: of the product.
        side: buy or sell.
        quantity: in the base currency, or in contracts.
        limit_price: the worst price; None for a market order.
        created_at: seconds since 1970.
        state: see `IntentState`.
        post_only: whether it may only rest.
        order_id: the broker's name for it, once known.
        filled: of its quantity, as far as it is booked in the position.
        average_price: of what is filled, or None.
        status: as the broker told it last, or None.
        reason: why it was refused, or None.
    """

    client_order_id: str
    symbol: str
    side: Side
    quantity: Decimal
    limit_price: Decimal | None
    created_at: float
    state: IntentState = "written"
    post_only: bool = False
    order_id: str | None = None
    filled: Decimal = Decimal(0)
    average_price: Decimal | None = None
    status: Status | None = None
    reason: str | None = None

    @property
    def request(self) -> OrderRequest:
        """The order to send. Sent again under the same name, it is the same order."""
        return OrderRequest(
            self.client_order_id,
            self.symbol,
            self.side,
            self.quantity,
            self.limit_price,
            self.post_only,
        )

    @property
    def remaining(self) -> Decimal:
        """What may still be filled; nothing of an order that is settled."""
        if self.state in SETTLED:
            return Decimal(0)
        return max(Decimal(0), self.quantity - self.filled)
