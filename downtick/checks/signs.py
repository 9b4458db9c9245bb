"""What shows that a bot has given up on a feed: it ends it, opens another, or subscribes again."""

from __future__ import annotations

import math
from collections.abc import Iterator

from downtick.checks.instant import Instant, exactly
from downtick.checks.run import Connection, Run


def signs(run: Run, feed: Connection, since: float) -> Iterator[tuple[Instant, int]]:
    """Yield the bot's acts on a feed or its link after an instant, with the numbers of their events."""
    end = feed.end
    if end is not None and end.at > since and end.by == "bot":
        yield exactly(end.at), end.number
    for number, at in feed.subscribed:
        if at > since:
            yield exactly(at), number
    for other in run.connections.values():
        if other.listener == feed.listener and other.accepted > since:
            yield exactly(other.accepted), other.number


def none_yet(run: Run) -> tuple[Instant, int]:
    """Return that nothing was seen until the end of the run."""
    return Instant(run.ended, math.inf), -1
