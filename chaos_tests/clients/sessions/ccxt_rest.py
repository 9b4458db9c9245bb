"""A session of ccxt's synchronous client. The argument names the exchange: ``coinbase`` or ``coinbaseexchange``."""

from __future__ import annotations

import sys
from os import environ

import ccxt

from chaos_tests.clients.sessions.ccxt_settings import SYMBOL, fills_of, settings
from chaos_tests.clients.sessions.talk import tell


def look(exchange: ccxt.Exchange) -> float:
    """Call what a bot calls before it trades, and return the price."""
    tell("markets", symbols=sorted(exchange.load_markets()), currencies=sorted(exchange.currencies))
    tell("time", milliseconds=exchange.fetch_time())
    tell("accounts", currencies=sorted(account["code"] for account in exchange.fetch_accounts()))
    tell("balance", free=exchange.fetch_balance()["free"])
    ticker = exchange.fetch_ticker(SYMBOL)
    book = exchange.fetch_order_book(SYMBOL)
    candles = exchange.fetch_ohlcv(SYMBOL, "5m", limit=10)
    tell(
        "prices",
        last=ticker["last"],
        bid=book["bids"][0][0],
        ask=book["asks"][0][0],
        trades=len(exchange.fetch_trades(SYMBOL, limit=10)),
        candles=len(candles),
        tickers=sorted(exchange.fetch_tickers([SYMBOL])),
        fee=exchange.fetch_trading_fees()[SYMBOL]["maker"],
    )
    return float(ticker["last"])


def trade(exchange: ccxt.Exchange, price: float) -> None:
    """Place, look up, edit and cancel an order, and fill another one."""
    placed = exchange.create_order(SYMBOL, "limit", "buy", 0.01, round(price / 2, 2))["id"]
    found = exchange.fetch_order(placed, SYMBOL)
    tell("placed", order_id=placed, client_order_id=found["clientOrderId"], status=found["status"])
    asked = [0.02, round(price / 2 - 1, 2)]
    # Advanced Trade changes the order and answers no id; on Exchange ccxt replaces it by another one.
    number = exchange.edit_order(placed, SYMBOL, "limit", "buy", *asked)["id"] or placed
    found = exchange.fetch_order(number, SYMBOL)
    tell("edited", order_id=number, asked=asked, found=[found["amount"], found["price"]])
    tell("open orders", order_ids=[order["id"] for order in exchange.fetch_open_orders(SYMBOL)])
    exchange.cancel_order(number, SYMBOL)
    tell("open afterwards", order_ids=[o["id"] for o in exchange.fetch_open_orders(SYMBOL)])
    tell("cancelled", order_id=number, status=_status(exchange, number))

    filled = exchange.create_order(SYMBOL, "market", "buy", 0.003, price, {"cost": 100})["id"]
    fills = fills_of(filled, exchange.fetch_my_trades(SYMBOL))
    tell("filled", order_id=filled, status=_status(exchange, filled), fills=fills)
    try:
        exchange.create_order(SYMBOL, "limit", "buy", 3000, round(price / 2, 2))
    except ccxt.InsufficientFunds as error:
        tell("refused", error=type(error).__name__)


def _status(exchange: ccxt.Exchange, number: str) -> object:
    """Return an order's status; Exchange forgets an order of which nothing was filled."""
    try:
        return exchange.fetch_order(number, SYMBOL)["status"]
    except ccxt.OrderNotFound:
        return "canceled"


def other_key() -> None:
    """Sign with the Ed25519 key, which ccxt does over REST."""
    keys = {
        "apiKey": environ["DOWNTICK_ED25519_API_KEY"],
        "secret": environ["DOWNTICK_ED25519_API_SECRET"],
    }
    exchange = ccxt.coinbase({**settings("coinbase"), **keys})
    tell("ed25519", currencies=sorted(account["code"] for account in exchange.fetch_accounts()))


def main(name: str) -> None:
    """Be a bot from its start to its end."""
    exchange = getattr(ccxt, name)(settings(name))
    trade(exchange, look(exchange))
    if name == "coinbase":
        other_key()
    tell("closed")


if __name__ == "__main__":
    main(sys.argv[1])
