"""Reads one step of a profile: which fault, where, when, how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from downtick.profiles.fields import (
    PLACES,
    REPEAT,
    SELECTORS,
    STEP_PARTS,
    faults_at,
    step_fields,
)
from downtick.profiles.model import Repeat, Step, Trigger
from downtick.profiles.problems import Problems, did_you_mean, one_of, shown
from downtick.profiles.values import duration_text, entries_of, read_value, read_values
from downtick.profiles.vocabulary import Attribute, FaultSpec, Vocabulary
from downtick.profiles.yaml_reader import Entry, Node


@dataclass(frozen=True)
class _Draft:
    """A step as it stands in the file, its simple values read."""

    node: Node
    entries: Mapping[str, Entry]
    values: Mapping[str, Any]
    problems: Problems

    def refuse(self, key: str, why: str) -> None:
        """Tell that a key must not stand here; nothing if it does not."""
        if key in self.entries:
            self.problems.add(self.entries[key].mark, f"{key}: {why}")


def read_step(node: Node, vocabulary: Vocabulary, problems: Problems) -> Step | None:
    """Return a step, or None if something is wrong with it; problems go into ``problems``."""
    before = len(problems)
    fields = step_fields(vocabulary)
    values = read_values(node, fields, "", problems, others=STEP_PARTS, what="step")
    if not isinstance(node.value, dict):
        return None
    draft = _Draft(node, node.value, values, problems)
    spec = _fault(draft, vocabulary)
    when = _when(draft, vocabulary)
    repeat = _repeat(draft)
    attributes = _attributes(draft, spec) if spec is not None else {}
    if spec is not None:
        _check_place(draft, spec)
        _check_time(draft, spec)
        _check_repeat(draft, spec, repeat)
    if spec is None or len(problems) > before:
        return None
    return Step(
        at=values["at"],
        when=when,
        hold=values["hold"],
        for_=values["for"],
        repeat=repeat,
        link=values["link"],
        place=spec.place,
        name=spec.name,
        attributes=attributes,
        stream=values["stream"] or "downstream",
        toxicity=1.0 if values["toxicity"] is None else values["toxicity"],
        selectors={a.name: values[a.name] for a in SELECTORS if values[a.name] is not None},
        line=node.mark.line,
    )


def _fault(draft: _Draft, vocabulary: Vocabulary) -> FaultSpec | None:
    """Return what the step does: exactly one of ``toxic``, ``fault`` and ``exchange``."""
    given = [key for key in PLACES if key in draft.entries]
    if len(given) != 1:
        what = f"found {one_of(given)}" if given else "no fault is named"
        allowed = f"allowed: exactly one of {one_of(PLACES)}"
        draft.problems.add(draft.node.mark, f"step: {what}; {allowed}")
        return None
    key = given[0]
    name = draft.values[key]
    if name is not None:
        return faults_at(vocabulary, PLACES[key])[name]
    # A fault under the wrong key is a common slip: say where it belongs.
    node = draft.entries[key].node
    for other, place in PLACES.items():
        if isinstance(node.value, str) and node.value in faults_at(vocabulary, place):
            told = f"{key}: {shown(node.value)} is written `{other}: {node.value}`"
            draft.problems.add(node.mark, told)
    return None


def _attributes(draft: _Draft, spec: FaultSpec) -> dict[str, Any]:
    entry = draft.entries.get("attributes")
    node = entry.node if entry else Node({}, draft.node.mark)
    return read_values(node, spec.attributes, "attributes.", draft.problems)


def _when(draft: _Draft, vocabulary: Vocabulary) -> Trigger | None:
    entry = draft.entries.get("when")
    if entry is None:
        return None
    counters = entries_of(entry.node, "when", draft.problems)
    if counters is None:
        return None
    if len(counters) != 1:
        allowed = "one counter and its count, such as `{exchange.ticks: 3}`"
        message = f"when: found {len(counters)} counters; allowed: {allowed}"
        draft.problems.add(entry.node.mark, message)
        return None
    counter, count = next(iter(counters.items()))
    if counter not in vocabulary.triggers:
        hint = did_you_mean(counter, vocabulary.triggers)
        known = one_of(vocabulary.triggers)
        message = f"when: unknown counter {shown(counter)}; allowed: {known}{hint}"
        draft.problems.add(count.mark, message)
        return None
    number = read_value(
        count.node, Attribute(counter, "integer", minimum=1), f"when.{counter}", draft.problems
    )
    return None if number is None else Trigger(counter=counter, count=number)


def _repeat(draft: _Draft) -> Repeat | None:
    if "repeat" not in draft.entries:
        return None
    values = read_values(draft.entries["repeat"].node, REPEAT, "repeat.", draft.problems)
    if values["count"] is None or values["every"] is None:
        return None
    return Repeat(count=values["count"], every=values["every"])


def _check_place(draft: _Draft, spec: FaultSpec) -> None:
    """Check that the step has what its place needs, and nothing of another place."""
    if spec.place == "exchange":
        draft.refuse("link", f"`{spec.name}` happens inside the exchange; leave it out")
    elif "link" not in draft.entries:
        draft.problems.add(draft.node.mark, f"link: missing; `{spec.name}` happens on a link")
    if spec.place != "toxic":
        for key in ("stream", "toxicity"):
            draft.refuse(key, "only a toxic has it; leave it out")
    if not spec.selectors:
        for attribute in SELECTORS:
            draft.refuse(attribute.name, f"`{spec.name}` takes no selector; leave it out")
    if "once" in draft.entries:
        for key in ("nth", "times"):
            draft.refuse(key, "beside `once`, which already says how many; leave one out")


def _check_time(draft: _Draft, spec: FaultSpec) -> None:
    """Check that the step has one moment, and what goes with it."""
    has_at, has_when = "at" in draft.entries, "when" in draft.entries
    if has_at == has_when:
        what = "found both `at` and `when`" if has_at else "no moment is given"
        allowed = "allowed: exactly one of `at` and `when`"
        draft.problems.add(draft.node.mark, f"step: {what}; {allowed}")
    if not has_when:
        draft.refuse("hold", "only with `when`; leave it out")
    if has_when:
        draft.refuse("repeat", "only with `at`; a counter reaches its count once")
    if not spec.lasting:
        draft.refuse("for", f"`{spec.name}` is over at once; leave it out")


def _check_repeat(draft: _Draft, spec: FaultSpec, repeat: Repeat | None) -> None:
    """Check that one occurrence of a lasting fault is over before the next begins."""
    if repeat is None or repeat.count == 1 or not spec.lasting:
        return
    if "for" not in draft.entries:
        draft.refuse("repeat", f"a repeated `{spec.name}` needs `for`; without, it never ends")
        return
    length = draft.values["for"]
    if length is not None and length >= repeat.every:
        allowed = f"allowed: less than `every` ({duration_text(repeat.every)})"
        message = f"found {duration_text(length)}; {allowed}, or the next begins in this one"
        draft.refuse("for", message)
