"""The frames of the private channels ``user`` and ``futures_balance_summary``.

Keys, their order and their spelling are those of Coinbase's documentation (docs: Advanced Trade WebSocket channels);
where a frame seen in production differs from its tables, the frame is followed. All figures are strings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from downtick.exchange import order_words
from downtick.exchange.figures import text
from downtick.exchange.frames import Body
from downtick.exchange.ledger.model import ZERO, Order, Status
from downtick.exchange.margin import FuturesBalance, Holding
from downtick.exchange.market import Product
from downtick.exchange.market.products import ExpiryType
from downtick.exchange.order_words import OrderType, value_after_fees
from downtick.exchange.times import rfc3339_micros

Kind = Literal["snapshot", "update"]

BATCH: Final = 50
"""Open orders in one frame of a snapshot; one with fewer is the last (docs: User Channel)."""

_NO_TIME: Final = "0001-01-01T00:00:00Z"
_TYPES: Final[Mapping[OrderType, str]] = {
    "MARKET": "Market",
    "LIMIT": "Limit",
    "STOP_LIMIT": "Stop Limit",
    "BRACKET": "Bracket",
}
# What the channel says of states that it does not know.
_STATUSES: Final[Mapping[Status, str]] = {"QUEUED": "PENDING", "EDIT_QUEUED": "OPEN"}
_RISK: Final[Mapping[ExpiryType, str]] = {
    "UNKNOWN_CONTRACT_EXPIRY_TYPE": "UNKNOWN_RISK_MANAGEMENT_TYPE",
    "EXPIRING": "MANAGED_BY_FCM",
    "PERPETUAL": "MANAGED_BY_VENUE",
}


class Told(msgspec.Struct, frozen=True):
    """An order with what is needed to tell of it.

    Attributes:
        order: as it stands.
        product: that it is for.
    """

    order: Order
    product: Product


def user_snapshot(
    orders: Sequence[Told], holdings: Sequence[Holding], portfolio_id: str
) -> Sequence[Body]:
    """Encode the open orders in as many frames as it takes, each with all positions; the last frame is not full."""
    # One more than there are full ones: whoever waits for a frame with room in it finds one.
    starts = range(0, len(orders) + 1, BATCH)
    return [
        _user("snapshot", orders[start : start + BATCH], holdings, portfolio_id) for start in starts
    ]


def user_update(told: Told, holdings: Sequence[Holding], portfolio_id: str, entry: int) -> Body:
    """Encode one order after an entry of the ledger."""
    return _user("update", (told,), holdings, portfolio_id, entry)


def balance_summary(kind: Kind, balance: FuturesBalance) -> Body:
    """Encode the balance of the futures account. Margins are the same by day and by night here."""
    figures = {name: text(figure) for name, figure in msgspec.structs.asdict(balance).items()}
    windows = {
        f"{name}_margin_window_measure": _window(f"FCM_MARGIN_WINDOW_TYPE_{name.upper()}", balance)
        for name in ("intraday", "overnight")
    }
    event = {"type": kind, "fcm_balance_summary": figures | windows}
    return _body("futures_balance_summary", kind, (), event)


def _user(
    kind: Kind,
    orders: Sequence[Told],
    holdings: Sequence[Holding],
    portfolio_id: str,
    entry: int | None = None,
) -> Body:
    positions = {
        "perpetual_futures_positions": [
            _perpetual(holding, portfolio_id)
            for holding in holdings
            if holding.product.contract_expiry_type == "PERPETUAL"
        ],
        "expiring_futures_positions": [
            _expiring(holding)
            for holding in holdings
            if holding.product.contract_expiry_type == "EXPIRING"
        ],
    }
    event = {
        "type": kind,
        "orders": [_order(told, portfolio_id) for told in orders],
        "positions": positions,
    }
    products = dict.fromkeys(told.product.product_id for told in orders)
    return _body("user", kind, tuple(products), event, entry)


def _body(
    channel: str,
    kind: Kind,
    products: tuple[str, ...],
    event: Mapping[str, Any],
    entry: int | None = None,
) -> Body:
    encoded = b'"events":[%b]' % msgspec.json.encode(event)
    return Body(channel, kind, products, encoded, entry=entry)


def _order(told: Told, portfolio_id: str) -> dict[str, str]:
    order, ticket = told.order, told.order.ticket
    return {
        "avg_price": text(order.average_price),
        "cancel_reason": order.reason if order.status in ("CANCELLED", "EXPIRED") else "",
        "client_order_id": ticket.client_order_id,
        "completion_percentage": order_words.completion(order),
        "contract_expiry_type": told.product.contract_expiry_type,
        "cumulative_quantity": text(order.filled_size),
        "filled_value": text(order.filled_value),
        "leaves_quantity": text(order_words.leaves(order)),
        "limit_price": text(ticket.limit_price or ZERO),
        "number_of_fills": str(order.number_of_fills),
        "order_id": order.order_id,
        "order_side": ticket.side,
        "order_type": _TYPES[order_words.order_type(order)],
        "outstanding_hold_amount": text(order.hold),
        "post_only": "true" if ticket.post_only else "false",
        "product_id": ticket.product_id,
        "product_type": told.product.product_type,
        "reject_reason": order.reason if order.status == "FAILED" else "",
        "retail_portfolio_id": portfolio_id,
        "risk_managed_by": _RISK[told.product.contract_expiry_type],
        "status": _STATUSES.get(order.status, order.status),
        "stop_price": "" if ticket.stop_price is None else text(ticket.stop_price),
        "time_in_force": order_words.time_in_force(order),
        "total_fees": text(order.fees),
        "total_value_after_fees": text(value_after_fees(order, told.product)),
        "trigger_status": order_words.trigger_status(order),
        "creation_time": rfc3339_micros(order.created),
        "end_time": _NO_TIME if ticket.end_time is None else rfc3339_micros(ticket.end_time),
        "start_time": _NO_TIME,
    }


def _perpetual(holding: Holding, portfolio_id: str) -> dict[str, str]:
    position = holding.position
    return {
        "product_id": position.product_id,
        "portfolio_uuid": portfolio_id,
        "vwap": text(position.entry_price),
        "entry_vwap": text(position.entry_price),
        "position_side": _side(holding),
        "margin_type": "Cross",
        "net_size": text(position.size),
        "buy_order_size": text(holding.buying),
        "sell_order_size": text(holding.selling),
        "leverage": text(position.leverage),
        "mark_price": text(holding.mark),
        "liquidation_price": text(holding.liquidation_price),
        "im_notional": text(position.margin),
        "mm_notional": text(holding.maintenance),
        "position_notional": text(holding.notional),
        "unrealized_pnl": text(holding.unrealized),
        "aggregated_pnl": text(holding.unrealized),
    }


def _expiring(holding: Holding) -> dict[str, str]:
    return {
        "product_id": holding.position.product_id,
        "side": _side(holding),
        "number_of_contracts": text(abs(holding.position.size)),
        "realized_pnl": "0",
        "unrealized_pnl": text(holding.unrealized),
        "entry_price": text(holding.position.entry_price),
    }


def _side(holding: Holding) -> str:
    return "Long" if holding.position.size > 0 else "Short"


def _window(name: str, balance: FuturesBalance) -> dict[str, str]:
    return {
        "margin_window_type": name,
        "margin_level": "MARGIN_LEVEL_TYPE_BASE",
        "initial_margin": text(balance.initial_margin),
        "maintenance_margin": text(balance.liquidation_threshold),
        "liquidation_buffer_percentage": text(balance.liquidation_buffer_percentage),
        "total_hold": text(balance.total_open_orders_hold_amount),
        "futures_buying_power": text(balance.futures_buying_power),
    }
