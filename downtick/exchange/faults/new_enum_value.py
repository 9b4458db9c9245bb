"""``new_enum_value``: a status, a side or a type that was not among the documented ones when the client was written."""

from __future__ import annotations

from typing import Any

from downtick.exchange.faults.drift import Drift
from downtick.exchange.faults.telling import put


class NewEnumValue(Drift):
    """Members of one name that hold a word hold a new one."""

    name = "new_enum_value"

    def drift(self, found: dict[str, Any], field: str) -> bool:
        """Put the new word into one object."""
        if not isinstance(found[field], str) or not found[field]:
            return False
        return put(found, field, self.attributes["value"])
