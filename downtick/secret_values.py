"""Takes secrets out of what is kept: by their value, in every form in which a bot may have written them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

REMOVED: Final = b"<removed>"

_NAMES: Final = re.compile(r"KEY|SECRET|TOKEN|PASSPHRASE|PASSWORD", re.IGNORECASE)

_SHORTEST: Final = 8
"""Characters. What is shorter may be a word of everybody's, and no secret worth the name."""


def secret_names(environment: Mapping[str, str]) -> set[str]:
    """Return the names of the variables that say of themselves that they are secret."""
    return {name for name in environment if _NAMES.search(name)}


def secret_values(environment: Mapping[str, str]) -> list[str]:
    """Return the values of those variables."""
    return [environment[name] for name in secret_names(environment)]


class Scrubber:
    """Removes values from text.

    Args:
        values: that must not be kept. A PEM counts line by line too, but for its first and last.
    """

    def __init__(self, values: Iterable[str]) -> None:
        found = {form for value in values for form in _forms(value.strip())}
        longest_first = sorted(found, key=len, reverse=True)
        self._pattern = (
            re.compile(b"|".join(map(re.escape, longest_first))) if longest_first else None
        )

    def clean(self, text: bytes) -> bytes:
        """Return the text without them."""
        return text if self._pattern is None else self._pattern.sub(REMOVED, text)


def _forms(value: str) -> Iterable[bytes]:
    for part in (value, *(line for line in value.splitlines() if not line.startswith("-----"))):
        if len(part) < _SHORTEST:
            continue
        raw = part.encode()
        yield raw
        yield base64.b64encode(raw)
        yield base64.urlsafe_b64encode(raw).rstrip(b"=")
        yield quote(part, safe="").encode()
        yield quote_plus(part).encode()
        yield json.dumps(part)[1:-1].encode()
        yield repr(part)[1:-1].encode()
