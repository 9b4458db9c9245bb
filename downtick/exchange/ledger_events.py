"""What the journal tells of a ledger's entries: ``ledger`` events, which are the truth that bots are judged by."""

from __future__ import annotations

from typing import Any

import msgspec

from downtick.exchange.figures import text
from downtick.exchange.ledger import Accepted, Entry, Order


def told(entry: Entry, order: Order | None) -> dict[str, Any]:
    """Return the particulars of an entry, JSON values only.

    Args:
        entry: of the ledger.
        order: that it touched, as it stands after it.

    Returns:
        ``entry`` (its number), ``wall`` (nanoseconds since 1970), ``change`` (its kind: ``accepted``, ``matched``, ...),
        ``detail`` (what the change says), and of the order: its ids, product, side, status and what of it is filled.
    """
    change = entry.change
    kind = type(change).__name__
    data: dict[str, Any] = {"entry": entry.number, "wall": entry.at, "change": kind.lower()}
    detail = change.order.ticket if isinstance(change, Accepted) else change
    data["detail"] = msgspec.to_builtins(detail, order="deterministic")
    if order is not None:
        data |= {
            "order_id": order.order_id,
            "client_order_id": order.ticket.client_order_id,
            "product": order.ticket.product_id,
            "side": order.ticket.side,
            "status": order.status,
            "filled": text(order.filled_size),
        }
    return data
