"""A short timeline of a history, for a terminal: what the conductor did, and what became of connections."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from downtick.history import Event

MOST_LINES = 40


def timeline(history: Iterable[Event], most: int = MOST_LINES) -> list[str]:
    """Return one line for each event that tells the story, and one for each run of frames between them.

    Args:
        history: events in order.
        most: lines at most; the middle is left out.
    """
    lines: list[str] = []
    start: float | None = None
    frames: dict[int, int] = {}
    for event in history:
        start = event.at if start is None else start
        if event.kind == "frame_sent":
            frames[event["conn"]] = frames.get(event["conn"], 0) + 1
            continue
        if (told := line(event, start)) is None:
            continue
        if frames:
            counts = ", ".join(f"#{conn}: {count}" for conn, count in frames.items())
            lines.append(f"{'':>11}    exchange   frames sent ({counts})")
            frames = {}
        lines.append(told)
    if len(lines) <= most:
        return lines
    head, tail = most // 3, most - most // 3 - 1
    return [*lines[:head], f"{'':>11}    … {len(lines) - head - tail} more …", *lines[-tail:]]


def line(event: Event, start: float) -> str | None:
    """Return one event as a line, its time counted from the start; None if it tells no story by itself."""
    tell = _TELL.get(event.kind)
    return tell and f"{event.at - start:>10.3f}s    {event.source:<10} {tell(event)}"


def _step(event: Event) -> str:
    where = event.get("link") or "exchange"
    return f"{event.kind.replace('_', ' ')}: {event.get('name')} on {where}"


def _connection(event: Event) -> str:
    more = ", ".join(
        f"{key} {event[key]}"
        for key in ("listener", "by", "how", "code", "status", "fault")
        if event.get(key) is not None
    )
    return f"#{event.get('conn')} {event.kind}" + (f" ({more})" if more else "")


def _request(event: Event) -> str:
    return f"#{event['conn']} {event['method']} {event['path']}"


def _fault(event: Event) -> str:
    hits = event.get("hits")
    return f"{event.kind.replace('_', ' ')}: {event.get('name')}" + (
        f", {hits} hits" if hits is not None else ""
    )


def _never_matched(event: Event) -> str:
    return f"warning: {event['name']} never matched: {event['seen']} fitted, none was hit"


def _mode(event: Event) -> str:
    return f"mode changed: {event['mode']}"


def _plain(event: Event) -> str:
    return event.kind.replace("_", " ")


_TELL: dict[str, Callable[[Event], str]] = {
    **dict.fromkeys(("step_asked", "step_done", "step_healed"), _step),
    **dict.fromkeys(("inject_done", "inject_healed"), _step),
    **dict.fromkeys(("accepted", "refused", "upgraded", "closed"), _connection),
    **dict.fromkeys(("fault_on", "fault_off"), _fault),
    **dict.fromkeys(("steady_state", "run_ended", "healed", "hold_expired"), _plain),
    "never_matched": _never_matched,
    "mode_changed": _mode,
    "request": _request,
}
