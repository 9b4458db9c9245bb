"""A profile as a timeline for the terminal: a row a step, grouped by link and exchange, faults as blocks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from downtick.profiles.fields import faults_at
from downtick.profiles.model import Expectation, Profile, Step
from downtick.profiles.timing import run_length, spans
from downtick.profiles.values import duration_text
from downtick.profiles.vocabulary import Vocabulary


@dataclass(frozen=True)
class Glyphs:
    """The characters of a drawing."""

    block: str
    instant: str
    waiting: str
    idle: str
    tick: str
    line: str


UNICODE: Final = Glyphs(block="█", instant="▼", waiting="◆", idle="·", tick="┼", line="─")
ASCII: Final = Glyphs(block="#", instant="!", waiting="?", idle=".", tick="+", line="-")

_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600, 7200, 14400, 43200)


class Row(NamedTuple):
    """One row: where, the bar over the time of the run, and the step in words."""

    lane: str
    bar: str
    words: str


def draw(profile: Profile, vocabulary: Vocabulary, width: int, glyphs: Glyphs) -> list[Row]:
    """Return the axis and one row a step, in nominal time.

    Args:
        profile: to draw.
        vocabulary: that it was loaded with.
        width: of the bars, in characters; at least 20.
        glyphs: to draw with.
    """
    length = run_length(profile, vocabulary)
    width = max(width, 20)
    rows = [Row("", _figures(length, width), ""), Row("", _axis(length, width, glyphs), "")]
    order = {name: place for place, name in enumerate((*vocabulary.links, "exchange"))}
    lanes = sorted(profile.steps, key=lambda step: (order[step.link or "exchange"], step.at or 0))
    for step in lanes:
        bar = _bar(step, vocabulary, length, width, glyphs)
        rows.append(Row(step.link or "exchange", bar, words(step, vocabulary)))
    return rows


def words(step: Step, vocabulary: Vocabulary) -> str:
    """Return a step in words, defaults left out: ``latency (latency 800 ms); at 1 s for 10 s``."""
    return f"{fault_words(step, vocabulary)}; {moment(step)}"


def fault_words(step: Step, vocabulary: Vocabulary) -> str:
    """Return what a step does, in words: ``latency (latency 800 ms)``."""
    given = [
        f"{attribute.name} {_plain(step.attributes.get(attribute.name))} {attribute.unit}".rstrip()
        for attribute in faults_at(vocabulary, step.place)[step.name].attributes
        if step.attributes.get(attribute.name) != attribute.default
    ]
    what = [step.name + (f" ({', '.join(given)})" if given else "")]
    if step.place == "toxic" and step.stream == "upstream":
        what.append("upstream")
    if step.toxicity < 1:
        what.append(f"toxicity {step.toxicity:g}")
    what += [f"{name} {_plain(value)}" for name, value in step.selectors.items()]
    return ", ".join(what)


def check_words(check: Expectation) -> str:
    """Return an expectation in words: ``reconnects (within 5s)``."""
    given = [
        f"{name} {duration_text(value) if name == 'within' else _plain(value)}"
        for name, value in check.parameters.items()
        if value is not None
    ]
    return check.name + (f" ({', '.join(given)})" if given else "")


def moment(step: Step) -> str:
    """Return when a step is on, in words."""
    if step.when is not None:
        held = ", feed held" if step.hold else ""
        start = f"when {step.when.counter} reaches {step.when.count}{held}"
    else:
        start = f"at {step.at:g} s"
    length = f" for {step.for_:g} s" if step.for_ is not None else ""
    times = f", {step.repeat.count} times every {step.repeat.every:g} s" if step.repeat else ""
    return start + length + times


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    return ascii(value) if isinstance(value, str) and not value.isalnum() else str(value)


def _bar(step: Step, vocabulary: Vocabulary, length: float, width: int, glyphs: Glyphs) -> str:
    if step.at is None:
        return glyphs.waiting.ljust(width, glyphs.idle)
    lasting = faults_at(vocabulary, step.place)[step.name].lasting
    cells = [glyphs.idle] * width
    for span in spans(step, lasting):
        if span.start >= length:
            continue
        first = min(int(span.start / length * width), width - 1)
        last = max(first + 1, math.ceil(min(span.end, length) / length * width))
        mark = glyphs.block if lasting else glyphs.instant
        cells[first:last] = [mark] * (last - first)
    return "".join(cells)


def _ticks(length: float, width: int) -> list[tuple[int, str]]:
    """Return the columns of the axis that carry a figure, with their figures, not too close."""
    every = next((step for step in _TICKS if width * step / length >= 8), length)
    count = int(length / every + 1e-9)
    marks = [
        (round(number * every / length * width), number * every) for number in range(count + 1)
    ]
    return [(min(column, width - 1), f"{time:g}s") for column, time in marks]


def _figures(length: float, width: int) -> str:
    line = ""
    for column, figure in _ticks(length, width):
        start = min(column, width - len(figure))
        if start >= len(line) + bool(line):
            line = line.ljust(start) + figure
    return line.ljust(width)


def _axis(length: float, width: int, glyphs: Glyphs) -> str:
    cells = [glyphs.line] * width
    for column, _ in _ticks(length, width):
        cells[column] = glyphs.tick
    return "".join(cells)
