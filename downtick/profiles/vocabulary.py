"""The words that a profile may use: faults, their attributes, and checks.

The rooms that know a fault describe it in these terms; the vocabulary is handed to the loader, so that
`profiles` imports nothing of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Place = Literal["toxic", "link", "exchange"]
"""Where a fault happens: Toxiproxy's own toxic, a link fault made of several calls, or inside the exchange."""

Kind = Literal["integer", "number", "text", "boolean", "duration", "instant", "list"]
"""What an attribute takes. A ``duration`` is written with its unit (``800ms``) and is kept in seconds; an ``instant``
is a minute of this century in UTC (``2024-05-14T04:15Z``), kept as a `datetime`.
"""

Scaling = Literal["none", "duration", "rate"]
"""What the time scale does to an attribute: nothing, multiply (durations), divide (rates)."""


@dataclass(frozen=True)
class Attribute:
    """One attribute of a fault, or one parameter of a check.

    Attributes:
        name: as it is written in a profile (Toxiproxy's own word for a toxic).
        kind: what it takes.
        unit: for the reader: ``ms``, ``KB/s``, ``bytes``, ``µs``; empty if it has none.
        required: whether it must be given.
        default: what holds if it is not given.
        minimum: the smallest value allowed, or None.
        maximum: the largest value allowed, or None.
        choices: the values allowed, or empty for any.
        scaling: what the time scale does to it.
        doc: one line for the reader.
    """

    name: str
    kind: Kind
    unit: str = ""
    required: bool = False
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    scaling: Scaling = "none"
    doc: str = ""


@dataclass(frozen=True)
class FaultSpec:
    """One fault that a profile may name.

    Attributes:
        name: as it is written in a profile.
        place: where it happens.
        attributes: what it takes.
        lasting: whether it goes on until it is healed; a fault that does not (``reset``) takes no ``for``.
        selectors: whether ``once``, ``nth``, ``times`` and the like apply (exchange faults).
        doc: one line for the reader.
    """

    name: str
    place: Place
    attributes: tuple[Attribute, ...] = ()
    lasting: bool = True
    selectors: bool = False
    doc: str = ""


@dataclass(frozen=True)
class CheckSpec:
    """One check that ``expect`` may name.

    Attributes:
        name: as it is written in a profile.
        parameters: what it takes; a deadline is called ``within``.
        from_start: whether ``within`` counts from the beginning of a fault and not from its end.
        afterwards: whether ``within`` counts only from when the run is over.
        doc: one line for the reader.
    """

    name: str
    parameters: tuple[Attribute, ...] = ()
    from_start: bool = False
    afterwards: bool = False
    doc: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """Everything that a profile may name.

    Attributes:
        links: names of links.
        toxics: Toxiproxy's toxics by name.
        link_faults: link faults by name.
        exchange_faults: exchange faults by name.
        triggers: what ``when`` may count, such as ``exchange.ticks``.
        checks: checks by name.
    """

    links: tuple[str, ...]
    toxics: Mapping[str, FaultSpec] = field(default_factory=dict)
    link_faults: Mapping[str, FaultSpec] = field(default_factory=dict)
    exchange_faults: Mapping[str, FaultSpec] = field(default_factory=dict)
    triggers: tuple[str, ...] = ()
    checks: Mapping[str, CheckSpec] = field(default_factory=dict)
