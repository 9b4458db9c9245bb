import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.errors import ProfileError
from downtick.profiles.model import Profile, Trigger
from downtick.profiles.schedule import Act, Schedule, schedule
from downtick.profiles.timing import run_length
from tests.profiles.made_profiles import PROFILES
from tests.profiles.small_words import WORDS, profile_of

RESET = "at: 1s, link: market_ws, fault: reset"
SILENCE = "at: 4s, for: 2s, exchange: data_silence, once: true"


def scheduled(*steps: str, time_scale: float = 1.0, seed: int | None = None) -> Schedule:
    """Return the schedule of these steps."""
    return schedule(profile_of(*steps, run="for: 60s"), seed, time_scale, WORDS)


def test_an_act_carries_what_the_conductor_needs() -> None:
    """Times are real, and nothing of the step is lost."""
    latency = (
        "at: 10s, for: 20s, link: rest, toxic: latency, stream: upstream, toxicity: 0.5,"
        " attributes: {latency: 800}"
    )
    plan = scheduled(latency, SILENCE, time_scale=0.1)
    silence, late = plan.acts
    assert (silence.number, silence.step, silence.at, silence.duration) == (0, 1, 0.4, 0.2)
    assert (silence.place, silence.link, silence.selectors) == ("exchange", None, {"once": True})
    assert (late.number, late.step, late.at, late.duration) == (1, 0, 1.0, 2.0)
    assert (late.name, late.stream, late.toxicity) == ("latency", "upstream", 0.5)
    assert late.attributes == {"latency": 80, "jitter": 0}
    assert (plan.length, plan.settle, plan.warm_up) == (6.0, 1.0, 3.0)


def test_a_repeated_step_is_several_acts() -> None:
    """Each occurrence is an act of its own, in time."""
    plan = scheduled(RESET + ", repeat: {count: 3, every: 4s}", "at: 6s, link: rest, fault: reset")
    assert [(act.at, act.step) for act in plan.acts] == [(1, 0), (5, 0), (6, 1), (9, 0)]


def test_acts_of_one_moment_keep_the_order_of_the_file() -> None:
    """What stands first is done first; what waits for a counter stands last."""
    plan = scheduled("when: {exchange.ticks: 3}, hold: true, " + RESET[8:], SILENCE, SILENCE)
    assert [act.step for act in plan.acts] == [1, 2, 0]
    assert plan.acts[2].when == Trigger(counter="exchange.ticks", count=3)
    assert plan.acts[2].hold
    assert [act.number for act in plan.acts] == [0, 1, 2]


@pytest.mark.parametrize(
    ("given_seed", "own", "expected"), [(5, 7, 5), (None, 7, 7), (None, None, 1), (0, 7, 0)]
)
def test_the_seed_is_the_run_s_then_the_profile_s(
    given_seed: int | None, own: int | None, expected: int
) -> None:
    """A run's own seed wins, and 0 is a seed."""
    profile = profile_of(RESET, extra=f"seed: {own}" if own is not None else "")
    assert schedule(profile, given_seed, 1.0, WORDS).seed == expected


@pytest.mark.parametrize(
    ("steps", "links"),
    [
        ((RESET,), ("market_ws",)),
        ((RESET, "at: 1s, link: rest, fault: reset"), ("rest", "market_ws")),
        ((SILENCE,), ("market_ws",)),
        (("at: 1s, exchange: http_error, attributes: {status: 500}",), ("rest",)),
        (
            (SILENCE, "at: 1s, exchange: http_error, attributes: {status: 500}"),
            ("rest", "market_ws"),
        ),
        (("at: 1s, exchange: wrong_data",), ("rest",)),
        (("at: 1s, exchange: wrong_data, attributes: {where: feed}",), ("market_ws",)),
        (("at: 1s, exchange: refuse_connections, attributes: {listener: rest}",), ("rest",)),
        ((RESET, "at: 1s, exchange: http_error, attributes: {status: 500}"), ("market_ws",)),
    ],
)
def test_the_steady_state_is_of_the_links_that_are_named(
    steps: tuple[str, ...], links: tuple[str, ...]
) -> None:
    """Without a link of its own, a profile needs those whose traffic its exchange faults hit."""
    assert scheduled(*steps).links == links


