"""The shared fixtures of the test plan, with a mocked broker."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal
from typing import Any
from unittest.mock import create_autospec

import pytest
import responses

from bot_v2.features.brokerages.broker import (
    Account,
    Balance,
    Broker,
    OrderReport,
    OrderRequest,
    Quote,
)
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from bot_v2.state.recovery.settings import RecoverySettings
from tests.bot_v2.recordings.mocked import register


@pytest.fixture
def mock_broker() -> Any:
    """Return a mock of the `Broker` protocol: 1,000 dollars, nothing held, every order filled at 50,000.

    What it answers can be set by method, as of any mock. All positions follow from `get_position`.
    """
    broker = create_autospec(Broker, instance=True, spec_set=True)
    dollars = {"USD": Balance(available=Decimal(1000), hold=Decimal(0))}
    broker.get_account.return_value = Account(balances=dollars)
    broker.get_position.return_value = Decimal(0)
    broker.open_orders.return_value = []
    broker.get_fills.return_value = []
    broker.get_order.return_value = None
    broker.find_order.return_value = None

    async def get_positions() -> Mapping[str, Decimal]:
        position = Decimal(str(await broker.get_position("BTC-USD")))
        return {"BTC-USD": position} if position else {}

    async def get_quote(symbol: str) -> Quote:
        price = Decimal(50_000)
        return Quote(symbol, price, price - 5, price + 5, time.time())

    async def place_order(request: OrderRequest) -> OrderReport:
        return OrderReport(
            order_id=f"order of {request.client_order_id}",
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            quantity=request.quantity,
            filled=request.quantity,
            average_price=Decimal(50_000),
            status="filled",
        )

    broker.get_positions.side_effect = get_positions
    broker.get_quote.side_effect = get_quote
    broker.place_order.side_effect = place_order
    return broker


@pytest.fixture
async def test_perps_bot(mock_broker: Any) -> AsyncIterator[PerpsBot]:
    """Return a bot that trades with the mocked broker, and end it."""
    bot = (
        PerpsBotBuilder()
        .with_profile("test")
        .with_broker(mock_broker)
        .with_settings(recovery=RecoverySettings(ask_every=0.001))
        .build()
    )
    yield bot
    await bot.shutdown()


@pytest.fixture
def mock_coinbase_rest_responses() -> Iterator[responses.RequestsMock]:
    """Return Coinbase's REST API, mocked by answers that the stub exchange gave; what it was not asked is refused."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        register(mocked)
        yield mocked
