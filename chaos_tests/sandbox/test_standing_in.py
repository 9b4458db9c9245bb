"""The path to a sandbox, with the stub standing in under the sandbox's names.

Resolver and certificate authority are overridden for this process alone. The links, the names in TLS and what the
clients are asked to do are those of the real thing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot_v2.features.brokerages.broker import NotDone
from bot_v2.features.brokerages.coinbase.market_stream import market_stream
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.streaming import StreamingSettings
from chaos_tests.brokerages.trading import environment, everything_told
from chaos_tests.sandbox.asked import asked
from chaos_tests.sandbox.names import led, links_of
from chaos_tests.sandbox.scenarios import (
    ARMED,
    accounts_are_read_and_a_refused_link_is_told,
    an_order_rests_and_is_cancelled,
    the_stream_comes_back,
    trading,
)
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]

ADVANCED = "https://api-sandbox.coinbase.com"
EXCHANGE = "https://api-public.sandbox.exchange.coinbase.com"


def standing_in(dialect: str) -> pytest.MarkDecorator:
    """Let the stub speak as the sandbox does."""
    return pytest.mark.toxics(arm=ARMED, exchange={"dialect": dialect})


@pytest.fixture
def settings(rig: Rig) -> Iterator[CoinbaseSettings]:
    """Return where the sandbox is said to be, with the stub's keys and the rig's authority; lead its names here."""
    dialect = "exchange" if rig.endpoints.rest.count("/") == 2 else "advanced_trade"
    told = environment(rig, dialect)
    keys = {name: value for name, value in told.items() if "_API_" in name}
    wanted = asked(
        keys | {"COINBASE_API_ENDPOINT": EXCHANGE if dialect == "exchange" else ADVANCED},
        lambda host, port: True,
    )
    trusted = {"COINBASE_CA_FILE": rig.endpoints.ca_file}
    with led(links_of(wanted.topology, rig)):
        yield CoinbaseSettings.from_environment(keys | dict(wanted.environment) | trusted)


def called(rig: Rig) -> set[tuple[str, Any]]:
    """Return by which names TLS sessions called the exchange, and at which door."""
    doors = {event["conn"]: event["listener"] for event in rig.history.select("accepted")}
    return {(doors[event["conn"]], event["called"]) for event in rig.history.select("tls")}


@standing_in("exchange")
async def test_the_stream_comes_back_under_the_sandboxs_name(
    rig: Rig, settings: CoinbaseSettings
) -> None:
    """Its clients dial, ask for and check that name, before the reset and after it."""
    await the_stream_comes_back(rig, settings)
    assert called(rig) == {("market_ws", "ws-feed-public.sandbox.exchange.coinbase.com")}
    assert len(rig.history.select("tls")) == 2
    assert rig.history.select("closed")[0]["how"] == "reset"


@standing_in("exchange")
async def test_orders_and_accounts_of_the_exchange_sandbox(
    rig: Rig, settings: CoinbaseSettings
) -> None:
    """Signed for, over the link, and the ledger has the order once."""
    await an_order_rests_and_is_cancelled(rig, settings)
    await accounts_are_read_and_a_refused_link_is_told(rig, settings)
    await everything_told(rig)
    assert called(rig) == {("rest", urlsplit(EXCHANGE).hostname)}
    assert len(rig.history.select("ledger", change="accepted")) == 1


@standing_in("advanced_trade")
async def test_accounts_of_the_advanced_trade_sandbox(rig: Rig, settings: CoinbaseSettings) -> None:
    """REST is all that it has."""
    await accounts_are_read_and_a_refused_link_is_told(rig, settings)
    assert called(rig) == {("rest", urlsplit(ADVANCED).hostname)}
    assert settings.ws_endpoint == ""


@standing_in("exchange")
async def test_a_certificate_of_somebody_else_is_refused(
    rig: Rig, settings: CoinbaseSettings
) -> None:
    """Led to the right link under a name that is not in its certificate, neither client says a word."""
    stranger = "sandbox.example"
    strange = replace(settings, api_endpoint=f"https://{stranger}", ws_endpoint=f"wss://{stranger}")
    for link in ("rest", "market_ws"):
        with led({stranger: rig.endpoints.addresses[link]}) as names:
            if link == "rest":
                async with trading(rig, strange) as broker:
                    with pytest.raises(NotDone, match="certificate"):
                        await broker.get_account()
            else:
                client = market_stream(strange, StreamingSettings(time_scale=rig.time_scale))
                await refused(rig, client)
        assert set(names) == {stranger}
    await everything_told(rig)
    assert rig.history.select("request") == []
    assert rig.history.select("upgraded") == []


async def refused(rig: Rig, client: Any) -> None:
    """See that a client is refused by TLS, and by nothing else."""
    connecting = asyncio.create_task(client.connect())
    async with rig.deadline(30, "TLS refuses"):
        while not client.stats.losses.get("tls"):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    connecting.cancel()
    await client.close()
    assert set(client.stats.losses) == {"tls"}


@standing_in("exchange")
def test_no_other_name_is_led_anywhere(rig: Rig, settings: CoinbaseSettings) -> None:
    """Production is unknown in this process, and so is the sandbox on another port."""
    for host, port in (("api.coinbase.com", 443), (urlsplit(EXCHANGE).hostname, 80)):
        with pytest.raises(socket.gaierror, match="not led anywhere"):
            socket.create_connection((host, port), timeout=1)
