"""Which ticks of a channel and product the exchange sent, and which of them the bot says it processed.

A tick is a frame, named by the number that it has on its connection, or a trade, named by its id, where the bot gives
one. Two connections number their frames alike: what the bot says is then understood in its favour, so that what is
lost or doubled is so in every reading.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter

import msgspec

from downtick.checks.run import Frame, Pair, Run

_CALLED = {"level2": "l2_data", "matches": "market_trades", "match": "market_trades"}
"""Channels that bots subscribe to under another name than the journal's."""


class Sent(msgspec.Struct, eq=False, gc=False):
    """A tick that the exchange sent.

    Attributes:
        name: the number or id of it.
        since: when the bot could have it at the earliest: the first connection that brought it was there.
        brought: frames that brought it: of a frame its copies, of a trade whatever tells of it.
        told: the event by which the bot says that it processed it, or None.
        sure: whether that event can speak of no other tick that the bot left out.
    """

    name: int
    since: float
    brought: tuple[Frame, ...]
    told: Frame | None = None
    sure: bool = False


@dataclass(slots=True)
class Ticks:
    """The ticks of a channel and product.

    Attributes:
        pair: channel and product.
        trades: whether they are trades; frames otherwise.
        sent: by the exchange, in order, under the name of each: those of several connections may have the same, and
            stand in the order in which those were accepted.
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
            meant, said = self.sent[name], self.said.get(name, ())
            if len(meant) == len(said) == 1:  # as nearly always
                meant[0].told, meant[0].sure = said[0], True
            elif left := _give(meant, said, missed):
                self.again[name] = left
            else:
                self.again.pop(name, None)


def _give(meant: list[Sent], said: Iterable[Frame], missed: Collection[Sent]) -> int:
    """Give what is said under a name to the ticks of that name; return how much is too much."""
    left = sorted(said, key=_at)
    order = sorted(meant, key=attrgetter("since"), reverse=True)
    if missed:
        order.sort(key=missed.__contains__, reverse=True)
    untold = math.inf
    # The youngest takes the first that it can: what remains is late enough for those before it.
    for tick in order:
        place = bisect_left(left, tick.since, key=_at)
        if place < len(left):
            tick.told = left.pop(place)
        else:
            tick.told, untold = None, min(untold, tick.since)
    for tick in meant:
        tick.sure = tick.told is not None and tick.told[1].at < untold
    return len(left)


def _at(frame: Frame) -> float:
    return frame[1].at


def ticks(run: Run) -> Iterator[Ticks]:
    """Yield the ticks of each channel and product of which the bot says that it processed any."""
    said: dict[Pair, list[Frame]] = {}
    for frame in run.ticks:
        data = frame[1].data
        channel = data["channel"]
        said.setdefault((_CALLED.get(channel, channel), data["product_id"]), []).append(frame)
    frames: dict[Pair, list[Frame]] = {pair: [] for pair in said}
    for feed in run.feeds() if said else ():
        for frame in feed.frames:
            data = frame[1].data
            for product in data["products"] if "channel" in data else ():
                if (brought := frames.get((data["channel"], product))) is not None:
                    brought.append(frame)
    for pair, told in said.items():
        yield _ticks(run, pair, told, frames[pair])


def _ticks(run: Run, pair: Pair, told: list[Frame], frames: list[Frame]) -> Ticks:
    trades = all("trade_id" in frame[1].data for frame in told) and any(
        "trade_ids" in frame[1].data for frame in frames
    )
    sent = _trades(run, frames) if trades else _numbers(run, frames)
    found = Ticks(pair, trades, sent)
    called = "trade_id" if trades else "sequence_num"
    for frame in told:
        event = frame[1]
        given = event.data.get(called)
        name = -1 if given is None else int(given)
        if name in sent and sent[name][0].since <= event.at:
            found.said.setdefault(name, []).append(frame)
        else:
            found.strange.append(frame)
    found.understand(sent)
    return found


def _numbers(run: Run, frames: Iterable[Frame]) -> dict[int, list[Sent]]:
    """Frames come connection by connection: a copy of one is of the last tick of that number, or of none."""
    found: dict[int, list[Sent]] = {}
    for frame in frames:
        data = frame[1].data
        number, conn = data.get("seq"), data["conn"]
        if number is None:
            continue
        meant = found.setdefault(number, [])
        if meant and meant[-1].brought[0][1].data["conn"] == conn:
            meant[-1].brought += (frame,)
        else:
            meant.append(Sent(number, run.connections[conn].accepted, (frame,)))
    return found


def _trades(run: Run, frames: Iterable[Frame]) -> dict[int, list[Sent]]:
    """Of one product the ids follow one another; a frame that tells of several says only the first and last of all."""
    found: dict[int, list[Sent]] = {}
    for frame in frames:
        data = frame[1].data
        ids = data.get("trade_ids")
        if ids is None or len(data["products"]) > 1:
            continue
        since, brought = run.sent_on(frame).accepted, (frame,)
        for number in range(ids[0], ids[1] + 1):
            if number in found:
                found[number][0].brought += brought
            else:
                found[number] = [Sent(number, since, brought)]
    return found
