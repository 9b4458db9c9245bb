"""A session of coinbase-advanced-py: REST always over TLS, the feeds over TLS by choice.

The argument says which key signs: ``ES256`` or ``ED25519``.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections import Counter
from os import environ
from urllib.parse import urlsplit

from coinbase.rest import RESTClient
from coinbase.websocket import WebsocketResponse, WSClient, WSUserClient

from chaos_tests.clients.sessions.talk import tell, wait

PRODUCT = "BTC-USD"
MARKET_CHANNELS = ("candles", "market_trades", "status", "ticker", "ticker_batch", "level2")
USER_CHANNELS = ("user", "futures_balance_summary")
PREFIXES = {"ES256": "DOWNTICK_", "ED25519": "DOWNTICK_ED25519_"}


class Feed:
    """What a feed brought, by channel."""

    def __init__(self) -> None:
        self.frames: Counter[str] = Counter()
        self.orders: dict[str, list[str]] = {}
        self.sequence: list[int] = []

    def take(self, message: str) -> None:
        """Read one message as the library's own types do. An error has no channel, and ends the session."""
        response = WebsocketResponse(json.loads(message))
        self.frames[response.channel] += 1
        self.sequence.append(response.sequence_num)
        if response.channel == "user":
            for event in response.events:
                for order in event.orders or ():
                    self.orders.setdefault(order.order_id, []).append(order.status)

    def has(self, *channels: str) -> bool:
        """Whether each of the channels brought something."""
        return all(self.frames[channel] for channel in channels)


def markets(keys: dict[str, str]) -> None:
    """Subscribe to every channel of the market-data host, wait for each, and leave them all."""
    feed = Feed()
    wss = environ["DOWNTICK_MARKET_WSS_URL"]
    client = WSClient(**keys, base_url=wss, on_message=feed.take)
    client.open()
    client.heartbeats()
    client.subscribe([PRODUCT], list(MARKET_CHANNELS))
    frames = [name if name != "level2" else "l2_data" for name in MARKET_CHANNELS]
    wait(lambda: feed.has("heartbeats", "subscriptions", *frames), f"{frames} in {feed.frames}")
    client.unsubscribe_all()
    client.close()
    client.raise_background_exception()
    tell("market feed", frames=feed.frames, sequence=feed.sequence)


def trade(client: RESTClient, feed: Feed) -> None:
    """Place, look up, edit and cancel an order, and fill another one; the feed tells of each."""
    price = float(client.get_product(PRODUCT).price)
    name = str(uuid.uuid4())
    ticket = {"base_size": "0.01", "limit_price": f"{price / 2:.2f}"}
    preview = client.preview_limit_order_gtc_buy(PRODUCT, **ticket)
    tell("previewed", errors=preview.errs, size=preview.base_size)
    placed = client.limit_order_gtc_buy(name, PRODUCT, **ticket)
    assert placed.success, placed.to_dict()
    number = placed.success_response["order_id"]
    found = client.get_order(number).order
    tell("placed", order_id=number, client_order_id=name, status=found.status)
    again = client.limit_order_gtc_buy(name, PRODUCT, **ticket)
    tell("placed again", order_id=again.success_response["order_id"])

    size, price_now = "0.02", f"{price / 2 - 1:.2f}"
    errors = client.preview_edit_order(number, size, price_now).errors
    tell("edit previewed", errors=[error.to_dict() for error in errors or ()])
    assert client.edit_order(number, size, price_now).success
    now = client.get_order(number).order.order_configuration.limit_limit_gtc
    tell("edited", order_id=number, asked=[size, price_now], found=[now.base_size, now.limit_price])
    listed = client.list_orders(order_status=["OPEN"], product_ids=[PRODUCT, "ETH-USD"], limit=10)
    tell("open orders", order_ids=[order.order_id for order in listed.orders])
    (cancelled,) = client.cancel_orders([number]).results
    assert cancelled.success, cancelled.to_dict()
    tell("cancelled", order_id=number, status=client.get_order(number).order.status)
    (unknown,) = client.cancel_orders([str(uuid.uuid4())]).results
    tell("cancelled nothing", success=unknown.success, reason=unknown.failure_reason)

    bought = client.market_order_buy("", PRODUCT, quote_size="100")
    assert bought.success, bought.to_dict()
    filled = bought.success_response["order_id"]
    tell(
        "filled",
        order_id=filled,
        status=client.get_order(filled).order.status,
        fills=[
            [fill.trade_id, fill.size, fill.price, fill.commission]
            for fill in client.get_fills(order_ids=[filled]).fills
        ],
    )
    refused = client.market_order_buy("", PRODUCT, quote_size="1000000")
    tell("refused", success=refused.success, error=refused.error_response["error"])
    wait(lambda: "CANCELLED" in feed.orders.get(number, ()), f"{number} cancelled in {feed.orders}")
    wait(lambda: "FILLED" in feed.orders.get(filled, ()), f"{filled} filled in {feed.orders}")


