"""What to do about an order that is not shown."""

from __future__ import annotations

import pytest

from bot_v2.state.intent import Intent, IntentState
from bot_v2.state.recovery.absence import Step, fresh, never, next_step
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.recovery.standing import Stand, Standing
from tests.bot_v2.state.orders import T0, D

SETTINGS = RecoverySettings()


def intent(state: IntentState = "unknown", limit: str | None = "100") -> Intent:
    price = None if limit is None else D(limit)
    return Intent("a", "BTC-USD", "buy", D(1), price, T0, state)


@pytest.mark.parametrize(
    ("state", "stand", "resends", "wanted", "step"),
    [
        ("unknown", Stand(1, 0), 0, True, "ask"),
        ("unknown", Stand(5, 14.9), 0, True, "ask"),
        ("unknown", Stand(4, 60), 0, True, "ask"),
        ("unknown", Stand(5, 15), 0, True, "place"),
        ("unknown", Stand(5, 15), 0, False, "ask"),
        ("unknown", Stand(5, 15), 3, True, "ask"),
        ("unknown", Stand(9, 900), 0, False, "ask"),
        ("unknown", Stand(10, 899), 0, False, "ask"),
        ("unknown", Stand(10, 900), 0, False, "lost"),
        ("known", Stand(5, 15), 0, True, "ask"),
        ("known", Stand(10, 900), 0, True, "lost"),
        ("sent", Stand(99, 9999), 0, True, "ask"),
        ("written", Stand(99, 9999), 0, True, "ask"),
    ],
)
def test_next_step(
    state: IntentState, stand: Stand, resends: int, wanted: bool, step: Step
) -> None:
    """Each bound holds on its own."""
    assert next_step(intent(state), stand, resends, wanted, SETTINGS) == step


def test_what_is_still_wanted() -> None:
    """A young order with a limit price; its age is real, the bound is scaled."""
    wanted = fresh(RecoverySettings(time_scale=0.1))
    assert wanted(intent(), 6)
    assert not wanted(intent(), 6.1)
    assert not wanted(intent(limit=None), 0)
    assert not never(intent(), 0)


def test_standing_counts_what_is_said_again() -> None:
    """Something else begins anew, and so does what was forgotten."""
    standing = Standing()
    assert standing.note("a", 1, 10) == Stand(1, 0)
    assert standing.note("a", 1, 15) == Stand(2, 5)
    assert standing.note("b", 1, 15) == Stand(1, 0)
    assert standing.note("a", 2, 16) == Stand(1, 0)
    assert standing.note("a", 1, 17) == Stand(1, 0)
    standing.drop("a")
    assert standing.note("a", 1, 18) == Stand(1, 0)
    standing.forget()
    assert standing.note("b", 1, 19) == Stand(1, 0)
