"""The time scale: durations are multiplied, rates divided; what would vanish is told, not rounded away."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from downtick.errors import ProfileError
from downtick.profiles.fields import faults_at
from downtick.profiles.model import Profile, Step
from downtick.profiles.values import duration_text
from downtick.profiles.vocabulary import Attribute, FaultSpec, Vocabulary

SHORTEST: Final = 0.005
"""Real seconds. Toxiproxy itself adds about a millisecond, so that less cannot be told from nothing."""

SHORTEST_DEADLINE: Final = 0.2
"""Real seconds. A deadline below this measures the machine, not the bot."""

SCALES: Final = (0.001, 1000.0)
"""The smallest and the largest time scale."""

SHORTEST_WARM_UP: Final = 3.0
"""Real seconds. The warm-up holds the start of the bot's process, which no time scale makes faster."""

_UNIT_SECONDS: Final[Mapping[str, float]] = {"": 1.0, "s": 1.0, "ms": 0.001}


class ScaleProblem(NamedTuple):
    """What a time scale makes meaningless: the line of the step or check, and a sentence."""

    line: int
    message: str


def scaled_attributes(step: Step, spec: FaultSpec, time_scale: float) -> dict[str, Any]:
    """Return a fault's attributes in real time; a toxic's whole numbers are rounded up."""
    scaled = dict(step.attributes)
    for attribute in spec.attributes:
        scaled[attribute.name] = _scaled(scaled.get(attribute.name), attribute, time_scale)
    return scaled


def scale_problems(
    profile: Profile, vocabulary: Vocabulary, time_scale: float
) -> tuple[ScaleProblem, ...]:
    """Return what this time scale makes meaningless in a profile, in the order of the file.

    Raises:
        ProfileError: it is no time scale at all.
    """
    least, most = SCALES
    if not least <= time_scale <= most:
        allowed = f"allowed: a number from {least:g} to {most:g}"
        raise ProfileError((f"time scale: found {time_scale:g}; {allowed}",))
    found = [p for step in profile.steps for p in _step_problems(step, vocabulary, time_scale)]
    for check in profile.expect:
        within = check.parameters.get("within")
        if within is not None and within * time_scale < SHORTEST_DEADLINE:
            told = f"{check.name}.within: {duration_text(within)}"
            found.append(
                _too_small(check.line, told, within * time_scale, SHORTEST_DEADLINE, time_scale)
            )
    return tuple(sorted(found))


def real_warm_up(nominal: float, time_scale: float) -> float:
    """Return the real seconds of a warm-up: scaled, but long enough for a process to start."""
    return max(nominal * time_scale, min(nominal, SHORTEST_WARM_UP))


def _scaled(value: Any, attribute: Attribute, time_scale: float) -> Any:
    if attribute.scaling == "none" or not isinstance(value, int | float):
        return value
    real = value * time_scale if attribute.scaling == "duration" else value / time_scale
    # Rounded first: 70 x 0.1 is 7.000000000000001 in floating point, and must not become 8.
    return math.ceil(round(real, 6)) if attribute.kind == "integer" else real


def _step_problems(step: Step, vocabulary: Vocabulary, time_scale: float) -> Iterator[ScaleProblem]:
    spec = faults_at(vocabulary, step.place)[step.name]
    times = {"for": step.for_, "repeat.every": step.repeat.every if step.repeat else None}
    for key, seconds in times.items():
        if seconds is not None and seconds * time_scale < SHORTEST:
            told = f"{key}: {duration_text(seconds)}"
            yield _too_small(step.line, told, seconds * time_scale, SHORTEST, time_scale)
    for attribute in spec.attributes:
        value = step.attributes.get(attribute.name)
        if not isinstance(value, int | float) or value == 0:
            continue
        told = (
            f"{step.name}.{attribute.name}: {value:,.10g}{attribute.unit and ' ' + attribute.unit}"
        )
        unit = _UNIT_SECONDS.get(attribute.unit)
        real_seconds = value * time_scale * unit if unit is not None else math.inf
        if attribute.scaling == "duration" and real_seconds < SHORTEST:
            yield _too_small(step.line, told, real_seconds, SHORTEST, time_scale)
        if attribute.scaling == "rate" and attribute.kind == "integer" and value / time_scale < 1:
            message = (
                f"{told} becomes {value / time_scale:g} at time scale {time_scale:g}; at least 1"
            )
            yield ScaleProblem(step.line, f"{message} is needed: a rate of 0 is something else")
        real = _scaled(value, attribute, time_scale)
        if step.place == "toxic" and attribute.maximum is not None and real > attribute.maximum:
            message = f"{told} becomes {real:,.10g} at time scale {time_scale:g}"
            yield ScaleProblem(
                step.line, f"{message}; at most {attribute.maximum:,.10g} is allowed"
            )


def _too_small(line: int, told: str, real: float, least: float, time_scale: float) -> ScaleProblem:
    """Say how small something becomes, and from which time scale on it would mean something."""
    needed = time_scale * least / real
    return ScaleProblem(
        line,
        f"{told} becomes {real * 1000:.3g} ms at time scale {time_scale:g}; at least"
        f" {least * 1000:g} ms is needed: a longer one, or a time scale of {needed:.3g} or more",
    )