def look(client: RESTClient) -> None:
    """Call what else a bot calls."""
    tell("time", iso=client.get_unix_time().iso)
    accounts, cursor = [], None
    while True:
        page = client.get_accounts(limit=1, cursor=cursor)
        accounts += page.accounts
        cursor = page.cursor
        if not page.has_next:
            break
    one = client.get_account(accounts[0].uuid).account
    tell(
        "accounts",
        balances={a.currency: a.available_balance["value"] for a in accounts},
        first=one.currency,
    )
    book = client.get_product_book(PRODUCT, limit=5).pricebook
    public = client.get_public_product_book(PRODUCT, limit=5).pricebook
    best = client.get_best_bid_ask([PRODUCT, "ETH-USD"]).pricebooks
    tell(
        "books", bids=len(book.bids), public=len(public.bids), best=[one.product_id for one in best]
    )
    end = int(client.get_unix_time().epoch_seconds)
    candles = client.get_candles(PRODUCT, str(end - 3600), str(end), "FIVE_MINUTE").candles
    trades = client.get_market_trades(PRODUCT, 10).trades
    products = client.get_products(product_ids=[PRODUCT], get_tradability_status=True).products
    tell(
        "markets",
        candles=len(candles),
        trades=len(trades),
        products=[p.product_id for p in products],
    )
    allowed = client.get_api_key_permissions()
    tell("permissions", view=allowed.can_view, trade=allowed.can_trade)
    tell("fees", maker=client.get_transaction_summary().fee_tier["maker_fee_rate"])
    (portfolio,) = client.get_portfolios().portfolios
    breakdown = client.get_portfolio_breakdown(portfolio.uuid).breakdown
    tell("portfolio", uuid=portfolio.uuid, positions=len(breakdown.spot_positions))
    balance = client.get_futures_balance_summary().balance_summary
    tell(
        "futures",
        currency=balance.total_usd_balance["currency"],
        positions=len(client.list_futures_positions().positions),
    )


def main(kind: str) -> None:
    """Be a bot from its start to its end."""
    prefix = PREFIXES[kind]
    keys = {"api_key": environ[f"{prefix}API_KEY"], "api_secret": environ[f"{prefix}API_SECRET"]}
    host = urlsplit(environ["DOWNTICK_REST_TLS_URL"]).netloc
    client = RESTClient(**keys, base_url=host, timeout=10)
    markets(keys)
    feed = Feed()
    user = WSUserClient(**keys, base_url=environ["DOWNTICK_USER_WSS_URL"], on_message=feed.take)
    user.open()
    user.heartbeats()
    user.subscribe([], list(USER_CHANNELS))
    wait(lambda: feed.has("heartbeats", *USER_CHANNELS), f"{USER_CHANNELS} in {feed.frames}")
    look(client)
    trade(client, feed)
    user.close()
    user.raise_background_exception()
    tell("user feed", frames=feed.frames, orders=feed.orders, sequence=feed.sequence)
    tell("closed")


if __name__ == "__main__":
    main(sys.argv[1])
