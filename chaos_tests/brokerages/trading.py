"""The brokerage under test on a rig, in both dialects, and what the exchange's ledger says of its orders."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import OrderReport, OrderRequest, Side
from bot_v2.features.brokerages.coinbase.brokerage import CoinbaseBrokerage
from bot_v2.features.brokerages.coinbase.rest import RestSettings
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from downtick.exchange.auth.keys import JwtKey
from downtick.history import Event
from downtick.rig import Rig

SYMBOLS = ("BTC-USD", "ETH-USD")
ORDERS = "POST /orders"


def in_dialects(
    *names: str, arm: tuple[str, ...] = (), expect: Sequence[Any] = (), **exchange: Any
) -> pytest.MarkDecorator:
    """Run a test in each of these dialects; in both, if none is named.

    Args:
        names: of dialects.
        arm: links that may reset; every close of theirs is a reset then.
        expect: checks by which the test's verdict is made.
        exchange: settings of the rig's exchange.
    """
    return pytest.mark.parametrize(
        "dialect",
        [
            pytest.param(
                name,
                marks=pytest.mark.toxics(
                    arm=arm, expect=expect, exchange={"dialect": name, **exchange}
                ),
            )
            for name in names or ("advanced_trade", "exchange")
        ],
    )


def environment(rig: Rig, dialect: str, key: JwtKey | None = None) -> dict[str, str]:
    """Return the variables by which the bot is told where Coinbase is, and who it is there.

    Args:
        rig: has both.
        dialect: of the exchange.
        key: of Advanced Trade, instead of the usual one.
    """
    ends = rig.endpoints
    told = {
        "COINBASE_DIALECT": dialect,
        "COINBASE_API_ENDPOINT": ends.rest_tls,
        "COINBASE_WS_ENDPOINT": ends.market_wss,
        "COINBASE_USER_WS_ENDPOINT": ends.user_wss,
        "COINBASE_CA_FILE": ends.ca_file,
    }
    if dialect == "exchange":
        theirs = rig.keys.exchange
        return told | {
            "COINBASE_API_KEY": theirs.key,
            "COINBASE_API_SECRET": theirs.secret.reveal(),
            "COINBASE_API_PASSPHRASE": theirs.passphrase.reveal(),
        }
    ours = key or rig.keys.es256
    return told | {
        "COINBASE_API_KEY": ours.name,
        "COINBASE_API_SECRET": ours.secret.reveal(),
    }


@contextlib.asynccontextmanager
async def trading(
    rig: Rig,
    dialect: str,
    *,
    symbols: Sequence[str] = SYMBOLS,
    key: JwtKey | None = None,
    **patience: Any,
) -> AsyncIterator[CoinbaseBrokerage]:
    """Bring the brokerage up over TLS, at the rig's time scale, and let go of it in the end.

    Each attempt has its usual time; there is more of it for all of them together than usual, so that a machine that
    stands still for a moment does not decide what becomes of an order.
    """
    settings = CoinbaseSettings.from_environment(environment(rig, dialect, key))
    enough = {"call_timeout": 40.0, "order_timeout": 40.0} | patience
    rest = RestSettings(time_scale=rig.time_scale, **enough)
    brokerage = CoinbaseBrokerage(settings, symbols, rest, seed=rig.seed)
    try:
        yield brokerage
    finally:
        await brokerage.close()


def an_order(
    *,
    symbol: str = "BTC-USD",
    side: Side = "buy",
    quantity: str = "0.01",
    price: str | None = "1000",
    name: str | None = None,
) -> OrderRequest:
    """Return an order under a fresh name; at its usual price it rests."""
    return OrderRequest(
        client_order_id=name or str(uuid.uuid4()),
        symbol=symbol,
        side=side,
        quantity=Decimal(quantity),
        limit_price=None if price is None else Decimal(price),
    )


async def found_in_time(
    rig: Rig, broker: CoinbaseBrokerage, request: OrderRequest, since: float, within: float
) -> OrderReport:
    """Ask for an order by its name until it shows, within so many nominal seconds."""
    async with rig.deadline(within, "the order shows"):
        while (found := await broker.find_order(request.client_order_id, since)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return found


async def everything_told(rig: Rig) -> None:
    """Wait until all that has happened at the exchange is in the history."""
    await rig.heal("rest")  # answered on the channel by which the journal comes


async def in_ledger(rig: Rig, request: OrderRequest) -> list[Event]:
    """Return how often the ledger took an order of this name."""
    await everything_told(rig)
    return rig.history.select("ledger", change="accepted", client_order_id=request.client_order_id)


async def once_in_ledger(rig: Rig, request: OrderRequest) -> str:
    """See that the ledger took an order exactly once, as it was asked for, and return its id."""
    (accepted,) = await in_ledger(rig, request)
    assert accepted["product"] == request.symbol
    assert accepted["side"] == request.side.upper()
    assert Decimal(accepted["detail"]["base_size"]) == request.quantity
    return str(accepted["order_id"])


async def hits(rig: Rig, handle: int, at_least: int = 1) -> list[Event]:
    """See that a fault was there, and return its hits."""
    await everything_told(rig)
    found = rig.history.select("fault_hit", handle=handle)
    assert len(found) >= at_least, "the fault hit nothing"
    return found


def requests_of(rig: Rig, route: str, after: float | None = None) -> list[Event]:
    """Return the requests of a route that reached the exchange: ``POST /orders``."""
    method, _, path = route.partition(" ")
    return [
        event
        for event in rig.history.select("request", method=method)
        if event["path"].endswith(path) and (after is None or event.at > after)
    ]
