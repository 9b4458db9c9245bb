"""The test plan's own snippets, with its mocked broker: what the bot's interface must look like."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from bot_v2.features.brokerages.broker import Unavailable
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from bot_v2.state.recovery.settings import RecoverySettings

pytestmark = pytest.mark.uses_mock_broker


async def test_position_limit_guardrail_rejects_oversized_order(mock_broker: Any) -> None:
    """At 0.8 BTC of 1.0, half a bitcoin more is refused, counted, and not sent."""
    bot = (
        PerpsBotBuilder()
        .with_profile("test")
        .with_risk_limits(max_position_btc=1.0)
        .with_broker(mock_broker)
        .with_settings(recovery=RecoverySettings(ask_every=0.001))
        .build()
    )
    with patch.object(bot.broker, "get_position", return_value=0.8):
        result = await bot.execute_order(symbol="BTC-USD", side="buy", quantity=0.5)
    assert result.status == "rejected"
    assert result.rejection_reason is not None
    assert "position_limit" in result.rejection_reason
    assert bot.metrics.get_counter("orders_rejected_guardrails") == 1
    mock_broker.place_order.assert_not_called()
    await bot.shutdown()


async def test_broker_outage_enters_degraded_mode(test_perps_bot: PerpsBot) -> None:
    """An account that cannot be read: degraded, monitor only, no orders."""
    orchestrator = test_perps_bot.orchestrator
    with patch.object(orchestrator.broker, "get_account", side_effect=Unavailable("HTTP 503")):
        health = await orchestrator.check_broker_health()
    assert health.status == "degraded"
    assert orchestrator.mode == "monitor_only"
    result = await orchestrator.execute_order(symbol="BTC-USD", side="buy", quantity=0.1)
    assert result.status == "rejected"
    assert result.rejection_reason is not None
    assert "broker_unavailable" in result.rejection_reason


async def test_any_exception_of_the_broker_is_an_outage(test_perps_bot: PerpsBot) -> None:
    """Also one that it should not raise."""
    orchestrator = test_perps_bot.orchestrator
    with patch.object(orchestrator.broker, "get_account", side_effect=OSError("HTTP 503")):
        assert (await orchestrator.check_broker_health()).status == "degraded"
    assert orchestrator.mode == "monitor_only"


async def test_an_order_reaches_the_mocked_broker(test_perps_bot: PerpsBot) -> None:
    """The fixtures fit together."""
    result = await test_perps_bot.execute_order(symbol="BTC-USD", side="buy", quantity=0.1)
    assert result.status == "filled"
    (call,) = test_perps_bot.broker.place_order.call_args_list  # type: ignore[attr-defined]
    assert call.args[0].client_order_id == result.client_order_id


def test_the_mock_has_what_a_broker_has_and_nothing_else(mock_broker: Any) -> None:
    """A method that was renamed is missed, here and not in production."""
    assert not hasattr(mock_broker, "get_balance")
    with pytest.raises(TypeError):
        mock_broker.get_position()
