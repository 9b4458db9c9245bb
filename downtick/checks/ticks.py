"""Which ticks of a channel and product the exchange sent, and which of them the bot says it processed.

A tick is a frame, named by the number that it has on its connection, or a trade, named by its id, where the bot gives
one. Two connections number their frames alike: what the bot says is then understood in its favour, so that what is
lost or doubled is so in every reading.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from downtick.checks.run import Connection, Frame, Pair, Run

_CALLED = {"level2": "l2_data", "matches": "market_trades", "match": "market_trades"}
"""Channels that bots subscribe to under another name than the journal's."""


@dataclass(slots=True, eq=False)
class Sent:
    """A tick that the exchange sent.

    Attributes:
        name: the number or id of it.
        since: when the bot could have it at the earliest: the first connection that brought it was there.
        brought: connections and frames that brought it: of a frame its copies, of a trade whatever tells of it.
        told: the event by which the bot says that it processed it, or None.
        sure: whether that event can speak of no other tick that the bot left out.
    """

    name: int
    since: float
    brought: list[tuple[Connection, Frame]]
    told: Frame | None = None
    sure: bool = False


@dataclass(slots=True)
class Ticks:
    """The ticks of a channel and product.

    Attributes:
        pair: channel and product.
        trades: whether they are trades; frames otherwise.
        sent: by the exchange, in order, under the name of each: those of several connections may have the same.
        said: by the bot, under the name of each.
        again: how often the bot says more of a name than was sent.
        strange: what it says of ticks that nobody sent, or without the name that others have.
    """

    pair: Pair
    trades: bool
    sent: dict[int, list[Sent]]
    said: dict[int, list[Frame]] = field(default_factory=dict)
    again: dict[int, int] = field(default_factory=dict)
    strange: list[Frame] = field(default_factory=list)

    def __iter__(self) -> Iterator[Sent]:
        return chain.from_iterable(self.sent.values())

    def understand(self, names: Iterable[int], missed: Collection[Sent] = ()) -> None:
        """Give each of the bot's events under some names to the tick that it speaks of.

        Args:
            names: of ticks that were sent.
            missed: ticks that the bot must have processed: they come first where an event may speak of several.
        """
        for name in names:
            left = _give(self.sent[name], self.said.get(name, ()), missed)
            if left:
                self.again[name] = left
            else:
                self.again.pop(name, None)


def _give(meant: list[Sent], said: Iterable[Frame], missed: Collection[Sent]) -> int:
    """Give what is said under a name to the ticks of that name; return how much is too much."""
    left = sorted(said, key=lambda frame: frame[1].at)
    # The youngest takes the first that it can: what remains is late enough for those before it.
    for tick in sorted(meant, key=lambda tick: (tick in missed, tick.since), reverse=True):
        place = next((n for n, frame in enumerate(left) if frame[1].at >= tick.since), None)
        tick.told = None if place is None else left.pop(place)
    untold = min((tick.since for tick in meant if tick.told is None), default=math.inf)
    for tick in meant:
        tick.sure = tick.told is not None and tick.told[1].at < untold
    return len(left)


def ticks(run: Run) -> Iterator[Ticks]:
    """Yield the ticks of each channel and product of which the bot says that it processed any."""
    said: dict[Pair, list[Frame]] = {}
    for frame in run.ticks:
        channel = frame[1]["channel"]
        said.setdefault((_CALLED.get(channel, channel), frame[1]["product_id"]), []).append(frame)
    frames: dict[Pair, list[tuple[Connection, Frame]]] = {pair: [] for pair in said}
    for feed in run.feeds() if said else ():
        for frame in feed.frames:
            data = frame[1].data
            for product in data["products"] if "channel" in data else ():
                if (brought := frames.get((data["channel"], product))) is not None:
                    brought.append((feed, frame))
    for pair, told in said.items():
        yield _ticks(pair, told, frames[pair])


def _ticks(pair: Pair, told: list[Frame], frames: list[tuple[Connection, Frame]]) -> Ticks:
    trades = any("trade_ids" in frame[1].data for _, frame in frames) and all(
        "trade_id" in frame[1].data for frame in told
    )
    found = Ticks(pair, trades, _trades(frames) if trades else _numbers(frames))
    since = {name: min(tick.since for tick in meant) for name, meant in found.sent.items()}
    for frame in told:
        given = frame[1].get("trade_id" if trades else "sequence_num")
        name = -1 if given is None else int(given)
        if since.get(name, math.inf) > frame[1].at:
            found.strange.append(frame)
        else:
            found.said.setdefault(name, []).append(frame)
    found.understand(found.sent)
    return found


def _numbers(frames: Iterable[tuple[Connection, Frame]]) -> dict[int, list[Sent]]:
    found: dict[int, list[Sent]] = {}
    for brought in frames:
        connection, frame = brought
        number = frame[1].get("seq")
        if number is None:
            continue
        meant = found.setdefault(number, [])
        copy = next((tick for tick in meant if tick.brought[0][0] is connection), None)
        if copy is None:
            meant.append(Sent(number, connection.accepted, [brought]))
        else:
            copy.brought.append(brought)
    return found


def _trades(frames: Iterable[tuple[Connection, Frame]]) -> dict[int, list[Sent]]:
    """Of one product the ids follow one another; a frame that tells of several says only the first and last of all."""
    found: dict[int, list[Sent]] = {}
    for brought in frames:
        connection, (_, event) = brought
        ids = event.get("trade_ids")
        if ids is None or len(event["products"]) > 1:
            continue
        for number in range(ids[0], ids[1] + 1):
            if number in found:
                found[number][0].brought.append(brought)
            else:
                found[number] = [Sent(number, connection.accepted, [brought])]
    return found
