"""The JSON Schema of a profile, made from the vocabulary, so that editors complete and check it.

Draft 7, which every YAML language server reads. It says what one value may be; what several of them mean
together (overlaps, times) is left to `load`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from downtick.profiles.fields import (
    INCIDENT,
    MOST_STEPS,
    NAME_PATTERN,
    PHASE,
    PLACES,
    PROFILE,
    REPEAT,
    RUN,
    faults_at,
    step_fields,
)
from downtick.profiles.values import DURATION_PATTERN, INSTANT_PATTERN
from downtick.profiles.vocabulary import Attribute, CheckSpec, FaultSpec, Vocabulary

Schema = dict[str, Any]

_TYPES = {"integer": "integer", "number": "number", "text": "string", "boolean": "boolean"}


def profile_schema(vocabulary: Vocabulary) -> Schema:
    """Return the JSON Schema of a profile that uses this vocabulary."""
    root = _mapping(PROFILE)
    root["properties"]["name"]["pattern"] = f"^{NAME_PATTERN}$"
    root["properties"]["title"]["minLength"] = 1
    root["properties"] |= {
        "incident": _incident(),
        "run": _mapping(RUN) | {"description": "How long the parts of a run last."},
        "steps": {
            "description": "The faults, each with a place and a time.",
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_STEPS,
            "items": {"$ref": "#/definitions/step"},
        },
        "expect": {
            "description": "What the bot must do: the checks that judge the run.",
            "type": "array",
            "items": {"anyOf": _checks(vocabulary.checks.values())},
        },
    }
    root["required"].append("steps")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A downtick fault profile",
        **root,
        "definitions": {"step": _step(vocabulary)},
    }


def _incident() -> Schema:
    incident = _mapping(INCIDENT) | {"description": "What happened, and when, if it did happen."}
    incident["properties"]["sources"]["minItems"] = 1
    incident["properties"]["phases"] = {
        "description": "What happened from when on, each until the next begins.",
        "type": "array",
        "minItems": 1,
        "items": _mapping(PHASE),
    }
    incident["required"].append("phases")
    return incident


def _step(vocabulary: Vocabulary) -> Schema:
    step = _mapping(step_fields(vocabulary))
    step["properties"] |= {
        "when": {
            "description": "The step's moment, counted inside the exchange.",
            "type": "object",
            "properties": {name: {"type": "integer", "minimum": 1} for name in vocabulary.triggers},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
        "repeat": _mapping(REPEAT) | {"description": "The same step several times."},
        "attributes": {"description": "What the fault takes.", "type": "object"},
    }
    for key, place in PLACES.items():
        faults = faults_at(vocabulary, place).values()
        step["properties"][key].pop("enum")
        step["properties"][key]["oneOf"] = [
            {"const": fault.name, "description": fault.doc} for fault in faults
        ]
    return step | {
        "oneOf": [
            {"required": ["link", "toxic"]},
            {"required": ["link", "fault"]},
            {"required": ["exchange"], "not": {"required": ["link"]}},
        ],
        "allOf": [
            {"oneOf": [{"required": ["at"]}, {"required": ["when"]}]},
            {"if": {"required": ["hold"]}, "then": {"required": ["when"]}},
            *(
                _fault(key, fault)
                for key, place in PLACES.items()
                for fault in faults_at(vocabulary, place).values()
            ),
        ],
    }


def _fault(key: str, fault: FaultSpec) -> Schema:
    """Return what holds for the steps with this fault."""
    attributes = _mapping(fault.attributes)
    then: Schema = {"properties": {"attributes": attributes}}
    if attributes.get("required"):
        then["required"] = ["attributes"]
    if not fault.lasting:
        then["properties"]["for"] = False
    return {"if": {"required": [key], "properties": {key: {"const": fault.name}}}, "then": then}


def _checks(checks: Iterable[CheckSpec]) -> list[Schema]:
    """Return the ways to name a check: alone if no parameter is required, or with its parameters."""
    ways: list[Schema] = []
    for check in checks:
        parameters = _mapping(check.parameters)
        if not parameters.get("required"):
            ways.append({"const": check.name, "description": check.doc})
        ways.append(
            {
                "type": "object",
                "description": check.doc,
                "properties": {check.name: parameters},
                "required": [check.name],
                "additionalProperties": False,
            }
        )
    return ways


def _mapping(attributes: Sequence[Attribute]) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {attribute.name: _value(attribute) for attribute in attributes},
        "additionalProperties": False,
    }
    required = [attribute.name for attribute in attributes if attribute.required]
    return schema | ({"required": required} if required else {})


def _value(attribute: Attribute) -> Schema:
    schema: Schema = {"description": _description(attribute)} if attribute.doc else {}
    match attribute.kind:
        case "duration":
            schema |= {"type": "string", "pattern": f"^{DURATION_PATTERN}$"}
        case "instant":
            schema |= {"type": "string", "pattern": f"^{INSTANT_PATTERN}$"}
        case "list":
            item: Mapping[str, Any] = {"type": "string"}
            if attribute.choices:
                item = {"enum": list(attribute.choices)}
            schema |= {"type": "array", "items": dict(item)}
        case kind:
            schema |= {"type": _TYPES[kind]}
            schema |= _bounds(attribute)
            if attribute.choices:
                schema["enum"] = list(attribute.choices)
    if attribute.default not in (None, ()) and attribute.kind != "duration":
        schema["default"] = attribute.default
    return schema


def _bounds(attribute: Attribute) -> Schema:
    bounds = {"minimum": attribute.minimum, "maximum": attribute.maximum}
    return {key: value for key, value in bounds.items() if value is not None}


def _description(attribute: Attribute) -> str:
    return f"{attribute.doc} ({attribute.unit})" if attribute.unit else attribute.doc
