"""Puts a bot together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, Self

from bot_v2.config import PROFILES, BotConfig, ConfigError
from bot_v2.features.brokerages.broker import Broker
from bot_v2.features.brokerages.coinbase.brokerage import CoinbaseBrokerage
from bot_v2.features.brokerages.coinbase.market_stream import market_stream
from bot_v2.features.brokerages.coinbase.rest import RestSettings
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.streaming import StreamingSettings
from bot_v2.features.brokerages.coinbase.user_stream import UserStream
from bot_v2.features.live_trade.risk import (
    LiquidityService,
    LiquiditySettings,
    RiskGateValidator,
)
from bot_v2.features.market_data import MarketDataService, MarketDataSettings
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.line import Attempts
from bot_v2.orchestration.needs import MarketData, OrderNews
from bot_v2.orchestration.no_stream import NoStream
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.settings import OrchestratorSettings
from bot_v2.orchestration.strategy import Reversion
from bot_v2.orchestration.strategy_orchestrator import StrategyOrchestrator
from bot_v2.state.errors import StateError
from bot_v2.state.file import IN_MEMORY
from bot_v2.state.recovery.absence import Wanted, fresh, never
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.recovery.workflow import RecoveryWorkflow
from bot_v2.state.store import StateStore

Number = Decimal | float | str

_QUOTE: Final = "USD"


class PerpsBotBuilder:
    """Puts a bot together from what it is given; what is missing is made as the configuration says.

    Without a broker, one is made from the environment (`CoinbaseSettings.from_environment`), and with it market
    data by stream and REST, and the user's feed for news of orders. A broker that is given brings no market data along: its quotes are the prices, unless
    market data is given too.

    Every method but `build` returns the builder itself.
    """

    def __init__(self) -> None:
        self._config: BotConfig | None = None
        self._limits: dict[str, object] = {}
        self._max_position: dict[str, Decimal] = {}
        self._broker: Broker | None = None
        self._market_data: MarketData | None = None
        self._store: StateStore | None = None
        self._metrics = MetricsCollector()
        self._settings = OrchestratorSettings()
        self._recovery = RecoverySettings()
        self._time_scale: float | None = None

    def with_profile(self, name: str) -> Self:
        """Take a configuration by its name.

        Raises:
            ValueError: there is none of this name.
        """
        if name not in PROFILES:
            raise ValueError(f"no profile {name!r}; there are {', '.join(sorted(PROFILES))}")
        return self.with_config(PROFILES[name])

    def with_config(self, config: BotConfig) -> Self:
        """Take this configuration."""
        self._config = config
        return self

    def with_risk_limits(
        self,
        *,
        max_position_btc: Number | None = None,
        max_position: Mapping[str, Number] | None = None,
        max_order_size: Mapping[str, Number] | None = None,
        max_exposure: Number | None = None,
        max_daily_loss: Number | None = None,
        max_price_age: float | None = None,
    ) -> Self:
        """Change limits of the configuration; see `RiskLimits`.

        Args:
            max_position_btc: the same as a `max_position` of BTC-USD.
            max_position: by symbol.
            max_order_size: by symbol.
            max_exposure: in the quote currency.
            max_daily_loss: in the quote currency.
            max_price_age: nominal seconds.
        """
        if max_position_btc is not None:
            self._max_position[f"BTC-{_QUOTE}"] = Decimal(str(max_position_btc))
        self._max_position.update(_decimals(max_position or {}))
        if max_order_size is not None:
            self._limits["max_order_size"] = _decimals(max_order_size)
        if max_exposure is not None:
            self._limits["max_exposure"] = Decimal(str(max_exposure))
        if max_daily_loss is not None:
            self._limits["max_daily_loss"] = Decimal(str(max_daily_loss))
        if max_price_age is not None:
            self._limits["max_price_age"] = max_price_age
        return self

    def with_broker(self, broker: Broker) -> Self:
        """Trade with this broker."""
        self._broker = broker
        return self

    def with_market_data(self, market_data: MarketData) -> Self:
        """Take prices from here. The bot starts and stops it."""
        self._market_data = market_data
        return self

    def with_store(self, store: StateStore) -> Self:
        """Keep here what must not be forgotten. The bot closes it."""
        self._store = store
        return self

    def with_metrics(self, metrics: MetricsCollector) -> Self:
        """Count here."""
        self._metrics = metrics
        return self

    def with_settings(
        self,
        orchestrator: OrchestratorSettings | None = None,
        recovery: RecoverySettings | None = None,
    ) -> Self:
        """Watch the broker and recover like this; the time scale is the configuration's."""
        self._settings = orchestrator or self._settings
        self._recovery = recovery or self._recovery
        return self

    def with_time_scale(self, time_scale: float) -> Self:
        """Multiply every nominal duration by this, instead of what the configuration says."""
        self._time_scale = time_scale
        return self

    def build(self) -> PerpsBot:
        """Return the bot. Nothing of it runs yet.

        Raises:
            ConfigError: the environment does not tell where the exchange is, or with which keys; or the store cannot
                be opened.
            ValueError: there is no configuration, or a limit is none.
        """
        config = self._config
        if config is None:
            raise ValueError("with_profile or with_config tells what to build")
        scale = config.time_scale if self._time_scale is None else self._time_scale
        changes: dict[str, Any] = {
            "max_position": {**config.risk.max_position, **self._max_position},
            **self._limits,
        }
        limits = replace(config.risk.limits(), **changes)
        broker, market_data = self._broker, self._market_data
        attempts: Attempts | None = None
        order_news: OrderNews | None = None
        wanted: Wanted = never
        recovery = replace(self._recovery, time_scale=scale)
        if broker is None:
            coinbase = _coinbase(config, scale)
            broker, attempts = coinbase[0], _attempts_of(coinbase[0])
            market_data = market_data or _market_data(*coinbase, config, scale, self._metrics)
            order_news = _order_news(coinbase[1], config, scale)
            if coinbase[1].dialect == "advanced_trade":
                wanted = fresh(recovery)
        store = self._store or _store(config)
        orchestrator = StrategyOrchestrator(
            broker=broker,
            store=store,
            recovery=RecoveryWorkflow(broker, store, recovery, self._metrics, wanted=wanted),
            gates=RiskGateValidator(limits, scale),
            liquidity=LiquidityService(LiquiditySettings(time_scale=scale)),
            metrics=self._metrics,
            settings=replace(self._settings, time_scale=scale),
            market_data=market_data,
            strategies={
                symbol: Reversion(strategy.settings(scale))
                for symbol, strategy in config.strategy.items()
            },
            interval=config.interval,
            attempts=attempts,
        )
        return PerpsBot(broker, store, orchestrator, market_data, self._metrics, order_news)


