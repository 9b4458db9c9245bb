"""The market data service under test, and what belongs to it, made for a rig."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot_v2.features.brokerages.coinbase.brokerage import CoinbaseBrokerage
from bot_v2.features.brokerages.coinbase.rest import RestSettings
from bot_v2.features.brokerages.coinbase.secret import Secret
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.streaming import CoinbaseStreamingClient, StreamingSettings
from bot_v2.features.market_data import MarketDataService, MarketDataSettings
from bot_v2.metrics import MetricsCollector
from downtick.rig import Rig


@dataclass(frozen=True)
class Desk:
    """What is under test, and what belongs to it."""

    service: MarketDataService
    broker: CoinbaseBrokerage
    metrics: MetricsCollector


Make = Callable[[Rig, Sequence[str]], Desk]
"""Makes the service under test for a rig."""


def made(
    rig: Rig,
    symbols: Sequence[str],
    kind: type[MarketDataService] = MarketDataService,
    **settings: Any,
) -> Desk:
    """Make a service of a kind, over TLS, at the rig's time scale."""
    endpoints, scale = rig.endpoints, rig.time_scale
    stream = CoinbaseStreamingClient(
        endpoints.market_wss,
        StreamingSettings(time_scale=scale),
        ca_file=endpoints.ca_file,
        seed=rig.seed,
    )
    coinbase = CoinbaseSettings(
        api_endpoint=endpoints.rest_tls,
        api_key=endpoints.keys.es256.name,
        api_secret=Secret(endpoints.keys.es256.secret.reveal()),
        ca_file=endpoints.ca_file,
    )
    broker = CoinbaseBrokerage(coinbase, symbols, RestSettings(time_scale=scale), seed=rig.seed)
    metrics = MetricsCollector()
    chosen = MarketDataSettings(time_scale=scale, **settings)
    return Desk(kind(stream, broker, symbols, chosen, metrics, seed=rig.seed), broker, metrics)


def sound(rig: Rig, symbols: Sequence[str]) -> Desk:
    """Make the service as it is."""
    return made(rig, symbols)
