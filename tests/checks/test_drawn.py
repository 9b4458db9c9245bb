"""No check finds fault with a healthy bot, however it is drawn, nor holds a flaw for health."""

from __future__ import annotations

import pytest

from downtick.checks.finding import Outcome
from downtick.checks.registry import JUDGES, judge
from tests.checks.drawn import BEFALLS, Flaw, lived

SEEDS = 30
FLAWED = 15
GIVEN = {"within": 12.0, "max_rate": 20.0, "max_age": 60.0, "max_position": 2.0}
NOT_FOR_ALL = {
    "stops_trading": {"rest_fails"},
    "keeps_watching": {"rest_fails", "rest_freezes"},
    "reconciles_before_trading": {
        *("rest_fails", "rest_freezes", "asked_to_stop"),
        *("user_feed_down", "user_feed_freezes", "user_feed_in_a_black_hole"),
    },
}
"""Rules for some outages alone: who loses his prices may trade on those that he asks for."""


@pytest.mark.parametrize("befalls", BEFALLS)
def test_a_healthy_bot_raises_no_alarm(befalls: str) -> None:
    """Whatever is drawn: its pace, its habits, its pauses, how often the market moves, and who saw what it read."""
    alarms = []
    asked = [(name, GIVEN) for name in JUDGES if befalls in NOT_FOR_ALL.get(name, BEFALLS)]
    asked.append(("believes_no_lies", {}))
    for seed in range(SEEDS):
        run = lived(befalls, seed)
        found = [judge(run, name, given) for name, given in asked]
        alarms += [
            f"{seed} {each.check}: {each.sentence}"
            for each in found
            if each.outcome is Outcome.VIOLATED
        ]
    assert alarms == []


@pytest.mark.parametrize(
    ("flaw", "befalls", "check", "least"),
    [
        ("never falls back", "feed_refused", "falls_back_to_rest", 5),
        ("never falls back", "product_vanishes", "falls_back_to_rest", 5),
        ("never returns", "feed_in_a_black_hole", "returns_to_stream", 2),
        ("never resubscribes", "feed_down", "resubscribes", 15),
        ("stays away", "feed_in_a_black_hole", "reconnects", 15),
        ("stays away", "user_feed_freezes", "resubscribes", 5),
        ("sees no silence", "feed_freezes", "notices_silence", 2),
        ("trades on", "rest_fails", "stops_trading", 5),
        ("orders anew", "answers_lost", "exactly_once_orders", 5),
        ("orders anew", "rest_freezes", "exactly_once_orders", 0),
        ("never settles", "answers_lost", "settles_unknown_orders", 5),
        ("ignores gaps", "frames_lost", "handles_gaps", 5),
        ("counts twice", "frames_twice", "no_lost_or_doubled_ticks", 2),
        ("asks on", "throttled", "respects_rate_limits", 10),
        ("believes balances", "balances_vanish", "believes_no_lies", 10),
        ("believes lists", "open_orders_vanish", "believes_no_lies", 2),
        ("believes prices", "prices_off_by_ten", "believes_no_lies", 7),
        ("believes prices", "prices_stand_still", "believes_no_lies", 0),
        ("stays deaf", "user_channel_gone", "reconnects", 3),
        ("dies of it", "garbage", "survives_garbage", 5),
        ("dies of it", "garbage", "stays_alive", 15),
        ("ignores signals", "asked_to_stop", "stops_cleanly", 15),
        ("fails at the end", "asked_to_stop", "stops_cleanly", 15),
        ("orders at the end", "asked_to_stop", "stops_cleanly", 15),
        ("forgets what is open", "asked_to_stop", "leaves_no_orphans", 10),
    ],
)
def test_a_flaw_is_never_taken_for_health(flaw: Flaw, befalls: str, check: str, least: int) -> None:
    """Where the figures of a bot hide it, or nobody saw what it read, the check says that it cannot tell."""
    found = [judge(lived(befalls, seed, flaw), check, GIVEN).outcome for seed in range(FLAWED)]
    assert Outcome.HOLDS not in found
    assert found.count(Outcome.VIOLATED) >= least
