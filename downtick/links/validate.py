"""Attributes of a fault against what its specification allows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from downtick.errors import ToxicError
from downtick.profiles.vocabulary import Attribute, FaultSpec


def near_miss(word: str, allowed: Iterable[str]) -> str:
    """Return the end of a message about an unknown word: the nearest allowed one, and all of them."""
    words = tuple(allowed)
    near = difflib.get_close_matches(str(word), words, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{hint} (allowed: {', '.join(words) or 'none'})"


def attributes_of(spec: FaultSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every attribute of a fault, checked, with defaults filled in.

    Raises:
        ToxicError: an unknown name, a missing one, a wrong type or a value out of range.
    """
    known = {attribute.name: attribute for attribute in spec.attributes}
    for name in given:
        if name not in known:
            raise ToxicError(f"{spec.name} has no attribute {name!r}{near_miss(name, known)}")
    checked = {}
    for name, attribute in known.items():
        if name in given:
            checked[name] = _value(spec.name, attribute, given[name])
        elif attribute.required:
            raise ToxicError(f"{spec.name} needs the attribute {name!r}: {attribute.doc}")
        else:
            checked[name] = attribute.default
    return checked


def _value(fault: str, attribute: Attribute, value: Any) -> Any:
    found = f"{fault}: {attribute.name} is {value!r}"
    if attribute.kind == "text":
        if value not in attribute.choices:
            raise ToxicError(f"{found}{near_miss(value, attribute.choices)}")
        return value
    if not isinstance(value, int) or isinstance(value, bool):
        raise ToxicError(f"{found}; allowed: a whole number{_unit(attribute)}")
    low, high = attribute.minimum, attribute.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise ToxicError(f"{found}; allowed: {low:g} to {high:,.0f}{_unit(attribute)}")
    return value


def _unit(attribute: Attribute) -> str:
    return f" of {attribute.unit}" if attribute.unit else ""
