"""The part of a profile that tells of the incident which it plays again."""

from __future__ import annotations

from datetime import UTC, datetime

import jsonschema
import pytest
import yaml

from downtick.profiles.schema import profile_schema
from tests.profiles.small_words import WORDS, problems_of, profile_of, text_of

RESET = "at: 1s, link: market_ws, fault: reset"
START = "start: 2024-05-14T04:00Z"
FASTER = "compression: 60"
PHASES = (
    "phases: [{at: 2024-05-14T04:05Z, evidence: reported, what: all fails}, "
    "{at: 2024-05-14T04:15Z, evidence: inferred, what: some of it}]"
)
SOURCES = "sources: [a page, another]"


def incident(
    start: str = START, faster: str = FASTER, phases: str = PHASES, sources: str = SOURCES
) -> str:
    """Return the lines of an incident."""
    parts = ", ".join(part for part in (start, faster, phases, sources) if part)
    return f"incident: {{{parts}}}"


def test_an_incident_is_read() -> None:
    """Clock, phases with their evidence, and sources."""
    found = profile_of(RESET, run="for: 1m", extra=incident()).incident
    assert found is not None
    assert found.start == datetime(2024, 5, 14, 4, 0, tzinfo=UTC)
    assert (found.compression, found.sources) == (60, ("a page", "another"))
    first, second = found.phases
    assert (first.at, first.evidence) == (datetime(2024, 5, 14, 4, 5, tzinfo=UTC), "reported")
    assert (second.evidence, second.what, second.line) == ("inferred", "some of it", 4)


def test_the_clock_of_an_incident_goes_faster() -> None:
    """A nominal second is as long as the compression says, forth and back."""
    found = profile_of(RESET, run="for: 1m", extra=incident()).incident
    assert found is not None
    assert found.clock(0) == found.start
    assert found.clock(7.5) == datetime(2024, 5, 14, 4, 7, 30, tzinfo=UTC)
    assert found.nominal(found.clock(7.5)) == 7.5


def test_most_profiles_play_no_incident() -> None:
    """It may be left out."""
    assert profile_of(RESET).incident is None


def phase(text: str) -> str:
    """Return an incident with one phase, at whose place the text stands."""
    return incident(phases=f"phases: [{text}]")


BAD = [
    (incident(start=""), "f.yaml:3:11: incident.start: missing; it must be a minute in UTC"),
    (incident(faster=""), "incident.compression: missing; it must be a number from 1 to 100,000"),
    (
        incident(phases=""),
        "f.yaml:3:11: incident.phases: missing; it must be a list of one or more",
    ),
    (incident(sources=""), "incident.sources: missing; it must be a list of texts"),
    (incident(sources="sources: []"), "incident.sources: found an empty list; allowed: a list of"),
    (incident(sources="sources: x"), "incident.sources: found `x`; allowed: a list of texts"),
    (incident(faster="compression: 0.5"), "incident.compression: found `0.5` (too small)"),
    (incident(start="start: 04:00"), "incident.start: found `04:00`; allowed: a minute in UTC"),
    (
        incident(start="start: 2024-02-30T04:00Z"),
        "f.yaml:3:19: incident.start: found `2024-02-30T04:00Z` (there is no such minute)",
    ),
    (incident(start="begin: 1"), "incident.begin: unknown key; allowed: `start`, `compression`"),
    ("incident: yes", "incident: found `yes`; allowed: a mapping"),
    (incident(phases="phases: []"), "incident.phases: found an empty list; allowed: a list of"),
    (incident(phases="phases: 3"), "incident.phases: found `3`; allowed: a list of one or more"),
    (phase("x"), "incident.phases: found `x`; allowed: a mapping"),
    (
        phase("{at: 2024-05-14T04:05Z, evidence: reporte, what: x}"),
        "incident.phases.evidence: found `reporte`; allowed: `reported`, `inferred`; did you mean `reported`?",
    ),
    (
        phase("{at: 2024-05-14T04:05Z, evidence: reported}"),
        "incident.phases.what: missing; it must be text",
    ),
    (
        phase("{at: 2024-05-14T03:59Z, evidence: reported, what: x}"),
        "incident.phases.at: found `2024-05-14T03:59Z`; allowed: not before `start`, 2024-05-14T04:00Z",
    ),
    (
        incident(phases=PHASES.replace("04:15Z", "04:05Z")),
        "incident.phases.at: found `2024-05-14T04:05Z`; allowed: later than the phase of line 3, 2024",
    ),
]


@pytest.mark.parametrize(("text", "told"), BAD)
def test_a_bad_incident_is_told_at_its_place(text: str, told: str) -> None:
    """Each slip gets its line and key, what was found and what is allowed."""
    assert told in "\n".join(problems_of(text_of(RESET, extra=text)))


def test_a_phase_after_the_end_is_told() -> None:
    """A run that is over before its last phase begins does not play its incident."""
    text = text_of(RESET, run="for: 14s", extra=incident())
    (told,) = problems_of(text)
    assert told.startswith("f.yaml:4:1: incident.phases.at: found `2024-05-14T04:15Z`, 15 s into")
    assert told.endswith("a run for 14 s; allowed: up to 2024-05-14T04:14Z")


@pytest.mark.parametrize("text", [text for text, _ in BAD[:14]])
def test_an_editor_refuses_the_same(text: str) -> None:
    """What is missing or of the wrong kind is no instance of the schema; what is right is one."""
    validator = jsonschema.Draft7Validator(profile_schema(WORDS))
    good = text_of(RESET, run="for: 1m", extra=incident())
    assert validator.is_valid(yaml.safe_load(good))
    if "02-30" not in text:  # a pattern knows no calendar
        assert not validator.is_valid(yaml.safe_load(text_of(RESET, extra=text)))
