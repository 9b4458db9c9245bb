"""Orders and fills of the past and of the present."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final, get_args

from downtick.exchange import order_words
from downtick.exchange.brokerage import shapes
from downtick.exchange.brokerage.paging import page
from downtick.exchange.brokerage.request import Asked, Declined, data
from downtick.exchange.error_bodies import Answer, v3_error
from downtick.exchange.ledger import Fill, LedgerState, Order, Status

_MOST_ORDERS: Final = 1000
_MOST_FILLS: Final = 1000
_FILLS: Final = 100

_STATUSES: Final = (*get_args(Status), "UNKNOWN_ORDER_STATUS")
_TYPES: Final = (
    "UNKNOWN_ORDER_TYPE",
    "MARKET",
    "LIMIT",
    "STOP",
    "STOP_LIMIT",
    "BRACKET",
    "TWAP",
    "ROLL_OPEN",
    "ROLL_CLOSE",
    "LIQUIDATION",
    "SCALED",
)
_TIMES_IN_FORCE: Final = (
    "UNKNOWN_TIME_IN_FORCE",
    "GOOD_UNTIL_DATE_TIME",
    "GOOD_UNTIL_CANCELLED",
    "IMMEDIATE_OR_CANCEL",
    "FILL_OR_KILL",
)
_PRODUCT_TYPES: Final = ("UNKNOWN_PRODUCT_TYPE", "SPOT", "FUTURE")
_SIDES: Final = ("UNKNOWN_ORDER_SIDE", "BUY", "SELL")
_SOURCES: Final = (
    "UNKNOWN_PLACEMENT_SOURCE",
    "RETAIL_SIMPLE",
    "RETAIL_ADVANCED",
)
_SORTED_BY: Final = ("UNKNOWN_SORT_BY", "LIMIT_PRICE", "LAST_FILL_TIME", "LAST_UPDATE_TIME")
_FILLS_SORTED_BY: Final = ("UNKNOWN_SORT_BY", "PRICE", "TRADE_TIME")


def batch(asked: Asked) -> Answer:
    """Answer ``/orders/historical/batch``: newest first, filtered, in pages.

    ``order_status=OPEN`` finds orders that are open and nothing else: those that are pending or queued are not,
    though they can still be cancelled.
    """
    state, venue = asked.venue.ledger.state, asked.venue
    limit = min(asked.whole("limit", _MOST_ORDERS), _MOST_ORDERS)
    wanted = _orders_wanted(asked, state)
    orders = _sorted_orders(state, asked.choice("sort_by", _SORTED_BY))
    found, cursor = page(orders, asked.one("cursor"), limit, lambda order: order.order_id, wanted)
    told = [
        shapes.order(order, state.products[order.ticket.product_id], venue.identity)
        for order in found
    ]
    return data(
        {
            "orders": told,
            "sequence": "0",
            "has_next": bool(cursor),
            "cursor": cursor,
            "proof_token_required": False,
        }
    )


def one(asked: Asked) -> Answer:
    """Answer ``/orders/historical/{order_id}``."""
    state = asked.venue.ledger.state
    order = state.orders.get(asked.names[0])
    if order is None:
        words = "order with this orderID was not found"
        raise Declined(v3_error(404, words, error="unknown"))
    product = state.products[order.ticket.product_id]
    return data({"order": shapes.order(order, product, asked.venue.identity)})


def fills(asked: Asked) -> Answer:
    """Answer ``/orders/historical/fills``: newest first, filtered, in pages. An empty cursor is the end."""
    state = asked.venue.ledger.state
    limit = min(asked.whole("limit", _FILLS), _MOST_FILLS)
    wanted = _fills_wanted(asked)
    sort_by = asked.choice("sort_by", _FILLS_SORTED_BY)
    newest: Iterable[Fill] = reversed(state.fills)
    if sort_by == "PRICE":
        newest = sorted(newest, key=lambda fill: fill.price, reverse=True)
    found, cursor = page(newest, asked.one("cursor"), limit, lambda fill: str(fill.number), wanted)
    told = [shapes.fill(fill, asked.venue.identity) for fill in found]
    return data({"fills": told, "cursor": cursor})


def _orders_wanted(asked: Asked, state: LedgerState) -> Callable[[Order], bool]:
    """Return the filter of a query; each parameter that it has must be met."""
    ids, products = asked.many("order_ids"), asked.many("product_ids", "product_id")
    statuses = asked.choices(_STATUSES, "order_status")
    types = asked.choices(_TYPES, "order_types", "order_type")
    times = asked.choices(_TIMES_IN_FORCE, "time_in_forces")
    side, assets = asked.choice("order_side", _SIDES), asked.many("asset_filters")
    product_type = asked.choice("product_type", _PRODUCT_TYPES)
    source = asked.choice("order_placement_source", _SOURCES)
    portfolio = asked.one("retail_portfolio_id")
    start, end = asked.time("start_date"), asked.time("end_date")
    nothing = source == "RETAIL_SIMPLE" or portfolio not in {
        "",
        asked.venue.identity.portfolio_id,
    }

    def wanted(order: Order) -> bool:
        ticket = order.ticket
        product = state.products[ticket.product_id]
        return not nothing and (
            _in(order.order_id, ids)
            and _in(ticket.product_id, products)
            and _in(order.status, statuses)
            and _in(order_words.order_type(order), types)
            and _in(order_words.time_in_force(order), times)
            and side in {"", "UNKNOWN_ORDER_SIDE", ticket.side}
            and product_type in {"", "UNKNOWN_PRODUCT_TYPE", product.product_type}
            and (
                not assets or not {product.base_currency, product.quote_currency}.isdisjoint(assets)
            )
            and _between(order.created, start, end)
        )

    return wanted


def _fills_wanted(asked: Asked) -> Callable[[Fill], bool]:
    orders, trades = asked.many("order_ids", "order_id"), asked.many("trade_ids")
    products = asked.many("product_ids", "product_id")
    start, end = asked.time("start_sequence_timestamp"), asked.time("end_sequence_timestamp")
    portfolio = asked.one("retail_portfolio_id")
    ours = portfolio in {"", asked.venue.identity.portfolio_id}

    def wanted(fill: Fill) -> bool:
        return ours and (
            _in(fill.order_id, orders)
            and _in(fill.trade_id, trades)
            and _in(fill.product_id, products)
            and _between(fill.at, start, end)
        )

    return wanted


def _sorted_orders(state: LedgerState, sort_by: str) -> Iterable[Order]:
    newest = reversed(state.orders.values())
    if sort_by == "LIMIT_PRICE":
        return sorted(newest, key=lambda o: o.ticket.limit_price or Decimal(0), reverse=True)
    if sort_by == "LAST_FILL_TIME":
        return sorted(newest, key=lambda order: order.last_fill or 0, reverse=True)
    if sort_by == "LAST_UPDATE_TIME":
        return sorted(newest, key=lambda order: order.last_fill or order.created, reverse=True)
    return newest


def _in(value: str, allowed: Sequence[str]) -> bool:
    return not allowed or value in allowed


def _between(at: int, start: int | None, end: int | None) -> bool:
    """Return whether an instant is not before the start and before the end."""
    return (start is None or start <= at) and (end is None or at < end)
