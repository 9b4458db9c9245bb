"""What both ways to prove oneself have in common."""

from __future__ import annotations

import time
from collections.abc import Callable

from downtick.exchange.auth.keys import KeyRing


class Verifier:
    """Checks who asks, against the keys that the exchange knows.

    Args:
        ring: the keys.
        check: False lets everybody in.
        clock: gives the present second of the wall clock, which no time scale changes.
    """

    def __init__(
        self, ring: KeyRing, *, check: bool = True, clock: Callable[[], float] = time.time
    ) -> None:
        self._ring = ring
        self._check = check
        self._clock = clock
