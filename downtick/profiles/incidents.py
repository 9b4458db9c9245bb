"""Reads what a profile says of the incident that it plays again: its clock, its phases, its sources."""

from __future__ import annotations

from datetime import datetime

from downtick.profiles.fields import INCIDENT, PHASE
from downtick.profiles.model import Incident, Phase, Profile
from downtick.profiles.problems import Mark, Problems, shown
from downtick.profiles.timing import run_length
from downtick.profiles.values import found, instant_text, read_values
from downtick.profiles.vocabulary import Vocabulary
from downtick.profiles.yaml_reader import Entry, Node

_PHASES = "a list of one or more phases: `- {at: 2024-05-14T04:15Z, evidence: reported, what: ...}`"


def read_incident(entry: Entry | None, problems: Problems) -> Incident | None:
    """Return the incident, or None if the profile plays none or something in it is wrong."""
    if entry is None:
        return None
    before = len(problems)
    values = read_values(entry.node, INCIDENT, "incident.", problems, others=("phases",))
    if not isinstance(entry.node.value, dict):
        return None
    if values["sources"] == ():
        mark = entry.node.value["sources"].node.mark
        problems.add(mark, "incident.sources: found an empty list; allowed: a list of one or more")
    phases = _phases(entry.node, values["start"], problems)
    return None if len(problems) > before else Incident(**values, phases=phases)


def check_length(profile: Profile, vocabulary: Vocabulary, problems: Problems) -> None:
    """Tell which phases begin after the profile's run is over."""
    if profile.incident is None:
        return
    length = run_length(profile, vocabulary)
    for phase in profile.incident.phases:
        if (at := profile.incident.nominal(phase.at)) > length:
            latest = instant_text(profile.incident.clock(length))
            told = f"found {shown(instant_text(phase.at))}, {at:g} s into a run for {length:g} s"
            message = f"incident.phases.at: {told}; allowed: up to {latest}"
            problems.add(Mark(phase.line, 1), message)


def _phases(incident: Node, start: datetime | None, problems: Problems) -> tuple[Phase, ...]:
    assert isinstance(incident.value, dict)
    entry = incident.value.get("phases")
    if entry is None:
        problems.add(incident.mark, f"incident.phases: missing; it must be {_PHASES}")
        return ()
    nodes = entry.node.value
    if not isinstance(nodes, list) or not nodes:
        what = "an empty list" if nodes == [] else found(entry.node)
        problems.add(entry.node.mark, f"incident.phases: found {what}; allowed: {_PHASES}")
        return ()
    phases: list[Phase] = []
    earliest, line = start, 0
    for node in nodes:
        before = len(problems)
        values = read_values(node, PHASE, "incident.phases.", problems)
        if len(problems) > before:
            continue
        at: datetime = values["at"]
        if earliest is not None and (at < earliest or (phases and at == earliest)):
            bound = f"later than the phase of line {line}" if line else "not before `start`"
            told = f"found {shown(instant_text(at))}; allowed: {bound}"
            problems.add(node.mark, f"incident.phases.at: {told}, {instant_text(earliest)}")
            continue
        phases.append(Phase(**values, line=node.mark.line))
        earliest, line = at, node.mark.line
    return tuple(phases)
