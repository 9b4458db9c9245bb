"""Market data of Coinbase by WebSocket, in the dialect that the settings name."""

from __future__ import annotations

import time

from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.streaming import (
    CoinbaseStreamingClient,
    Dialect,
    StreamingSettings,
    advanced_trade,
    exchange,
)


def market_stream(
    settings: CoinbaseSettings,
    streaming: StreamingSettings | None = None,
    *,
    seed: int | None = None,
) -> CoinbaseStreamingClient:
    """Return a client of the market-data endpoint, not yet connected. It needs no key, and shows none.

    Args:
        settings: with ``ws_endpoint``.
        streaming: how patient it is, in nominal seconds.
        seed: for the jitter of the back-off.

    Raises:
        ValueError: there is no endpoint, or it is none.
    """
    if not settings.ws_endpoint:
        raise ValueError("there is no endpoint for market data (COINBASE_WS_ENDPOINT)")
    return streaming_client(
        settings.ws_endpoint,
        settings,
        streaming or StreamingSettings(),
        dialect_of(settings, signed=False),
        seed,
    )


def streaming_client(
    url: str,
    settings: CoinbaseSettings,
    streaming: StreamingSettings,
    dialect: Dialect,
    seed: int | None,
) -> CoinbaseStreamingClient:
    """Return a client of an endpoint, which trusts whom the settings trust."""
    ca_file = settings.ca_file if url.startswith("wss://") else None
    return CoinbaseStreamingClient(url, streaming, ca_file=ca_file, seed=seed, dialect=dialect)


def dialect_of(settings: CoinbaseSettings, *, signed: bool) -> Dialect:
    """Return how the endpoints speak; signed, one's own orders can be heard."""
    speak = exchange if settings.dialect == "exchange" else advanced_trade
    if not signed:
        return speak()
    signer = settings.signer()
    return speak(lambda: signer.login(time.time()))
