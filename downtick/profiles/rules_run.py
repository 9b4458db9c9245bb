"""Traps of a whole run: steps that never come, deadlines that nobody waits for, faults that change each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from downtick.profiles.conflicts import arms
from downtick.profiles.model import Step
from downtick.profiles.rule import FEEDS, Hit, Subject, rule
from downtick.profiles.scaling import scale_problems
from downtick.profiles.timing import needed_length, run_length, starts

_CLOSING_TOXICS = ("timeout", "limit_data")
_CLOSING_LINK_FAULTS = ("down",)
_CLOSING_EXCHANGE_FAULTS = ("close_code", "scheduled_restart")
_STOPPING = ("down", "freeze", "blackhole")


@rule(
    "DT012",
    "a step that can never be reached",
    reason="The faults end with `run.for`, counted from the steady state; a step that would begin then or later"
    " is never played, and a fault that was not there proves nothing.",
    fix="Make `run.for` longer, or let the step begin earlier.",
)
def unreachable(subject: Subject) -> Iterator[Hit]:
    """Find a step that begins at the end of the run or after it."""
    length = run_length(subject.profile, subject.vocabulary)
    for step in subject.profile.steps:
        late = [start for start in starts(step) if start >= length]
        if late:
            times = f", repetition {len(starts(step)) - len(late) + 1}" if step.repeat else ""
            what = f"`{step.name}` at {late[0]:g} s{times} of a run for {length:g} s"
            yield Hit("error", step.line, what)


@rule(
    "DT013",
    "the run ends before its last deadline",
    reason="A check may take its whole `within`, counted from the end of the last fault (from its beginning where the bot"
    " must notice or stop something). A run that ends earlier"
    " cannot tell a slow bot from a short run.",
    fix="Make `run.for` at least that long, or leave it out.",
)
def too_short(subject: Subject) -> Iterator[Hit]:
    """Find a `run.for` that is shorter than the last step plus the longest `within`."""
    profile = subject.profile
    needed = needed_length(profile, subject.vocabulary)
    if profile.run.for_ is not None and profile.run.for_ < needed:
        what = f"`run.for` is {profile.run.for_:g} s, and {needed:g} s are needed"
        yield Hit("error", profile.steps[-1].line, what)


@rule(
    "DT014",
    "on a link that resets, every close is a reset",
    reason="A reset needs the link's connections armed from their first byte (SO_LINGER 0 on both sockets), and"
    " an armed connection ends with RST, however it is ended.",
    fix="Put the reset and the ordinary close into two profiles, if the difference matters.",
    source="Toxiproxy link.go and its issue 603: a `reset_peer` at toxicity 0 turns a graceful close into RST.",
)
def close_on_armed(subject: Subject) -> Iterator[Hit]:
    """Find what ends connections with FIN elsewhere, on a link that is armed."""
    armed = {step.link: step for step in subject.profile.steps if arms(step)}
    for step in subject.profile.steps:
        for link in _closes(step):
            if link in armed:
                what = f"`{step.name}` on `{link}`, which line {armed[link].line} resets"
                yield Hit("warning", step.line, what)


@rule(
    "DT015",
    "a step that waits may fall into the time that its link is down",
    reason="Nobody knows when a counter reaches its count. If the link is down just then there is no connection"
    " to hit, and when the waiting fault ends it may bring the link back too early.",
    fix="Give both a time.",
)
def waits_beside_down(subject: Subject) -> Iterator[Hit]:
    """Find a `down` and another fault on its link, one of which waits for a counter."""
    steps = [step for step in subject.profile.steps if step.link is not None]
    downs = [step for step in steps if step.place == "link" and step.name == "down"]
    for down, step in product(downs, steps):
        waits = down.at is None or step.at is None
        if step is not down and step.link == down.link and waits:
            yield Hit("warning", step.line, f"`{step.name}` beside the `down` of line {down.line}")


@rule(
    "DT016",
    "the time scale makes something meaningless",
    reason="Durations are multiplied by the time scale. Under 5 ms real a delay cannot be told from Toxiproxy's own,"
    " under 200 ms real a deadline measures the machine and not the bot.",
    fix="Use a larger time scale, or longer times.",
)
def vanishes(subject: Subject) -> Iterator[Hit]:
    """Find what vanishes at the time scale of the run."""
    found = scale_problems(subject.profile, subject.vocabulary, subject.time_scale)
    return (Hit("error", problem.line, problem.message) for problem in found)


@rule(
    "DT017",
    "a fault to the end of the run leaves no time to recover",
    reason="Without `for` the fault is only ended with the run, so that what `expect` asks of the bot after the fault"
    " cannot happen within it.",
    fix="Give the step a `for`.",
)
def never_over(subject: Subject) -> Iterator[Hit]:
    """Find a stopped feed that is to recover and never can."""
    if not subject.expects("reconnects", "resubscribes", "returns_to_stream"):
        return
    for step in subject.profile.steps:
        if step.place == "link" and step.name in _STOPPING and step.link in FEEDS and not step.for_:
            yield Hit("warning", step.line, f"`{step.name}` on `{step.link}` without `for`")


@rule(
    "DT018",
    "a toxic that comes or goes while its link is frozen lets data through",
    reason="A freeze holds one chunk in each direction. When a toxic is added to that direction or taken from it,"
    " Toxiproxy interrupts the one before it, which writes out what it holds: up to 32 KB arrive in the midst"
    " of the silence.",
    fix="Let the toxic begin before the freeze and end after it.",
    source="Toxiproxy link.go, AddToxic and RemoveToxic: the toxic before is interrupted and flushes.",
)
def toxic_in_a_freeze(subject: Subject) -> Iterator[Hit]:
    """Find a toxic that begins or ends while its link is frozen."""
    steps = subject.profile.steps
    freezes = [step for step in steps if (step.place, step.name) == ("link", "freeze")]
    toxics = [step for step in steps if step.place == "toxic"]
    for freeze, toxic in product(freezes, toxics):
        moments = {moment for span in subject.spans(toxic) for moment in span}
        frozen = subject.spans(freeze)
        if freeze.link == toxic.link and any(
            span.start < moment < span.end for span in frozen for moment in moments
        ):
            what = f"`{toxic.name}` on `{toxic.link}` in the midst of the `freeze` of line {freeze.line}"
            yield Hit("warning", toxic.line, what)


def _closes(step: Step) -> tuple[str, ...]:
    """Return the links whose connections a step ends with FIN."""
    if step.place == "exchange":
        return FEEDS if step.name in _CLOSING_EXCHANGE_FAULTS else ()
    closing = _CLOSING_TOXICS if step.place == "toxic" else _CLOSING_LINK_FAULTS
    return (step.link,) if step.link and step.name in closing else ()


RULES = (
    unreachable,
    too_short,
    close_on_armed,
    waits_beside_down,
    vanishes,
    never_over,
    toxic_in_a_freeze,
)
