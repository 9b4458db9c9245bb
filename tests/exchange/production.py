"""How production's frames look, and recordings of them where there are any."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KINDS = {
    "nanoseconds": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z",
    "microseconds": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "seconds": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "go time": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{0,8}[1-9])? \+0000 UTC m=\+\d+\.\d{9}",
    "figure": r"-?\d+(\.\d*[1-9])?",
    "product": r"[A-Z0-9]+-[A-Z0-9]+",
    "word": r"[A-Za-z0-9_/ -]*",
}


def shape(value: Any) -> Any:
    """Return keys in their order, types, and the format of each string."""
    if isinstance(value, dict):
        return [(key, shape(member)) for key, member in value.items()]
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, str):
        return next(kind for kind, form in KINDS.items() if re.fullmatch(form, value))
    return type(value).__name__


def recorded() -> Iterator[dict[str, Any]]:
    """Yield production's frames from recordings that may stand next to a checkout."""
    folder = Path(__file__).parents[3] / "shared" / "golden"
    for path in sorted(folder.glob("*.json")):
        for session in json.loads(path.read_text()).values():
            yield from session["received"]
