"""The arena's own lateness: what it did late would be blamed on the bot.

Everything is judged by the times at which it really happened, and every lateness is told, so that a deadline can
leave it out of account. Past the limit the machine was too busy to say anything about a bot, and the run is an error.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from downtick.errors import ArenaLate

TOLD = 0.010
"""Seconds of lateness from which the history tells of it."""

LIMIT = 2.0
"""Seconds of lateness at which a run becomes an error: frames and heartbeats were not sent for that long."""

_EVERY = 0.020


async def watch(
    tell: Callable[[float], None],
    clock: Callable[[], float] = time.monotonic,
    limit: float = LIMIT,
) -> None:
    """Sleep again and again, and tell by how many seconds each wake-up was late, if it was.

    Raises:
        ArenaLate: once a wake-up was later than the limit.
    """
    while True:
        due = clock() + _EVERY
        await asyncio.sleep(_EVERY)
        late = clock() - due
        if late > TOLD:
            tell(late)
        if late > limit:
            raise ArenaLate(
                f"the arena stood still for {late * 1000:.0f} ms: this machine is too busy to judge a bot"
            )
