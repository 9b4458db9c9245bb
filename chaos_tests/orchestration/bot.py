"""The real bot on a rig, and what the exchange's ledger says of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from bot_v2.features.live_trade.risk import OrderResult
from bot_v2.orchestration.perps_bot import PerpsBot
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from bot_v2.orchestration.settings import OrchestratorSettings
from chaos_tests.brokerages.trading import environment, everything_told
from downtick.history import Event
from downtick.rig import Rig

BTC = "BTC-USD"
LIMIT = Decimal(1)

HOLDING: Mapping[str, Any] = {"balances": {"USD": Decimal(200_000), "BTC": Decimal("0.8")}}
"""Settings of an exchange at which the position really is 0.8 BTC."""


WITHIN_LIMIT = {"limits_hold": {"max_position": 0.2}}
"""The limit as the ledger's orders tell of it: what is held at the beginning is no order of anybody's."""

PATIENT = OrchestratorSettings(slow_after=15.0, read_timeout=20.0, order_ttl=900.0)
"""For tests in which a busy machine must not be taken for a slow broker, nor an order rest too long for it."""


@contextlib.contextmanager
def told_of(rig: Rig) -> Iterator[None]:
    """Tell the bot by its environment where this rig's exchange is."""
    with patch.dict(os.environ, environment(rig, "advanced_trade")):
        yield


def builder(rig: Rig) -> PerpsBotBuilder:
    """Return a builder of a bot for this rig, which may hold one bitcoin.

    How old a price may be is left to the market data, which gives none that is stale.
    """
    return (
        PerpsBotBuilder()
        .with_profile("test")
        .with_time_scale(rig.time_scale)
        .with_risk_limits(max_position_btc=LIMIT, max_price_age=30.0)
    )


@contextlib.asynccontextmanager
async def running(rig: Rig, made: PerpsBotBuilder | None = None) -> AsyncIterator[PerpsBot]:
    """Build a bot, let it run, wait until it trades, and end it."""
    with told_of(rig):
        bot = (made or builder(rig)).build()
    task = asyncio.create_task(bot.run())
    try:
        await mode_is(rig, bot, "normal", within=100)
        yield bot
    finally:
        await bot.shutdown()
        await task


async def mode_is(rig: Rig, bot: PerpsBot, mode: str, *, within: float) -> None:
    """Wait until the bot is in a mode, for so many nominal seconds."""
    await holds(rig, lambda: bot.orchestrator.mode == mode, within=within, name=f"mode {mode}")


async def holds(rig: Rig, condition: Callable[[], object], *, within: float, name: str) -> None:
    """Wait until something holds of the bot, for so many nominal seconds."""
    async with rig.deadline(within, name):
        while not condition():  # noqa: ASYNC110 - of a plain object, which tells nobody
            await asyncio.sleep(0.002)


async def buy(bot: PerpsBot, quantity: str, limit_price: str | None = None) -> OrderResult:
    """Ask for bitcoin."""
    return await bot.execute_order(
        symbol=BTC, side="buy", quantity=quantity, limit_price=limit_price
    )


async def filled(rig: Rig, ask: Callable[[], Awaitable[OrderResult]]) -> None:
    """Ask for an order until it is filled: a busy machine may look like a broker that is out, for a moment."""
    async with rig.deadline(60, "an order is filled"):
        while (result := await ask()).status == "rejected":  # noqa: ASYNC110 - a caller
            await asyncio.sleep(rig.scaled(1))
    assert result.status == "filled"


async def refused_by_exchange(
    rig: Rig, ask: Callable[[], Awaitable[OrderResult]], reason: str
) -> None:
    """Ask for an order until the exchange refuses it: on a busy machine the bot may hold back for a moment."""
    async with rig.deadline(60, f"an order is refused for {reason}"):
        while reason not in ((result := await ask()).rejection_reason or ""):  # noqa: ASYNC110 - a caller
            await asyncio.sleep(rig.scaled(1))
    assert result.status == "rejected"


async def heal(rig: Rig, *handles: int, link: str = "rest") -> None:
    """End faults of the exchange, and wait until a link that they hurt delivers again: no verdict without that."""
    for handle in handles:
        await rig.end_exchange_fault(handle)
    healed = rig.now()
    conns = {event["conn"] for event in rig.history.select("accepted", listener=link)}

    def delivered(event: Event) -> bool:
        return (
            event.kind in {"answer", "frame_sent"} and event.at > healed and event["conn"] in conns
        )

    await rig.until(delivered, within=60)


async def looked(rig: Rig) -> None:
    """Wait until the bot has asked for fills, and again: what it was told the first time is in its books then."""
    await everything_told(rig)
    since = rig.now()

    def twice() -> bool:
        asked = rig.history.select("request", after=since)
        return len([event for event in asked if event["path"].endswith("/fills")]) >= 2

    await holds(rig, twice, within=30, name="two looks")


def refused_for(result: OrderResult, reason: str) -> None:
    """See that an order was refused, and why."""
    assert result.status == "rejected"
    assert result.rejection_reason is not None
    assert reason in result.rejection_reason


def orders_in(rig: Rig) -> list[Event]:
    """Return the orders that the ledger took."""
    return rig.history.select("ledger", change="accepted")


def placements(rig: Rig) -> list[Event]:
    """Return the requests to place an order that reached the exchange."""
    return [
        e for e in rig.history.select("request", method="POST") if e["path"].endswith("/orders")
    ]


async def worst_case(rig: Rig, symbol: str = BTC) -> Decimal:
    """Return the largest position that the ledger could ever have come to, had everything open been bought."""
    await everything_told(rig)
    base = symbol.partition("-")[0]
    position = Decimal(0)
    size: dict[str, Decimal] = {}
    filled: defaultdict[str, Decimal] = defaultdict(Decimal)
    worst = Decimal(0)
    for event in rig.history.select("ledger"):
        data = event.data
        if event["change"] == "credited" and data["detail"]["currency"] == base:
            position += Decimal(data["detail"]["amount"])
        elif data.get("product") == symbol:
            order, side = data["order_id"], data["side"]
            if event["change"] == "accepted" and side == "BUY":
                size[order] = Decimal(data["detail"]["base_size"])
            now = Decimal(data["filled"])
            position += (now - filled[order]) * (1 if side == "BUY" else -1)
            filled[order] = now
            if event["change"] == "ended" or data["status"] in {"FILLED", "CANCELLED", "FAILED"}:
                size.pop(order, None)
        worst = max(worst, position + sum((size[o] - filled[o] for o in size), Decimal(0)))
    return worst