def _coinbase(config: BotConfig, scale: float) -> tuple[CoinbaseBrokerage, CoinbaseSettings]:
    try:
        settings = CoinbaseSettings.from_environment()
    except ValueError as error:
        raise ConfigError(f"environment: {error}") from None
    rest = RestSettings(time_scale=scale)
    return CoinbaseBrokerage(settings, config.symbols, rest), settings


def _store(config: BotConfig) -> StateStore:
    try:
        return StateStore.open(config.state or IN_MEMORY)
    except StateError as error:
        raise ConfigError(f"state: {error}") from None


def _market_data(
    broker: CoinbaseBrokerage,
    coinbase: CoinbaseSettings,
    config: BotConfig,
    scale: float,
    metrics: MetricsCollector,
) -> MarketDataService:
    streaming = StreamingSettings(time_scale=scale)
    stream = market_stream(coinbase, streaming) if coinbase.ws_endpoint else NoStream()
    settings = MarketDataSettings(time_scale=scale)
    return MarketDataService(stream, broker, config.symbols, settings, metrics)


def _order_news(coinbase: CoinbaseSettings, config: BotConfig, scale: float) -> UserStream | None:
    if not coinbase.user_ws_endpoint:
        return None
    return UserStream(coinbase, config.symbols, StreamingSettings(time_scale=scale))


def _attempts_of(broker: CoinbaseBrokerage) -> Attempts:
    counters = broker.client.counters
    return lambda: (counters["requests"], counters["retries"])


def _decimals(values: Mapping[str, Number]) -> dict[str, Decimal]:
    return {symbol: Decimal(str(value)) for symbol, value in values.items()}
