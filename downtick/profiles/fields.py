"""The keys of a profile, of ``run``, of a step and of its parts: read by `load`, drawn up by `schema`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from downtick.profiles.vocabulary import Attribute, FaultSpec, Place, Vocabulary

NAME_PATTERN: Final = r"[a-z0-9]+(-[a-z0-9]+)*"
MOST_STEPS: Final = 100
LONGEST: Final = 24 * 3600.0

PROFILE: Final = (
    Attribute("name", "text", required=True, doc="Words of a to z and 0 to 9, joined by hyphens."),
    Attribute("title", "text", required=True, doc="What happens, in one line."),
    Attribute("description", "text", default="", doc="The real event that the profile stands for."),
    Attribute("seed", "integer", minimum=0, doc="Of every random draw; a run may give its own."),
)
PROFILE_PARTS: Final = ("incident", "run", "steps", "expect")

INCIDENT: Final = (
    Attribute("start", "instant", required=True, doc="The incident's time at the steady state."),
    Attribute(
        "compression",
        "number",
        required=True,
        minimum=1,
        maximum=100_000,
        doc="Seconds of the incident in one nominal second.",
    ),
    Attribute("sources", "list", required=True, doc="Where it is told, one a line."),
)
PHASE: Final = (
    Attribute("at", "instant", required=True, doc="When it began."),
    Attribute(
        "evidence",
        "text",
        required=True,
        choices=("reported", "inferred"),
        doc="Whether a source tells of it, or it stands here because something like it must have been.",
    ),
    Attribute("what", "text", required=True, doc="What clients saw, in one line."),
)

RUN: Final = (
    Attribute(
        "warm_up",
        "duration",
        default=30.0,
        minimum=0.001,
        maximum=LONGEST,
        doc="The time within which every link that the profile names must have delivered data.",
    ),
    Attribute(
        "for",
        "duration",
        minimum=0.001,
        maximum=LONGEST,
        doc="From the steady state to the end of the faults.",
    ),
    Attribute(
        "settle",
        "duration",
        default=10.0,
        minimum=0,
        maximum=LONGEST,
        doc="Quiet time afterwards, in which the bot may recover.",
    ),
)

SELECTORS: Final = (
    Attribute("once", "boolean", doc="Hit the first match only."),
    Attribute(
        "nth", "integer", minimum=1, doc="Hit the n-th match; with `times`, those after it too."
    ),
    Attribute("times", "integer", minimum=1, doc="Hit so many matches."),
    Attribute("route", "text", doc="Match requests to this path only."),
    Attribute("product", "text", doc="Match this product only, such as BTC-USD."),
    Attribute("method", "text", doc="Match requests with this HTTP method only."),
)

REPEAT: Final = (
    Attribute("count", "integer", required=True, minimum=1, maximum=500, doc="How many times."),
    Attribute(
        "every",
        "duration",
        required=True,
        minimum=0.001,
        maximum=LONGEST,
        doc="From one start to the next.",
    ),
)
STEP_PARTS: Final = ("when", "repeat", "attributes")
PLACES: Final[Mapping[str, Place]] = {"toxic": "toxic", "fault": "link", "exchange": "exchange"}
"""The key of a step that names its fault, and the place of that fault."""


def step_fields(vocabulary: Vocabulary) -> tuple[Attribute, ...]:
    """Return the simple keys of a step; ``when``, ``repeat`` and ``attributes`` are mappings."""
    return (
        Attribute(
            "at",
            "duration",
            minimum=0,
            maximum=LONGEST,
            doc="When the step begins, counted from the steady state.",
        ),
        Attribute(
            "for",
            "duration",
            minimum=0.001,
            maximum=LONGEST,
            doc="How long the fault lasts; left out, it lasts to the end of the run.",
        ),
        Attribute(
            "hold",
            "boolean",
            default=False,
            doc="With `when`: the feed waits until the bot has read what was sent and the step is done.",
        ),
        Attribute("link", "text", choices=vocabulary.links, doc="Where a toxic or fault happens."),
        Attribute(
            "toxic", "text", choices=tuple(vocabulary.toxics), doc="One of Toxiproxy's own faults."
        ),
        Attribute(
            "fault", "text", choices=tuple(vocabulary.link_faults), doc="A fault of the link."
        ),
        Attribute(
            "exchange",
            "text",
            choices=tuple(vocabulary.exchange_faults),
            doc="A fault inside the exchange: what TCP cannot do.",
        ),
        Attribute(
            "stream",
            "text",
            choices=("downstream", "upstream"),
            doc="The direction of a toxic: downstream is exchange to bot.",
        ),
        Attribute(
            "toxicity",
            "number",
            minimum=0,
            maximum=1,
            doc="The share of connections that a toxic hits; below 1 no run repeats another.",
        ),
        *SELECTORS,
    )


def faults_at(vocabulary: Vocabulary, place: Place) -> Mapping[str, FaultSpec]:
    """Return the faults of one place by name."""
    return {
        "toxic": vocabulary.toxics,
        "link": vocabulary.link_faults,
        "exchange": vocabulary.exchange_faults,
    }[place]
