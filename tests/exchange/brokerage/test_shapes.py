"""Answers have the members that Coinbase's documentation and recorded bodies have, of the same kinds.

Sources of the bodies: Coinbase's documentation (List Orders, List Fills, List Accounts, Get Product Book, Get API Key
Permissions) and bodies that clients recorded (nautilus_trader, crates/adapters/coinbase/test_data).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from downtick.exchange.ledger import Order, Ticket
from tests.exchange.brokerage.site import FUTURE, PERPETUAL, START, Site, limit

ORDER = """{"order_id":"0000-000000-000000","product_id":"BTC-USD","user_id":"2222-000000-000000",
"order_configuration":{"limit_limit_gtc":{"base_size":"0.001","limit_price":"10000.00","post_only":false}},
"side":"BUY","client_order_id":"11111-000000-000000","status":"OPEN","time_in_force":"GOOD_UNTIL_CANCELLED",
"created_time":"2021-05-31T09:59:59Z","completion_percentage":"50","filled_size":"0.001",
"average_filled_price":"50","fee":"","number_of_fills":"2","filled_value":"10000","pending_cancel":false,
"size_in_quote":false,"total_fees":"5.00","size_inclusive_of_fees":false,"total_value_after_fees":"10000",
"trigger_status":"INVALID_ORDER_TYPE","order_type":"LIMIT","reject_reason":"REJECT_REASON_UNSPECIFIED",
"settled":false,"product_type":"SPOT","reject_message":"","cancel_message":"",
"order_placement_source":"RETAIL_ADVANCED","outstanding_hold_amount":"1.00","is_liquidation":false,
"last_fill_time":"2021-05-31T10:30:00Z","edit_history":[{"price":"1","size":"1",
"replace_accept_timestamp":"2021-05-31T10:30:00Z"}],"leverage":"","margin_type":"UNKNOWN_MARGIN_TYPE",
"retail_portfolio_id":"","originating_order_id":"","attached_order_id":"","attached_order_configuration":null}"""

FILL = """{"entry_id":"22222-2222222-22222222","trade_id":"1111-11111-111111","order_id":"0000-000000-000000",
"trade_time":"2024-01-15T10:30:00Z","trade_type":"FILL","price":"45123.45","size":"0.005","commission":"1.14",
"product_id":"BTC-USD","sequence_timestamp":"2024-01-15T10:30:00.123456Z","liquidity_indicator":"MAKER",
"size_in_quote":false,"user_id":"3333-333333-3333333","side":"BUY","retail_portfolio_id":""}"""

ACCOUNT = """{"uuid":"8bfc20d7","name":"BTC Wallet","currency":"BTC","available_balance":{"value":"1.23",
"currency":"BTC"},"default":false,"active":true,"created_at":"2021-05-31T09:59:59.000Z","updated_at":"...",
"deleted_at":null,"type":"ACCOUNT_TYPE_CRYPTO","ready":true,"hold":{"value":"0","currency":"BTC"},
"retail_portfolio_id":"b87a","platform":"ACCOUNT_PLATFORM_CONSUMER"}"""

PRODUCT = """{"product_id":"BTC-USD","price":"68923.67","price_percentage_change_24h":"-0.28560028286595",
"volume_24h":"11005.02587005","volume_percentage_change_24h":"164.92748862719962","base_increment":"0.00000001",
"quote_increment":"0.01","quote_min_size":"1","quote_max_size":"150000000","base_min_size":"0.00000001",
"base_max_size":"3400","base_name":"Bitcoin","quote_name":"US Dollar","watched":false,"is_disabled":false,
"new":false,"status":"online","cancel_only":false,"limit_only":false,"post_only":false,"trading_disabled":false,
"auction_mode":false,"product_type":"SPOT","quote_currency_id":"USD","base_currency_id":"BTC",
"fcm_trading_session_details":null,"mid_market_price":"","alias":"","alias_to":[],"base_display_symbol":"BTC",
"quote_display_symbol":"USD","view_only":false,"price_increment":"0.01","display_name":"BTC-USD",
"product_venue":"CBE","approximate_quote_24h_volume":"758506771.41","new_at":"2023-01-01T00:00:00Z",
"market_cap":"","base_cbrn":"","quote_cbrn":"","product_cbrn":"","icon_color":"","icon_url":"",
"display_name_overwrite":"","is_alpha_testing":false,"about_description":"","best_bid_price":"",
"best_ask_price":""}"""

CONTRACT = """{"venue":"cde","contract_code":"BIT","contract_expiry":"2026-04-24T15:00:00Z",
"contract_size":"0.01","contract_root_unit":"BTC","group_description":"","contract_expiry_timezone":"",
"group_short_description":"","risk_managed_by":"MANAGED_BY_FCM","contract_expiry_type":"EXPIRING",
"perpetual_details":{"open_interest":"35445","funding_rate":"","funding_time":null,"max_leverage":"",
"base_asset_uuid":"","underlying_type":""},"contract_display_name":"BTC 24 APR 26","time_to_expiry_ms":null,
"non_crypto":false,"contract_expiry_name":"2026-04","twenty_four_by_seven":true,"funding_interval":null,
"open_interest":"35445","funding_rate":"","funding_time":null,"display_name":"x","region_enabled":{},
"intraday_margin_rate":{"long_margin_rate":"0.09","short_margin_rate":"0.1"},
"overnight_margin_rate":{"long_margin_rate":"0.23","short_margin_rate":"0.28"},"settlement_price":"69970",
"futures_asset_type":"FUTURES_ASSET_TYPE_CRYPTO","index_price":"","contract_code_display_name":"",
"product_group_cbrn":""}"""

BOOK = """{"pricebook":{"product_id":"BTC-USD","bids":[{"price":"68923.66","size":"0.17"}],
"asks":[{"price":"68923.67","size":"0.17"}],"time":"2026-04-07T00:28:59.662782Z"},"last":"68923.665",
"mid_market":"68923.665","spread_bps":"0.00145","spread_absolute":"0.01"}"""

TRADES = """{"trades":[{"trade_id":"995098663","product_id":"BTC-USD","price":"68923.67","size":"0.00064",
"time":"2026-04-07T00:28:58.544778Z","side":"SELL","bid":"","ask":"","exchange":"coinbase"}],
"best_bid":"68923.66","best_ask":"68923.67"}"""

PREVIEW = """{"order_total":"1","commission_total":"1","errs":[],"warning":[],"quote_size":"1","base_size":"1",
"best_bid":"1","best_ask":"1","is_max":false,"order_margin_total":"0","leverage":"","long_leverage":"",
"short_leverage":"","slippage":"0","preview_id":"x","current_liquidation_buffer":"",
"projected_liquidation_buffer":"","max_leverage":"","pnl_configuration":null,"average_filled_price":"1"}"""

SUMMARY = """{"total_volume":1.5,"total_fees":1.5,"fee_tier":{"pricing_tier":"","usd_from":"0","usd_to":"10000",
"taker_fee_rate":"0.006","maker_fee_rate":"0.004","aop_from":"","aop_to":""},"margin_rate":null,
"goods_and_services_tax":null,"advanced_trade_only_volume":1.5,"advanced_trade_only_fees":1.5,
"coinbase_pro_volume":0,"coinbase_pro_fees":0,"total_balance":"","has_promo_fee":false}"""

POSITION = """{"product_id":"x","expiration_time":"2026-12-26T16:00:00Z","side":"LONG","number_of_contracts":"1",
"current_price":"1","avg_entry_price":"1","unrealized_pnl":"1","daily_realized_pnl":"0"}"""

BALANCE = """{"product_id":"x","product_uuid":"x","portfolio_uuid":"x","symbol":"x","vwap":{"value":"1",
"currency":"USDC"},"entry_vwap":{"value":"1","currency":"USDC"},"position_side":"POSITION_SIDE_LONG",
"margin_type":"MARGIN_TYPE_CROSS","net_size":"1","buy_order_size":"0","sell_order_size":"0",
"im_contribution":"0","unrealized_pnl":{"value":"1","currency":"USDC"},"mark_price":{"value":"1",
"currency":"USDC"},"liquidation_price":{"value":"1","currency":"USDC"},"leverage":"1","im_notional":{"value":"1",
"currency":"USDC"},"mm_notional":{"value":"1","currency":"USDC"},"position_notional":{"value":"1",
"currency":"USDC"},"aggregated_pnl":{"value":"1","currency":"USDC"}}"""


def lived() -> Site:
    """Return a site that has something of everything."""
    site = Site(events=200)
    order_id = site.placed("a", limit_limit_gtc=limit(post_only=False))
    site.ask("POST /orders/edit", {"order_id": order_id, "price": "10001", "size": "0.001"})
    site.placed("b", market_market_ioc={"quote_size": "100"})
    site.placed("c", "BUY", FUTURE, market_market_ioc={"base_size": "1"})
    site.placed("d", "BUY", PERPETUAL, market_market_ioc={"base_size": "0.01"})
    return site


SITE = lived()
OURS = SITE.venue.identity.portfolio_id


def differences(ours: Any, theirs: Any, at: str = "$") -> Iterator[str]:
    """Tell where two bodies differ in members or kinds; the first of a list stands for all."""
    if theirs is None or ours is None:
        return
    if type(ours) is not type(theirs) and {type(ours), type(theirs)} != {int, float}:
        yield f"{at}: {ours!r} where Coinbase has {theirs!r}"
    elif isinstance(theirs, dict):
        if at.endswith("order_configuration"):
            return
        yield from (f"{at}.{name}: missing" for name in theirs.keys() - ours.keys())
        yield from (f"{at}.{name}: unheard of" for name in ours.keys() - theirs.keys())
        for name in theirs.keys() & ours.keys():
            yield from differences(ours[name], theirs[name], f"{at}.{name}")
    elif isinstance(theirs, list) and theirs:
        yield from (d for one in ours for d in differences(one, theirs[0], f"{at}[]"))


def last(line: str, *members: str, body: Any = None) -> Any:
    """Return a part of an answer; of a list, its last."""
    told = SITE.ask(line, body)
    for member in members:
        told = told[member]
        told = told[-1] if isinstance(told, list) else told
    return told


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (last("GET /orders/historical/batch", "orders"), ORDER),
        (SITE.ask("GET /orders/historical/batch?limit=1")["orders"][0], ORDER),
        (last("GET /orders/historical/fills", "fills"), FILL),
        (last("GET /accounts", "accounts"), ACCOUNT),
        (SITE.ask("GET /products/BTC-USD"), PRODUCT),
        (last(f"GET /products/{FUTURE}", "future_product_details"), CONTRACT),
        (last(f"GET /products/{PERPETUAL}", "future_product_details"), CONTRACT),
        (SITE.ask("GET /product_book?product_id=BTC-USD"), BOOK),
        (SITE.ask("GET /products/BTC-USD/ticker"), TRADES),
        (SITE.ask("POST /orders/preview", {"product_id": "BTC-USD", "side": "BUY"}), PREVIEW),
        (SITE.ask("GET /transaction_summary"), SUMMARY),
        (last("GET /cfm/positions", "positions"), POSITION),
        (last(f"GET /intx/positions/{OURS}", "positions"), BALANCE),
    ],
)
def test_members_and_kinds_are_coinbases(ours: Any, theirs: str) -> None:
    """None missing, none made up, strings where Coinbase has strings."""
    assert list(differences(ours, json.loads(theirs))) == []


def told(order: Order) -> Any:
    """Return an order as the API tells it."""
    site = Site()
    site.venue.ledger.state.orders[order.order_id] = order
    return site.ask(f"GET /orders/historical/{order.order_id}")["order"]


def kept(status: Any, **more: Any) -> Order:
    """Return an order in a state."""
    ticket = Ticket(
        client_order_id="mine", product_id="BTC-USD", side="BUY", configuration="limit_limit_gtc"
    )
    return Order(order_id="id", ticket=ticket, status=status, created=START, **more)


@pytest.mark.parametrize(
    ("order", "members"),
    [
        (kept("OPEN"), {"pending_cancel": False, "settled": False, "cancel_message": ""}),
        (kept("CANCEL_QUEUED"), {"pending_cancel": True, "settled": False}),
        (
            kept("FILLED", last_fill=START),
            {"settled": True, "last_fill_time": "2026-09-30T02:37:15.057778Z"},
        ),
        (kept("CANCELLED", reason="why"), {"cancel_message": "why", "reject_message": ""}),
        (kept("FAILED", reason="why"), {"cancel_message": "", "reject_message": "why"}),
    ],
)
def test_an_orders_state_shows_in_its_members(order: Order, members: dict[str, Any]) -> None:
    """Whether it is being cancelled, is settled, and why it is over."""
    assert told(order).items() >= members.items()


def test_money_sized_orders_say_so() -> None:
    """A market buy in dollars is sized in the quote currency, fees included."""
    order = SITE.ask("GET /orders/historical/batch?order_types=MARKET&product_ids=BTC-USD")[
        "orders"
    ][0]
    assert (order["size_in_quote"], order["size_inclusive_of_fees"]) == (True, True)
    assert order["order_configuration"] == {"market_market_ioc": {"quote_size": "100"}}
    assert order["completion_percentage"].rstrip("0") == "100."


def test_no_more_than_five_edits_are_shown() -> None:
    """The last ones (docs: List Orders)."""
    site = Site()
    order_id = site.placed("mine", limit_limit_gtc=limit())
    for price in range(10_001, 10_009):
        change = {"order_id": order_id, "price": str(price), "size": "0.001"}
        assert site.ask("POST /orders/edit", change)["success"]
    edits = site.ask(f"GET /orders/historical/{order_id}")["order"]["edit_history"]
    assert [edit["price"] for edit in edits] == ["10004", "10005", "10006", "10007", "10008"]
