"""Turns the notation of a contract file into JSON Schema, and compares two answers by shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator

_NUMBER: Final = r"^-?\d+(\.\d+)?$"
_KINDS: Final[Mapping[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "number": {"type": "string", "pattern": _NUMBER},
    "blank": {"type": "string", "pattern": rf"{_NUMBER}|^$"},
    "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$"},
    "uuid": {"type": "string", "pattern": r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    "integer": {"type": "integer"},
    "real": {"type": "number"},
    "boolean": {"type": "boolean"},
    "map": {"type": "object"},
}


class Contract:
    """What one API is known to answer.

    Args:
        path: of the contract file.

    Attributes:
        names: of the answers: ``GET /accounts``.
    """

    def __init__(self, path: Path) -> None:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._definitions = document["definitions"]
        self._answers = document["answers"]
        self.names: tuple[str, ...] = tuple(self._answers)

    def schema(self, name: str) -> dict[str, Any]:
        """Return an answer's JSON Schema."""
        return self._schema(self._answers[name])

    def violations(self, name: str, answer: object) -> list[str]:
        """Return what is wrong with an answer: where, and what."""
        validator = Draft202012Validator(self.schema(name))
        return [f"{e.json_path}: {e.message}" for e in validator.iter_errors(answer)]

    def _schema(self, written: Any) -> dict[str, Any]:
        if isinstance(written, list):
            return {"type": "array", "items": self._schema(written[0])}
        if isinstance(written, dict):
            return {
                "type": "object",
                "properties": {k.removesuffix("~"): self._schema(v) for k, v in written.items()},
                "required": [key for key in written if not key.endswith("~")],
                "additionalProperties": False,
            }
        if written.endswith("~"):
            return {"anyOf": [self._schema(written[:-1]), {"type": "null"}]}
        if written in _KINDS:
            return _KINDS[written]
        if written in self._definitions:
            return self._schema(self._definitions[written])
        if written != written.upper():
            raise ValueError(f"contract: no kind or definition {written!r}")
        return {"enum": written.split("|")}


def differences(ours: object, theirs: object, at: str = "$") -> Iterator[str]:
    """Yield where two answers differ in shape: members, and kinds of values. Figures and texts may differ.

    Args:
        ours: the stub's answer.
        theirs: the other one's.
        at: where in the answer this is.
    """
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours.keys() | theirs.keys():
            if key not in theirs:
                yield f"{at}.{key}: only the stub has it"
            elif key not in ours:
                yield f"{at}.{key}: the stub has none"
            else:
                yield from differences(ours[key], theirs[key], f"{at}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        if ours and theirs:
            yield from differences(ours[0], theirs[0], f"{at}[0]")
    elif (mine := _kind(ours)) != (other := _kind(theirs)):
        yield f"{at}: {mine} here, {other} there"


def _kind(value: object) -> str:
    """Return the narrowest kind that a value is of."""
    return next(
        (
            name
            for name in ("time", "uuid", "number", "boolean", "integer", "real", "text", "map")
            if Draft202012Validator(_KINDS[name]).is_valid(value)
        ),
        "null" if value is None else "list",
    )
