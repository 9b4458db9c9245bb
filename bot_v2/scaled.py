"""Settings in nominal seconds, and what becomes of them under a time scale."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Self


def duration(default: float) -> Any:
    """Return a dataclass field that holds nominal seconds."""
    return field(default=default, metadata={"duration": True})


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """Base of settings that are all numbers above zero.

    Attributes:
        time_scale: real seconds per nominal second.
    """

    time_scale: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            ValueError: a setting is not a number above zero.
        """
        for each in fields(self):
            value = getattr(self, each.name)
            if not isinstance(value, int | float) or not 0 < value < float("inf"):
                raise ValueError(f"{each.name} must be a number above 0, not {value!r}")

    def real(self) -> Self:
        """Return the same settings in real seconds, with a time scale of 1."""
        scaled = {
            each.name: getattr(self, each.name) * self.time_scale
            for each in fields(self)
            if each.metadata.get("duration")
        }
        return replace(self, time_scale=1.0, **scaled)
