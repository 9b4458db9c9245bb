"""What the server said that it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Echo:
    """What Toxiproxy answered to the calls of one fault, for the history.

    Attributes:
        link: the link's name.
        armed: whether the link's closes are RST.
        answers: JSON values, one for each call that changed something, in order.
    """

    link: str
    armed: bool
    answers: tuple[dict[str, Any], ...] = ()