@pytest.mark.parametrize(
    ("step", "armed"),
    [
        (RESET, {"market_ws"}),
        ("at: 1s, link: rest, fault: close", set()),
        ("at: 1s, link: rest, fault: down", set()),
        ("at: 1s, for: 2s, link: rest, fault: blackhole", {"rest"}),
        ("at: 1s, for: 2s, link: rest, fault: blackhole, attributes: {end: close}", set()),
    ],
)
def test_only_links_that_reset_are_armed(step: str, armed: set[str]) -> None:
    """An armed link closes with RST always, so that no other link is."""
    assert scheduled(step).armed == armed


@pytest.mark.parametrize(
    ("step", "repeatable"),
    [
        (RESET, True),
        ("at: 1s, link: rest, toxic: latency, attributes: {latency: 99}", True),
        ("at: 1s, link: rest, toxic: latency, attributes: {latency: 99, jitter: 9}", False),
        ("at: 1s, link: rest, toxic: timeout, attributes: {timeout: 0}, toxicity: 0.5", False),
    ],
)
def test_toxiproxy_s_own_draws_are_marked(step: str, repeatable: bool) -> None:
    """Jitter and toxicity follow no seed."""
    assert scheduled(step).repeatable is repeatable


def test_a_time_scale_that_makes_nonsense_is_refused() -> None:
    """Every step that would vanish is told, with its line."""
    steps = [
        f"at: 1s, link: {link}, toxic: timeout, attributes: {{timeout: 20}}" for link in WORDS.links
    ]
    with pytest.raises(ProfileError) as caught:
        scheduled(*steps, time_scale=0.1)
    assert [problem.split(" becomes")[0] for problem in caught.value.problems] == [
        "a-profile:5: timeout.timeout: 20 ms",
        "a-profile:6: timeout.timeout: 20 ms",
        "a-profile:7: timeout.timeout: 20 ms",
    ]


SCALES = st.sampled_from([0.05, 0.1, 0.3, 1.0, 2.5])


@given(PROFILES, st.integers(0, 2**32), SCALES)
@settings(max_examples=50)
def test_same_profile_seed_and_scale_give_the_same_acts(
    profile: Profile, seed: int, time_scale: float
) -> None:
    """A schedule is a function of its three."""
    one = schedule(profile, seed, time_scale, WORDS)
    assert one == schedule(profile.model_copy(deep=True), seed, time_scale, WORDS)
    assert one.seed == seed


def untimed(act: Act) -> Act:
    """Return an act without what a time scale changes."""
    return dataclasses.replace(act, at=None, duration=None, attributes={})


@given(PROFILES, SCALES)
@settings(max_examples=50)
def test_a_time_scale_stretches_every_time_alike(profile: Profile, time_scale: float) -> None:
    """Between two scales only the times differ, all by one factor."""
    nominal = schedule(profile, 1, 1.0, WORDS)
    real = schedule(profile, 1, time_scale, WORDS)
    assert real.length == pytest.approx(run_length(profile, WORDS) * time_scale)
    for one, other in zip(nominal.acts, real.acts, strict=True):
        if one.at is not None:
            assert other.at == pytest.approx(one.at * time_scale)
        if one.duration is not None:
            assert other.duration == pytest.approx(one.duration * time_scale)
        assert untimed(one) == untimed(other)


@given(PROFILES, SCALES)
@settings(max_examples=50)
def test_acts_are_numbered_in_their_order(profile: Profile, time_scale: float) -> None:
    """Times rise, waiting acts come last, and numbers count from 0."""
    acts = schedule(profile, 1, time_scale, WORDS).acts
    assert [act.number for act in acts] == list(range(len(acts)))
    for one, other in pairwise(acts):
        assert other.at is None or (one.at is not None and one.at <= other.at)
        if one.at == other.at:
            assert one.step <= other.step
    occurrences = sum(step.repeat.count if step.repeat else 1 for step in profile.steps)
    assert len(acts) == occurrences
