"""The command that plays a run again."""

from __future__ import annotations

import shlex

from tests.report.runs import DOUBTED, told


def test_it_has_what_was_asked_for_the_seed_the_scale_and_the_bot() -> None:
    """As a shell takes them: a word with a blank stays one word."""
    bot = ["node", "my bot.js", "--n", "1"]
    again = told(DOUBTED, asked_for="own/x.yaml", bot=bot).again
    head = ["downtick", "run", "own/x.yaml", "--seed", "7", "--time-scale", "0.5", "--"]
    assert shlex.split(again) == [*head, *bot]


def test_a_history_that_knows_no_bot_says_where_it_belongs() -> None:
    """One that a test kept."""
    again = told(DOUBTED).again
    assert again == "downtick run market-feed-reset --seed 7 --time-scale 0.5 -- COMMAND"


def test_faults_by_hand_need_their_test() -> None:
    """No profile plays them."""
    again = told(DOUBTED, profile="by-hand").again
    assert again == "pytest TEST --downtick-seed 7 --downtick-time-scale 0.5"
