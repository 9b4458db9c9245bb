"""No check finds fault with a healthy bot, however it is drawn."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Outcome
from downtick.checks.registry import JUDGES, judge
from tests.checks.drawn import BEFALLS, Flaw, lived

SEEDS = 30
GIVEN = {"within": 12.0, "max_rate": 20.0, "max_age": 60.0, "max_position": 2.0}
NOT_FOR_ALL = {
    "stops_trading": {"rest_fails"},
    "keeps_watching": {"rest_fails"},
    "reconciles_before_trading": {"rest_fails", "user_feed_down"},
}
"""Rules for some outages alone: who loses his prices may trade on those that he asks for."""


@pytest.mark.parametrize("befalls", BEFALLS)
def test_a_healthy_bot_raises_no_alarm(befalls: str) -> None:
    """Whatever is drawn: its pace, its habits, its pauses, and how often the market moves."""
    alarms = []
    names = [name for name in JUDGES if befalls in NOT_FOR_ALL.get(name, BEFALLS)]
    for seed in range(SEEDS):
        run = lived(befalls, seed)
        found = [judge(run, name, GIVEN) for name in names]
        alarms += [
            f"{seed} {each.check}: {each.sentence}"
            for each in found
            if each.outcome is Outcome.VIOLATED
        ]
    assert alarms == []


@pytest.mark.parametrize(
    ("flaw", "befalls", "check", "least"),
    [
        ("never falls back", "feed_refused", "falls_back_to_rest", 10),
        ("never returns", "feed_refused", "returns_to_stream", 10),
        ("never resubscribes", "feed_down", "resubscribes", 30),
        ("trades on", "rest_fails", "stops_trading", 10),
        ("orders anew", "answers_lost", "exactly_once_orders", 10),
        ("never settles", "answers_lost", "settles_unknown_orders", 10),
        ("ignores gaps", "frames_lost", "handles_gaps", 20),
        ("asks on", "throttled", "respects_rate_limits", 20),
    ],
)
def test_a_flaw_is_never_taken_for_health(flaw: Flaw, befalls: str, check: str, least: int) -> None:
    """Where the figures of a bot hide it, the check says that it cannot tell."""
    found = []
    for seed in range(SEEDS):
        run = lived(befalls, seed, flaw)
        found.append(judge(run, check, GIVEN).outcome)
    assert Outcome.HOLDS not in found
    assert found.count(Outcome.VIOLATED) >= least
