"""Profile, seed and time scale to timed acts: pure, so that the same three always give the same run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from downtick.errors import ProfileError
from downtick.profiles.conflicts import arms
from downtick.profiles.fields import faults_at
from downtick.profiles.model import Profile, Step, Stream, Trigger
from downtick.profiles.scaling import real_warm_up, scale_problems, scaled_attributes
from downtick.profiles.timing import run_length, starts
from downtick.profiles.vocabulary import Place, Vocabulary

DEFAULT_SEED: Final = 1


@dataclass(frozen=True)
class Act:
    """One thing that the conductor does. A repeated step is several acts.

    Attributes:
        number: its place in the schedule, from 0.
        step: the index of its step in the profile.
        at: real seconds from the steady state; None if it waits for ``when``.
        when: what the exchange must have counted; None if it has a time.
        hold: whether the feed waits until the bot has read what was sent and the act is done.
        duration: real seconds that the fault lasts; None if it is over at once, or lasts to the end.
        place: toxic, link fault or exchange fault.
        link: where it happens; None inside the exchange.
        name: of the fault.
        attributes: real: a toxic's in its own units, an exchange fault's times in seconds.
        stream: the direction of a toxic.
        toxicity: the share of connections that a toxic hits.
        selectors: which events an exchange fault hits.
    """

    number: int
    step: int
    at: float | None
    when: Trigger | None
    hold: bool
    duration: float | None
    place: Place
    link: str | None
    name: str
    attributes: Mapping[str, Any]
    stream: Stream
    toxicity: float
    selectors: Mapping[str, Any]


@dataclass(frozen=True)
class Schedule:
    """Everything that a run does, in real seconds.

    Attributes:
        profile: its name.
        seed: of every random draw of the run.
        time_scale: real seconds in a nominal one.
        acts: sorted by time, then by their order in the file; those that wait for ``when`` last.
        warm_up: the time within which the steady state must be there.
        length: from the steady state to the end of the faults.
        settle: quiet time afterwards.
        links: those that must have delivered data before the steady state.
        armed: those whose connections are to be reset, from their first one on.
    """

    profile: str
    seed: int
    time_scale: float
    acts: tuple[Act, ...]
    warm_up: float
    length: float
    settle: float
    links: tuple[str, ...]
    armed: frozenset[str]

    @property
    def repeatable(self) -> bool:
        """Whether the seed fixes everything: Toxiproxy's own draws (toxicity, jitter) follow none."""
        return all(act.toxicity in (0, 1) and not act.attributes.get("jitter") for act in self.acts)


def schedule(
    profile: Profile, seed: int | None, time_scale: float, vocabulary: Vocabulary
) -> Schedule:
    """Return what a profile means in real time.

    Args:
        profile: loaded with the same vocabulary.
        seed: for this run; None takes the profile's, or 1.
        time_scale: real seconds in a nominal one.
        vocabulary: what the attributes are, and how they scale.

    Raises:
        ProfileError: it is no time scale, or it makes something meaningless: an attribute or a length under 5 ms real, a
            deadline under 200 ms real, a rate that becomes 0.
    """
    problems = scale_problems(profile, vocabulary, time_scale)
    if problems:
        raise ProfileError(tuple(f"{profile.name}:{line}: {text}" for line, text in problems))
    acts = [
        act
        for index, step in enumerate(profile.steps)
        for act in _acts(index, step, vocabulary, time_scale)
    ]
    acts.sort(key=lambda act: (math.inf if act.at is None else act.at, act.step))
    return Schedule(
        profile=profile.name,
        seed=next(s for s in (seed, profile.seed, DEFAULT_SEED) if s is not None),
        time_scale=time_scale,
        acts=tuple(replace(act, number=number) for number, act in enumerate(acts)),
        warm_up=real_warm_up(profile.run.warm_up, time_scale),
        length=run_length(profile, vocabulary) * time_scale,
        settle=profile.run.settle * time_scale,
        links=_links(profile, vocabulary),
        armed=frozenset(step.link for step in profile.steps if step.link and arms(step)),
    )


def _acts(index: int, step: Step, vocabulary: Vocabulary, time_scale: float) -> Iterator[Act]:
    spec = faults_at(vocabulary, step.place)[step.name]
    moments: list[float | None] = [*starts(step)] or [None]
    for at in moments:
        yield Act(
            number=0,
            step=index,
            at=None if at is None else at * time_scale,
            when=step.when,
            hold=step.hold,
            duration=None if step.for_ is None else step.for_ * time_scale,
            place=step.place,
            link=step.link,
            name=step.name,
            attributes=scaled_attributes(step, spec, time_scale),
            stream=step.stream,
            toxicity=step.toxicity,
            selectors=step.selectors,
        )


def _links(profile: Profile, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the links that the steps name, in the vocabulary's order.

    A profile whose faults are all inside the exchange names the links whose traffic they need: ``rest`` for a
    fault of requests (it has ``routes``, and is not for the feed alone), the listener that it names, else the market feed.
    """
    named = {step.link for step in profile.steps if step.link is not None}
    if not named:
        named = {_link_of(step) for step in profile.steps}
    return tuple(link for link in vocabulary.links if link in named)


def _link_of(step: Step) -> str:
    if "routes" in step.attributes and step.attributes.get("where") != "feed":
        return "rest"
    return str(step.attributes.get("listener", "market_ws"))
