"""The library of fault profiles: every file against the vocabulary, the schema and the linter."""

import functools
import itertools
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from downtick.data import data_folder
from downtick.profiles.examine import examine
from downtick.profiles.library import find, library_names, library_path
from downtick.profiles.load import load
from downtick.profiles.model import Profile
from downtick.profiles.schedule import schedule
from downtick.profiles.schema import profile_schema
from downtick.profiles.timing import run_length
from downtick.words import VOCABULARY
from tests.exchange.faults.trader import Trader

ROOT = Path(__file__).parents[1]
NAMES = library_names()
INCIDENTS = [name for name in NAMES if name.startswith("incidents/")]
LONGEST = 600.0

# One fault each that a streaming client must live through.
STREAMING = {
    "market-feed-reset",
    "market-feed-close",
    "market-feed-down",
    "market-feed-freeze",
    "market-feed-blackhole",
    "silent-handshake",
    "data-silence",
    "heartbeat-silence",
    "latency-800ms",
    "bandwidth-1kbs",
    "small-slices",
    "idle-timeout",
    "close-1000",
    "close-1001",
    "close-1006",
    "close-1011",
    "close-1012",
    "upgrade-429",
    "upgrade-503",
    "seven-resets",
    "sequence-gap",
    "garbage-text",
    "snapshot-12mib",
}


@functools.cache
def profile(name: str) -> Profile:
    """Return a profile of the library."""
    return load(*find(name), VOCABULARY)


@functools.cache
def editor(schema: Path) -> jsonschema.Draft7Validator:
    """Return what an editor makes of a schema."""
    return jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))


def test_the_library_covers_every_fault_of_a_stream() -> None:
    """Each fault that a streaming client must live through has a profile."""
    assert {f"streaming/{name}" for name in STREAMING} <= set(NAMES)


def test_the_library_has_a_profile_of_every_exchange_fault() -> None:
    """What the exchange can do wrong can be tried without writing a profile."""
    used = {step.name for name in NAMES for step in profile(name).steps if step.place == "exchange"}
    assert used == set(VOCABULARY.exchange_faults)


def test_the_library_has_its_folders() -> None:
    """Stream, REST and whole outages are all there."""
    assert {name.partition("/")[0] for name in NAMES} >= {"streaming", "rest", "outage"}


def test_no_name_is_given_twice() -> None:
    """A profile may be called by its last name."""
    assert len({name.rpartition("/")[2] for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_says_what_it_stands_for(name: str) -> None:
    """Name and file agree, and title and description are for a reader."""
    found = profile(name)
    assert found.name == name.rpartition("/")[2]
    assert 20 <= len(found.title) <= 100
    assert len(found.description) >= 100
    assert found.expect


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_not_too_long(name: str) -> None:
    """No run of the library lasts over ten nominal minutes after its warm-up."""
    found = profile(name)
    assert run_length(found, VOCABULARY) + found.run.settle <= LONGEST


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("time_scale", [1.0, 0.1])
def test_a_profile_can_be_played(name: str, time_scale: float) -> None:
    """Every profile has acts at real time and ten times as fast, within its run, that can be repeated."""
    plan = schedule(profile(name), 1, time_scale, VOCABULARY)
    assert plan.acts
    assert plan.links
    assert plan.repeatable
    assert all(act.at is None or act.at < plan.length for act in plan.acts)


@pytest.mark.parametrize("name", NAMES)
def test_its_exchange_faults_can_be_started(name: str) -> None:
    """As the schedule has them, at an exchange with a ledger."""
    trader = Trader()
    acts = [a for a in schedule(profile(name), 1, 0.1, VOCABULARY).acts if a.place == "exchange"]
    for act in acts:
        trader.book.start(act.name, act.attributes, act.selectors)
    trader.book.stop_all()
    assert sorted(fault for fault, _ in trader.over) == sorted(act.name for act in acts)


@pytest.mark.parametrize("time_scale", [1.0, 0.1])
def test_the_linter_finds_nothing(time_scale: float) -> None:
    """The library has no trap, and not even a warning."""
    assert examine(NAMES, VOCABULARY, time_scale).lines == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_valid_in_an_editor(name: str) -> None:
    """The first line names the schema beside the folders, and the file satisfies it."""
    text = library_path(name).read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schema.json\n")
    editor((library_path(name).parent / "../schema.json").resolve()).validate(yaml.safe_load(text))


def test_the_committed_schema_is_the_one_that_is_printed() -> None:
    """`downtick schema > toxics/schema.json` brings it up to date."""
    committed = (data_folder("toxics") / "schema.json").read_text(encoding="utf-8")
    made = json.dumps(profile_schema(VOCABULARY), indent=2, ensure_ascii=False) + "\n"
    assert committed == made


@pytest.mark.parametrize("name", INCIDENTS)
def test_an_incident_says_what_is_known_of_it(name: str) -> None:
    """Named after its day, with sources; what is reported and what is inferred; and some calm before the first fault."""
    found = profile(name)
    incident = found.incident
    assert incident is not None
    assert found.name.startswith(f"{incident.start:%Y-%m-%d}-")
    assert {phase.evidence for phase in incident.phases} == {"reported", "inferred"}
    assert len(incident.sources) >= 2
    first = min(step.at for step in found.steps if step.at is not None)
    assert first == incident.nominal(incident.phases[1].at) >= 15


@pytest.mark.parametrize("name", INCIDENTS)
def test_faults_of_an_incident_begin_in_phases_of_their_own(name: str) -> None:
    """No phase but those in which all is well is without a fault."""
    found = profile(name)
    assert found.incident is not None
    times = [found.incident.nominal(phase.at) for phase in found.incident.phases]
    lasting = [(s.at, s.at + s.for_) for s in found.steps if s.at is not None and s.for_]
    middles = [(begin + end) / 2 for begin, end in itertools.pairwise(times)]
    faulty = [any(start < middle < end for start, end in lasting) for middle in middles]
    assert sum(faulty) >= 2
    assert not faulty[0]
    assert all(end <= times[-1] + 1e-6 for _, end in lasting)


def test_the_page_about_incidents_names_them_all() -> None:
    """Each with how long it takes."""
    page = (ROOT / "docs" / "reproduce-an-outage.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([\w-]+)` \|.*\| (\d+) s \|$", page, re.MULTILINE))
    found = {(profile(n).name, f"{run_length(profile(n), VOCABULARY):g}") for n in INCIDENTS}
    assert told == found
