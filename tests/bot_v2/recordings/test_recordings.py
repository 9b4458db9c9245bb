"""Coinbase's REST API, mocked by answers that the stub gave: the bot's own client understands them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import requests
import responses

from bot_v2.features.brokerages.broker import Unavailable
from bot_v2.features.brokerages.coinbase.brokerage import CoinbaseBrokerage
from bot_v2.features.brokerages.coinbase.rest import RestSettings
from bot_v2.features.brokerages.coinbase.secret import Secret
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from bot_v2.state.recovery.settings import RecoverySettings
from downtick.exchange.auth.keys import make_keys
from tests.bot_v2.recordings.mocked import HOST
from tests.bot_v2.recordings.recording import FILLED, RESTING, kept, record
from tests.exchange.brokerage.site import BALANCES, SECONDS

ACCOUNTS = f"{HOST}/api/v3/brokerage/accounts"


@pytest.fixture
async def broker() -> AsyncIterator[CoinbaseBrokerage]:
    """Return the bot's brokerage, which believes that it talks to Coinbase."""
    key = make_keys().es256
    settings = CoinbaseSettings(
        api_endpoint=HOST, api_key=key.name, api_secret=Secret(key.secret.reveal())
    )
    impatient = RestSettings(call_timeout=0.2, order_timeout=0.2, retry_first=0.1, retry_cap=0.1)
    made = CoinbaseBrokerage(settings, ["BTC-USD", "ETH-USD"], impatient)
    yield made
    await made.close()


async def test_the_stub_still_answers_as_it_was_recorded() -> None:
    """If it was changed on purpose: ``python -m tests.bot_v2.recordings.recording``."""
    assert kept() == await record()


async def test_the_bot_reads_what_was_recorded(
    mock_coinbase_rest_responses: responses.RequestsMock, broker: CoinbaseBrokerage
) -> None:
    """Balances, positions, a quote, the time, orders and fills: as they are in the stub."""
    account = await broker.get_account()
    assert {name: each.total for name, each in account.balances.items()} == BALANCES
    assert await broker.get_positions() == {"BTC-USD": Decimal(2), "ETH-USD": Decimal(20)}
    quote = await broker.get_quote("BTC-USD")
    assert quote.bid < quote.price < quote.ask
    assert 0 <= quote.at - await broker.get_time() < 0.001  # one tells milliseconds
    (open_order,) = await broker.open_orders()
    assert (open_order.client_order_id, open_order.status) == (RESTING.client_order_id, "open")
    assert sum(fill.quantity for fill in await broker.get_fills(SECONDS)) == FILLED.quantity
    assert await broker.find_order(RESTING.client_order_id, SECONDS) is not None
    assert len(mock_coinbase_rest_responses.calls) >= 10


async def test_the_bot_orders_at_what_was_recorded(
    mock_coinbase_rest_responses: responses.RequestsMock, broker: CoinbaseBrokerage
) -> None:
    """It places, looks up and cancels; one order is one request."""
    filled = await broker.place_order(FILLED)
    assert (filled.status, filled.filled) == ("filled", FILLED.quantity)
    resting = await broker.place_order(RESTING)
    assert (resting.status, resting.limit_price) == ("open", RESTING.limit_price)
    await broker.cancel_order(resting.order_id)
    posts = [call for call in mock_coinbase_rest_responses.calls if call.request.method == "POST"]
    assert len(posts) == 3
    assert all("Authorization" in call.request.headers for call in posts)


async def test_nothing_is_ordered_on_a_recorded_price(
    mock_coinbase_rest_responses: responses.RequestsMock, broker: CoinbaseBrokerage
) -> None:
    """A whole bot recovers on recorded answers; but their price is of the day on which they were recorded."""
    bot = (
        PerpsBotBuilder()
        .with_profile("test")
        .with_risk_limits(max_position_btc=10)
        .with_broker(broker)
        .with_settings(recovery=RecoverySettings(ask_every=0.001))
        .build()
    )
    result = await bot.execute_order(symbol="BTC-USD", side="buy", quantity=0.001)
    await bot.shutdown()
    assert result.status == "rejected"
    assert result.rejection_reason is not None
    assert "s ago" in result.rejection_reason
    called = [
        (call.request.method, call.request.path_url) for call in mock_coinbase_rest_responses.calls
    ]
    assert ("POST", "/api/v3/brokerage/orders") not in called


async def test_what_was_not_recorded_is_no_answer(
    mock_coinbase_rest_responses: responses.RequestsMock, broker: CoinbaseBrokerage
) -> None:
    """Nothing leaves the process: the bot meets a connection error, and says so."""
    with pytest.raises(Unavailable):
        await broker.get_order("no such order")
    assert mock_coinbase_rest_responses.calls


def test_the_plans_snippet_of_a_mocked_api() -> None:
    """An answer of one's own, as the test plan has it."""
    with responses.RequestsMock() as mocked:
        account = {"uuid": "123", "available_balance": {"value": "1000"}}
        mocked.add(responses.GET, ACCOUNTS, json={"accounts": [account]}, status=200)
        assert requests.get(ACCOUNTS, timeout=1).json()["accounts"] == [account]
