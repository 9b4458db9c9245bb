"""Text to a `Profile`, or to every problem of the text at once."""

from __future__ import annotations

import re

from downtick.errors import ProfileError
from downtick.profiles.conflicts import find_conflicts
from downtick.profiles.fields import MOST_STEPS, NAME_PATTERN, PROFILE, PROFILE_PARTS, RUN
from downtick.profiles.incidents import check_length, read_incident
from downtick.profiles.model import Expectation, Profile, Run, Step
from downtick.profiles.problems import Mark, Problems, did_you_mean, one_of, shown
from downtick.profiles.steps import read_step
from downtick.profiles.values import found, read_values
from downtick.profiles.vocabulary import Vocabulary
from downtick.profiles.yaml_reader import Entry, Node, read


def load(text: str, name: str, vocabulary: Vocabulary) -> Profile:
    """Read a profile.

    Args:
        text: of the file, YAML.
        name: of the file, for the messages.
        vocabulary: the links, faults and checks that the profile may name.

    Raises:
        ProfileError: with every problem of the file, each with its line and column.
    """
    problems = Problems(name)
    root = read(text, problems)
    if root is None and not problems:
        allowed = "a profile has at least `name`, `title` and `steps`"
        problems.add(Mark(1, 1), f"the file is empty; {allowed}")
    profile = _profile(root, vocabulary, problems) if root is not None else None
    if problems or profile is None:
        raise ProfileError(problems.lines())
    return profile


def load_expect(text: str, name: str, vocabulary: Vocabulary) -> tuple[Expectation, ...]:
    """Read a list of checks that stands by itself.

    Args:
        text: of the list, YAML or JSON.
        name: for the messages.
        vocabulary: the checks that it may name.

    Raises:
        ProfileError: with every problem of the list.
    """
    problems = Problems(name)
    root = read(text, problems)
    entry = None if root is None else Entry(root.mark, root)
    expect = _expect(entry, vocabulary, problems)
    if problems:
        raise ProfileError(problems.lines())
    return expect


def _profile(root: Node, vocabulary: Vocabulary, problems: Problems) -> Profile | None:
    values = read_values(root, PROFILE, "", problems, others=PROFILE_PARTS, what="profile")
    if not isinstance(root.value, dict):
        return None
    entries = root.value
    for key in ("name", "title"):
        _one_line(key, values[key], entries, problems)
    incident = read_incident(entries.get("incident"), problems)
    run = read_values(entries["run"].node, RUN, "run.", problems) if "run" in entries else {}
    steps = _steps(root, entries.get("steps"), vocabulary, problems)
    expect = _expect(entries.get("expect"), vocabulary, problems)
    if problems:
        return None
    profile = Profile(**values, run=Run(**run), steps=steps, expect=expect, incident=incident)
    check_length(profile, vocabulary, problems)
    return profile


def _one_line(key: str, value: str | None, entries: dict[str, Entry], problems: Problems) -> None:
    if value is None:
        return
    mark = entries[key].node.mark
    if key == "name" and not re.fullmatch(NAME_PATTERN, value):
        allowed = "words of `a` to `z` and `0` to `9`, joined by hyphens"
        problems.add(mark, f"name: found {shown(value)}; allowed: {allowed}")
    if key == "title" and (not value.strip() or not value.isprintable()):
        problems.add(mark, f"title: found {shown(value)}; allowed: one line of text")


def _steps(
    root: Node, entry: Entry | None, vocabulary: Vocabulary, problems: Problems
) -> tuple[Step, ...]:
    if entry is None:
        problems.add(root.mark, "steps: missing; it must be a list of faults")
        return ()
    nodes = entry.node.value
    if not isinstance(nodes, list) or not nodes:
        what = "an empty list" if nodes == [] else found(entry.node)
        problems.add(entry.node.mark, f"steps: found {what}; allowed: a list of one or more faults")
        return ()
    if len(nodes) > MOST_STEPS:
        allowed = f"at most {MOST_STEPS}; `repeat` plays one step many times"
        problems.add(entry.mark, f"steps: found {len(nodes)}; allowed: {allowed}")
        return ()
    placed = []
    for node in nodes:
        step = read_step(node, vocabulary, problems)
        if step is not None:
            placed.append((step, node.mark))
    find_conflicts(placed, vocabulary, problems)
    return tuple(step for step, _ in placed)


def _expect(
    entry: Entry | None, vocabulary: Vocabulary, problems: Problems
) -> tuple[Expectation, ...]:
    if entry is None:
        return ()
    allowed = "a list of checks: `- name`, or `- name: {parameter: value}`"
    if not isinstance(entry.node.value, list):
        problems.add(entry.node.mark, f"expect: found {found(entry.node)}; allowed: {allowed}")
        return ()
    expectations: dict[str, Expectation] = {}
    for node in entry.node.value:
        name, parameters, mark = _check(node)
        if name is None:
            problems.add(node.mark, f"expect: found {found(node)}; allowed: {allowed}")
            continue
        spec = vocabulary.checks.get(name)
        if spec is None:
            hint = did_you_mean(name, vocabulary.checks)
            known = one_of(sorted(vocabulary.checks))
            problems.add(mark, f"expect: unknown check {shown(name)}; allowed: {known}{hint}")
            continue
        if name in expectations:
            first = expectations[name].line
            problems.add(mark, f"expect.{name}: given twice; the first is in line {first}")
            continue
        values = read_values(parameters, spec.parameters, f"expect.{name}.", problems)
        expectations[name] = Expectation(name=name, parameters=values, line=mark.line)
    return tuple(expectations.values())


def _check(node: Node) -> tuple[str | None, Node, Mark]:
    """Return the name, the parameters and the place of one entry of ``expect``."""
    if isinstance(node.value, str):
        return node.value, Node({}, node.mark), node.mark
    if isinstance(node.value, dict) and len(node.value) == 1:
        name, entry = next(iter(node.value.items()))
        parameters = Node({}, entry.mark) if entry.node.value is None else entry.node
        return name, parameters, entry.mark
    return None, node, node.mark
