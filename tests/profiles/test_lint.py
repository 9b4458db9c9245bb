import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.errors import InputError
from downtick.profiles.lint import RULES, explain, lint
from downtick.profiles.model import Profile
from downtick.profiles.rule import Rule
from tests.profiles.made_profiles import PROFILES
from tests.profiles.small_words import WORDS, profile_of


def test_rules_are_numbered_without_a_gap() -> None:
    """Every rule has its own number."""
    assert [rule.code for rule in RULES] == [f"DT{n:03}" for n in range(1, len(RULES) + 1)]


def test_a_message_says_what_why_and_what_instead() -> None:
    """A finding can be acted on without looking anything up."""
    (found,) = lint(profile_of("at: 1s, link: market_ws, toxic: reset_peer"), WORDS)
    assert found.message.startswith(
        "`reset_peer` on `market_ws`, whose connections are open by then. "
    )
    assert "closed with FIN, an idle one is not touched" in found.message
    assert found.message.endswith("are really reset.")


def test_findings_stand_in_the_order_of_the_file() -> None:
    """Findings of different rules are sorted by line."""
    found = lint(
        profile_of(
            "at: 1s, link: rest, toxic: timeout, attributes: {timeout: 9}, toxicity: 0.5",
            "at: 1s, link: market_ws, toxic: timeout, attributes: {timeout: 9}, toxicity: 0.5",
        ),
        WORDS,
    )
    assert [(f.line, f.code) for f in found] == [(4, "DT004"), (5, "DT001"), (5, "DT004")]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_finding_is_explained(rule: Rule) -> None:
    """Title, reason and fix are whole sentences, and the explanation fits a terminal."""
    code = rule.code
    text = explain(code.lower())
    title, reason, fix, *_ = text.split("\n\n")
    assert re.match(rf"{code}: \S", title)
    assert reason.endswith(".")
    assert fix.startswith("Fix: ")
    assert fix.endswith(".")
    assert max(len(line) for line in text.splitlines()) <= 100


def test_an_unknown_finding_is_told() -> None:
    """A code that does not exist gets those that do."""
    with pytest.raises(InputError, match="unknown finding `DT0`; allowed: `DT001`"):
        explain("DT0")


@given(PROFILES, st.sampled_from([0.05, 1.0, 2.0]))
def test_any_profile_is_linted(profile: Profile, time_scale: float) -> None:
    """No combination of steps breaks a rule, and every finding points at a line of the profile."""
    lines = {step.line for step in profile.steps} | {check.line for check in profile.expect}
    for finding in lint(profile, WORDS, time_scale):
        assert finding.line in lines


@given(PROFILES)
def test_a_step_more_does_not_hide_a_toxic_s_trap(profile: Profile) -> None:
    """What a toxic does by itself is found whatever else the profile holds."""
    trap = profile_of("at: 1s, link: market_ws, toxic: reset_peer").steps
    found = lint(profile.model_copy(update={"steps": profile.steps + trap}), WORDS)
    assert any(finding.code == "DT003" and finding.line == trap[0].line for finding in found)
