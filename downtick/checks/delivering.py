"""Whether a link carried data in a span of a run."""

from __future__ import annotations

import math

from downtick.checks.run import Run

_NO_DATA = frozenset({"subscriptions", "heartbeats"})


def delivers(run: Run, link: str, since: float = -math.inf, until: float = math.inf) -> bool:
    """Whether a link carried data from one instant until before another: an answer, or a frame that is more than a heartbeat."""
    if link == "rest":
        return any(
            r.answer is not None and since <= r.answer.at < until for r in reversed(run.requests)
        )
    return any(
        event.at < until and (link == "user_ws" or event.get("channel") not in _NO_DATA)
        for feed in run.feeds(link)
        for _, event in feed.frames_after(since)
    )


def touched(run: Run) -> tuple[str, ...]:
    """Return the links on which there were faults, or whose connections and requests an exchange fault hit."""
    links = {link for fault in run.faults for link in (fault.link, *fault.listeners) if link}
    return tuple(sorted(links))
