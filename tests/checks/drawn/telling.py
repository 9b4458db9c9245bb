"""What can be told of a run only when it is over: the numbers of its frames, and what the bot says of its ticks."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

from downtick.history import Event
from tests.checks.drawn.witness import Witness


def number(events: Sequence[Event]) -> None:
    """Number the frames of each connection as the exchange does; one that was left out used its number up.

    One that is marked ``copy`` is the one before it once more, one that is ``late`` was overtaken by that.
    """
    following: Counter[int] = Counter()
    last: dict[int, Event] = {}
    for event in events:
        data = event.data
        if event.kind == "fault_hit" and data.get("name") == "sequence_gap":
            following[data["conn"]] += 1
        if event.kind != "frame_sent" or "channel" not in data:
            continue
        conn = data["conn"]
        before = last.get(conn)
        if before is not None and data.pop("copy", False):
            data["seq"] = before["seq"]
            continue
        data["seq"] = following[conn]
        following[conn] += 1
        if before is not None and data.pop("late", False):
            before.data["seq"], data["seq"] = data["seq"], before["seq"]
        last[conn] = event


def place_answers(events: Sequence[Event]) -> None:
    """Tell where the answers end in their streams, so that the witness can say when they were read."""
    for offset, event in enumerate(events, start=1):
        if event.kind == "answer" and event["size"]:
            event.data["offset"] = offset


def ticks(
    events: Sequence[Event], witness: Witness, draw: random.Random, *, twice: bool, spoilt: set[int]
) -> list[Event]:
    """Return what a bot says of the prices that it processed.

    Args:
        events: in order.
        witness: knows when they were read.
        draw: how long it took to process one.
        twice: whether it counts copies, too.
        spoilt: handles of the faults whose frames it throws away.
    """
    links = {event["conn"]: event["listener"] for event in events if event.kind == "accepted"}
    found, seen = [], set()
    for event in events:
        data = event.data
        if event.kind != "frame_sent" or data.get("channel") != "ticker":
            continue
        read = witness.arrives(data["conn"], links[data["conn"]], event.at)
        name = data["conn"], data["seq"]
        if read == math.inf or data.get("fault") in spoilt or (name in seen and not twice):
            continue
        seen.add(name)
        at = read + draw.uniform(0.0001, 0.05)
        told = {"channel": "ticker", "sequence_num": data["seq"]}
        found += [
            Event(at, "bot", "tick", {**told, "product_id": name}) for name in data["products"]
        ]
    return found
