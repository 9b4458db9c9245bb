"""How a bot is put together."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from bot_v2.config import PROFILES, ConfigError
from bot_v2.features.brokerages.coinbase.brokerage import CoinbaseBrokerage
from bot_v2.features.live_trade.risk import RiskLimits
from bot_v2.features.market_data import MarketDataService
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from bot_v2.state.intent import Intent
from bot_v2.state.recovery.workflow import RecoveryWorkflow
from tests.bot_v2.orchestration.desk_parts import BTC
from tests.bot_v2.orchestration.fake_broker import FakeBroker

KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIC8kV3XBxmDZkoCw4XbYKQWnSR2vQXk9vYrLVq0zsmtC
-----END PRIVATE KEY-----
"""


@contextlib.asynccontextmanager
async def built(builder: PerpsBotBuilder) -> AsyncIterator[PerpsBot]:
    """Build a bot, and end it."""
    bot = builder.build()
    try:
        yield bot
    finally:
        await bot.shutdown()


async def limits(builder: PerpsBotBuilder) -> RiskLimits:
    """Return the limits that the gates of its bot go by."""
    async with built(builder) as bot:
        return bot.orchestrator.policy.gates.limits


async def test_limits_of_the_profile_hold_unless_they_are_changed() -> None:
    """Each by itself."""
    builder = PerpsBotBuilder().with_profile("test").with_broker(FakeBroker())
    plain = await limits(builder)
    assert plain == PROFILES["test"].risk.limits()
    changed = await limits(
        builder.with_risk_limits(max_position_btc=0.5, max_price_age=2.0).with_risk_limits(
            max_order_size={BTC: "0.1"}, max_exposure=5000, max_daily_loss=50
        )
    )
    assert changed.max_position == {**plain.max_position, BTC: Decimal("0.5")}
    assert changed.max_order_size == {BTC: Decimal("0.1")}
    assert (changed.max_exposure, changed.max_daily_loss) == (Decimal(5000), Decimal(50))
    assert changed.max_price_age == 2.0


def test_a_limit_that_limits_nothing_is_refused() -> None:
    """By its name."""
    builder = PerpsBotBuilder().with_profile("test").with_broker(FakeBroker())
    with pytest.raises(ValueError, match="max_position BTC-USD"):
        builder.with_risk_limits(max_position={BTC: 0}).build()


def test_a_profile_that_is_none_is_refused_with_those_that_are() -> None:
    """A slip of the hand trades nothing."""
    with pytest.raises(ValueError, match="no profile 'tset'; there are test"):
        PerpsBotBuilder().with_profile("tset")


def test_without_a_configuration_there_is_no_bot() -> None:
    """Nobody trades by chance."""
    with pytest.raises(ValueError, match="with_profile or with_config"):
        PerpsBotBuilder().build()


async def test_a_broker_that_is_given_is_the_bots_own() -> None:
    """A mock stays a mock."""
    broker, metrics = FakeBroker(), MetricsCollector()
    builder = PerpsBotBuilder().with_profile("test").with_broker(broker).with_metrics(metrics)
    async with built(builder) as bot:
        assert bot.broker is broker is bot.orchestrator.broker
        assert bot.metrics is metrics
        assert bot.market_data is None


def test_without_a_broker_the_environment_must_tell_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leads to real money by default."""
    monkeypatch.delenv("COINBASE_API_ENDPOINT", raising=False)
    with pytest.raises(ConfigError, match="environment: COINBASE_API_ENDPOINT is not set"):
        PerpsBotBuilder().with_profile("test").build()


@pytest.fixture
def coinbase(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let the environment tell of an exchange, at which nobody listens."""
    for name, value in {
        "COINBASE_API_ENDPOINT": "https://127.0.0.1:1",
        "COINBASE_API_KEY": "organizations/a/apiKeys/b",
        "COINBASE_API_SECRET": KEY,
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("stream", ["wss://127.0.0.1:1", ""])
async def test_with_an_environment_the_bot_is_whole(
    coinbase: pytest.MonkeyPatch, stream: str
) -> None:
    """Broker and market data, with a stream or without; all of it at the bot's own pace."""
    for name in ("COINBASE_WS_ENDPOINT", "COINBASE_USER_WS_ENDPOINT"):
        coinbase.setenv(name, stream)
    async with built(PerpsBotBuilder().with_profile("test").with_time_scale(0.1)) as bot:
        assert isinstance(bot.broker, CoinbaseBrokerage)
        assert isinstance(bot.market_data, MarketDataService)
        assert (bot._order_news is not None) is bool(stream)
        assert bot.broker.client.settings.call_timeout == pytest.approx(1.5)
        orchestrator = bot.orchestrator
        assert orchestrator.policy.gates._real.max_price_age == pytest.approx(0.5)
        assert orchestrator._settings.watch_interval == pytest.approx(0.2)
        recovery = orchestrator._supervisor._recovery
        assert isinstance(recovery, RecoveryWorkflow)
        assert recovery._settings.ask_every == pytest.approx(0.2)


@pytest.mark.parametrize(("dialect", "again"), [("advanced_trade", True), ("exchange", False)])
async def test_an_order_is_placed_again_only_where_its_name_is_one_order(
    coinbase: pytest.MonkeyPatch, dialect: str, again: bool
) -> None:
    """Coinbase Exchange does not say what becomes of a name that comes twice."""
    coinbase.setenv("COINBASE_DIALECT", dialect)
    if dialect == "exchange":
        coinbase.setenv("COINBASE_API_SECRET", "c2VjcmV0")
        coinbase.setenv("COINBASE_API_PASSPHRASE", "passphrase")
    intent = Intent("a", BTC, "buy", Decimal(1), Decimal(1), 0.0, "unknown")
    async with built(PerpsBotBuilder().with_profile("test")) as bot:
        recovery = bot.orchestrator._supervisor._recovery
        assert isinstance(recovery, RecoveryWorkflow)
        assert recovery._orders._wanted(intent, 1.0) is again


async def test_retries_of_the_brokers_client_reach_the_watch(coinbase: pytest.MonkeyPatch) -> None:
    """What it asks again has failed before."""
    del coinbase
    async with built(PerpsBotBuilder().with_profile("test")) as bot:
        assert isinstance(bot.broker, CoinbaseBrokerage)
        bot.broker.client.counters.update(requests=60, retries=3)
        assert bot.orchestrator._line.health().status == "degraded"


async def test_a_store_that_another_bot_has_is_told(tmp_path: Path) -> None:
    """Two bots on one store would each count half of the orders."""
    config = PROFILES["test"].model_copy(update={"state": tmp_path / "bot.sqlite"})
    builder = PerpsBotBuilder().with_config(config).with_broker(FakeBroker())
    async with built(builder):
        with pytest.raises(ConfigError, match=r"state: .* is in use by another process"):
            builder.build()
