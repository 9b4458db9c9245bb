"""The bot's clients before Coinbase's own sandboxes, through the links. Opt-in: see ``.env.sandbox.example``."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from chaos_tests.sandbox.asked import asked
from chaos_tests.sandbox.names import led, links_of
from chaos_tests.sandbox.scenarios import (
    ARMED,
    accounts_are_read_and_a_refused_link_is_told,
    an_order_rests_and_is_cancelled,
    the_stream_comes_back,
)
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.brokerages]

advanced = pytest.mark.real_api("sandbox-advanced")
exchange = pytest.mark.real_api("sandbox-exchange")


@pytest.fixture
def rig() -> Iterator[Rig]:
    """Return links to the sandbox that was asked for. Its time cannot be scaled."""
    topology = asked(os.environ, lambda host, port: True).topology
    arm = tuple(name for name in ARMED if topology == "sandbox-exchange" or name == "rest")
    with Rig(topology=topology, arm=arm) as up, led(links_of(topology, up)):
        yield up


@pytest.fixture
def settings(rig: Rig) -> CoinbaseSettings:
    """Return where the sandbox is, under its own names. One that wants no key is shown a made-up one."""
    key = rig.keys.es256
    made_up = {"COINBASE_API_KEY": key.name, "COINBASE_API_SECRET": key.secret.reveal()}
    given = asked(os.environ, lambda host, port: True).environment
    return CoinbaseSettings.from_environment(made_up | dict(given))


@exchange
async def test_coinbase_sandbox_streaming(rig: Rig, settings: CoinbaseSettings) -> None:
    """Real messages of Coinbase Exchange's sandbox, and again after the link was reset."""
    await the_stream_comes_back(rig, settings)


@exchange
async def test_coinbase_sandbox_orders(rig: Rig, settings: CoinbaseSettings) -> None:
    """A real order that rests, is found again after a reset, and is cancelled."""
    await an_order_rests_and_is_cancelled(rig, settings)


@exchange
async def test_coinbase_sandbox_accounts(rig: Rig, settings: CoinbaseSettings) -> None:
    """Balances with a real key, before and after an outage of the link."""
    await accounts_are_read_and_a_refused_link_is_told(rig, settings)


@advanced
async def test_advanced_trade_sandbox_accounts(rig: Rig, settings: CoinbaseSettings) -> None:
    """The static balances of Advanced Trade's sandbox, before and after an outage of the link."""
    await accounts_are_read_and_a_refused_link_is_told(rig, settings)


@pytest.mark.real_api("sandbox-advanced", "sandbox-exchange")
def test_no_other_name_is_led_anywhere(rig: Rig) -> None:
    """Whatever the bot dials besides, production above all, is unknown in this process."""
    with pytest.raises(socket.gaierror, match="not led anywhere"):
        socket.create_connection(("api.coinbase.com", 443), timeout=1)
