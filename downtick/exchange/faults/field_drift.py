"""``field_drift``: a member that clients rely on turns constant or null, or is gone, from one day to the next.

OKX's checksum is 0 since 2026-06-23: clients that verified it lost their book without a word (gocryptotrader 2337).
"""

from __future__ import annotations

from typing import Any

from downtick.exchange.faults.drift import Drift
from downtick.exchange.faults.telling import put


class FieldDrift(Drift):
    """A member becomes null, or is missing, or keeps one value: the one asked for, else the first one that was seen."""

    name = "field_drift"

    def begin(self) -> None:
        """Wait for the first value, if none is asked for."""
        super().begin()
        self._constant: Any = self.attributes["value"]

    def drift(self, found: dict[str, Any], field: str) -> bool:
        """Change the member of one object."""
        match self.attributes["becomes"]:
            case "null":
                return put(found, field, None)
            case "missing":
                del found[field]
                return True
            case _:
                return put(found, field, self._kept(found[field]))

    def _kept(self, value: Any) -> Any:
        """Return the constant, as a number where one stood."""
        if self._constant is None:
            self._constant = value
        constant = self._constant
        if isinstance(value, int) and isinstance(constant, str) and constant.isdecimal():
            return int(constant)
        return constant
