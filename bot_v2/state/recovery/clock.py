"""The clocks by which the recovery goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """All in real seconds.

    Attributes:
        steady: for durations.
        wall: seconds since 1970, for what is compared with the exchange.
        sleep: waits.
    """

    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
