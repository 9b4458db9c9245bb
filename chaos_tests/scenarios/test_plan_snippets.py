"""The test plan's snippet of the streaming client, as it stands there, but for its mock: the connection is a real one."""

from __future__ import annotations

import pytest

from bot_v2.features.brokerages.coinbase.streaming import (
    CoinbaseStreamingClient,
    Message,
    StreamingSettings,
)
from chaos_tests.brokerages.trading import everything_told
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.scenario]


@pytest.mark.toxics(arm=("market_ws",))
async def test_connect_subscribe_and_iterate(rig: Rig) -> None:
    """Connected first, subscribed then, and messages simply go on after a reset."""
    client = CoinbaseStreamingClient(
        rig.endpoints.market_wss,
        StreamingSettings(time_scale=rig.time_scale),
        ca_file=rig.endpoints.ca_file,
    )
    await client.connect()
    await client.subscribe(["BTC-USD"])
    messages = []
    async with rig.deadline(30, "messages before and after the reset"):
        async for msg in client.messages():
            if not isinstance(msg, Message):
                continue
            messages.append(msg)
            if len(messages) == 3:
                await rig.inject("market_ws", "reset")
            if msg.connection == 2:
                break
    assert client.is_connected()
    await client.close()
    await everything_told(rig)
    assert len(messages) >= 4
    assert {msg.product_ids for msg in messages} == {("BTC-USD",)}
    assert len(rig.history.select("upgraded")) >= 2  # the initial one, and the reconnect
    assert rig.history.select("closed", how="reset")
