"""The real bot trading through an incident, and what the journal says of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from bot_v2.config import BotConfig, Risk, StrategyOf
from bot_v2.metrics import MetricsCollector
from bot_v2.orchestration.perps_bot_builder import PerpsBotBuilder
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.store import StateStore
from chaos_tests.brokerages.steps import unblamed
from chaos_tests.brokerages.trading import everything_told
from chaos_tests.orchestration.bot import BTC, orders_in, placements, running, worst_case
from chaos_tests.scenarios import books
from downtick.history import Event
from downtick.rig import Rig

MOST: Final = Decimal("2.5")
CONFIG: Final = BotConfig(
    symbols=(BTC,),
    risk=Risk(
        max_position={BTC: MOST},
        max_exposure=Decimal(1_000_000),
        max_daily_loss=Decimal(100_000),
    ),
    strategy={
        BTC: StrategyOf(
            quantity=Decimal("0.01"), lowest=Decimal("1.9"), highest=Decimal("2.1"), half_life=5
        )
    },
    interval=1.5,
)
"""It holds two bitcoin to begin with, and trades around that about every other nominal second."""

QUIET: Final[dict[str, Any]] = {"products": (BTC,), "tick_rate": 2.0}
"""Settings of an exchange that costs little."""

FORGETFUL: Final = RecoverySettings(absent_for=40.0)
"""No incident here hides an order that was taken: one that is absent for this long does not exist."""

LONGEST: Final = 200.0
"""Nominal seconds that an incident may take."""


async def live_through(rig: Rig, folder: Path) -> MetricsCollector:
    """Let the bot trade until the incident is over and it trades again, and return what it counted.

    Its books are the ledger's then, its limit held, and no order was placed twice.
    """
    state = folder / "bot.sqlite"
    made = (
        PerpsBotBuilder()
        .with_config(CONFIG)
        .with_time_scale(rig.time_scale)
        .with_store(StateStore.open(state))
        .with_settings(recovery=FORGETFUL)
    )
    async with running(rig, made) as bot:
        over = await rig.until("run_ended", within=LONGEST)
        await rig.until(
            lambda e: e.kind == "ledger" and e["change"] == "accepted" and e.at > over.at,
            within=120,
        )
        verdict = await rig.verdict()
    unblamed(verdict)
    await everything_told(rig)
    books_are_equal(rig, state)
    assert await worst_case(rig) <= MOST
    names = [order["client_order_id"] for order in orders_in(rig)]
    assert len(names) == len(set(names))
    return bot.metrics


def books_are_equal(rig: Rig, state: Path) -> None:
    """Compare what the bot has written down with the ledger; details of its last fills it may not have asked for yet."""
    believed, truth = books.of_bot(state, BTC), books.of_ledger(rig, BTC)
    assert believed.position == truth.position
    assert believed.filled == truth.filled
    assert believed.open == truth.open
    assert set(believed.matches) <= set(truth.matches)


def held(rig: Rig) -> Decimal:
    """Return what the ledger says is held of bitcoin."""
    return books.of_ledger(rig, BTC).position


def during(events: list[Event], span: tuple[float, float], *, skip: float = 0.0) -> list[Event]:
    """Return the events within a span, its first real seconds left out."""
    return [event for event in events if span[0] + skip < event.at < span[1]]


def never_there(rig: Rig) -> set[str]:
    """Return the names of the exchange faults of the profile that hit nothing."""
    hit = {event["handle"] for event in rig.history.select("fault_hit")}
    steps = rig.history.select("step_done", source="conductor")
    return {e["name"] for e in steps if e["link"] is None and e["echo"]["handle"] not in hit}


def knocks(rig: Rig, listener: str) -> list[Event]:
    """Return the connections that reached a door of the exchange."""
    return rig.history.select("accepted", listener=listener)


def asked(rig: Rig, span: tuple[float, float], *, skip: float = 0.0) -> list[Event]:
    """Return the orders that were asked for within a span; to ask again under the same name is none."""
    first: dict[str, Event] = {}
    for request in placements(rig):
        first.setdefault(json.loads(request["body"])["client_order_id"], request)
    return during([*first.values()], span, skip=skip)


def open_at(rig: Rig, listener: str, at: float) -> list[int]:
    """Return the connections to a door of the exchange that were open at an instant."""
    closed = {e["conn"] for e in rig.history.select("closed") if e.at < at}
    return [e["conn"] for e in knocks(rig, listener) if e.at < at and e["conn"] not in closed]


def answered(rig: Rig, span: tuple[float, float]) -> set[str]:
    """Return the last words of the paths that were answered with 200 within a span."""
    paths = {event["id"]: event["path"] for event in rig.history.select("request")}
    answers = during(rig.history.select("answer", status=200), span)
    return {paths[event["id"]].rpartition("/")[2] for event in answers}
