"""How ccxt is pointed at a local exchange, and what of a fill every session tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import environ
from typing import Any
from urllib.parse import urlsplit

SYMBOL = "BTC/USD"


def settings(exchange: str) -> dict[str, Any]:
    """Return the settings of one of ccxt's exchanges: ``coinbase`` or ``coinbaseexchange``."""
    trusted = {
        "cafile": environ["DOWNTICK_CA_FILE"],  # ccxt.async_support and ccxt.pro
        "requests_trust_env": True,  # ccxt without async: it reads REQUESTS_CA_BUNDLE then
    }
    host = "https://" + urlsplit(environ["DOWNTICK_REST_TLS_URL"]).netloc
    feed = environ["DOWNTICK_MARKET_WSS_URL"]
    if exchange == "coinbase":
        return {
            **trusted,
            "apiKey": environ["DOWNTICK_API_KEY"],
            "secret": environ["DOWNTICK_API_SECRET"],
            "urls": {"api": {"rest": host, "ws": feed}},
        }
    return {
        **trusted,
        "apiKey": environ["DOWNTICK_EXCHANGE_API_KEY"],
        "secret": environ["DOWNTICK_EXCHANGE_API_SECRET"],
        "password": environ["DOWNTICK_EXCHANGE_API_PASSPHRASE"],
        "urls": {"api": {"public": host, "private": host, "ws": feed}},
    }


def fills_of(order_id: str, trades: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Return what a session tells of an order's fills."""
    return [
        [trade["id"], trade["amount"], trade["price"], trade["fee"]["cost"]]
        for trade in trades
        if trade["order"] == order_id
    ]
