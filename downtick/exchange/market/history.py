"""What a made market did before its start: two years of candles that nobody has to wait for.

The whole history is one stretch. A stretch that is asked about more closely comes apart into four quarters, down to
the minute; the quarters' candles join to that of the stretch to the last tick. So a candle of any length, however
long ago, costs a few of these steps, and nothing is kept. Inside, prices are whole ticks and sizes whole lots.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from math import cos, log, pi, sin, sqrt
from operator import itemgetter
from typing import Final

import msgspec

from downtick.exchange.market.candle import Candle
from downtick.exchange.market.products import Product

_MINUTE: Final = 60
_LENGTH: Final = 4**10  # minutes: 728 days
_VOLATILITY: Final = 2e-4  # of the price, in a minute's square root; 0.8 % a day
_UNEVENNESS: Final = 0.4  # how far a quarter's share of the volume may lie from an even one
_LEAST_BEYOND: Final = 1e-6  # ticks: what is nothing at all could not be stretched
_WORDS: Final = struct.Struct("<16I")


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """A piece of the history, in whole ticks and lots.

    Attributes:
        path: which quarter of which quarter it is; what it comes apart into is drawn from that.
        age: minutes from its end to the history's end.
        minutes: its length, a power of four.
        open: first price.
        high: highest price.
        low: lowest price.
        close: last price; the next stretch opens there.
        volume: at least one lot a minute.
    """

    path: bytes
    age: int
    minutes: int
    open: int
    high: int
    low: int
    close: int
    volume: int


@dataclass(frozen=True)
class History:
    """One product's past.

    Attributes:
        product: what was traded.
        close: the last price, in ticks.
        pace: lots traded in a minute, in the mean.
        seed: everything is drawn from it and the product's name.
    """

    product: Product
    close: int
    pace: int
    seed: int

    @property
    def _seed(self) -> str:
        return f"{self.seed}/{self.product.product_id}/"

    @property
    def _walk(self) -> float:
        """By how many ticks the price walks in a minute (one standard deviation)."""
        return self.close * _VOLATILITY

    def candles(self, end: int, seconds: int, start: float, stop: float) -> Iterator[Candle]:
        """Yield candles, newest first; that at the end may be the candle of a part of its stretch only.

        Args:
            end: where the history ends, in nominal Unix seconds; a multiple of 60.
            seconds: length of each candle; a multiple of 60.
            start: of the oldest candle wanted, in nominal Unix seconds.
            stop: start of the newest candle wanted, likewise.
        """
        pieces = self._pieces(end // _MINUTE, seconds // _MINUTE, start, stop)
        for bucket, inside in groupby(pieces, itemgetter(0)):
            yield self._candle(bucket * seconds, [stretch for _, stretch in inside])

    def last(self, seconds: int) -> Candle:
        """Return the candle of the history's last so many seconds, a multiple of 60."""
        return next(self.candles(seconds, seconds, 0, 0))

    def _pieces(
        self, end: int, minutes: int, start: float, stop: float
    ) -> Iterator[tuple[int, Stretch]]:
        """Yield the largest stretches that lie in one candle each, and the candle's number, newest first."""
        seed, walk, waiting = self._seed, self._walk, [self._whole()]
        while waiting:
            stretch = waiting.pop()
            oldest = (end - stretch.age - stretch.minutes) // minutes
            newest = (end - stretch.age - 1) // minutes
            if newest * minutes * _MINUTE < start:
                return
            if oldest * minutes * _MINUTE > stop:
                continue
            if oldest == newest:
                yield oldest, stretch
            else:
                waiting += _quarters(seed, walk, stretch)

    def _candle(self, start: int, newest_first: list[Stretch]) -> Candle:
        tick, lot = self.product.quote_increment, self.product.base_increment
        return Candle(
            start,
            min(stretch.low for stretch in newest_first) * tick,
            max(stretch.high for stretch in newest_first) * tick,
            newest_first[-1].open * tick,
            newest_first[0].close * tick,
            sum(stretch.volume for stretch in newest_first) * lot,
        )

    def _whole(self) -> Stretch:
        """Return the stretch that is all of the history. Its prices stay positive."""
        close, deviation = self.close, self._walk * sqrt(_LENGTH)
        draws = _draws(self._seed, b"whole")
        walked = round(close + deviation * _normal(draws[0], draws[1]))
        opened = min(max(walked, close // 2 + 1), close * 2)
        beyond = _beyond(close - opened, deviation, draws[2])
        below = _beyond(close - opened, deviation, draws[3])
        high = max(opened, close) + round(beyond)
        low = max(min(opened, close) - round(below), close // 4 + 1)
        return Stretch(b"", 0, _LENGTH, opened, high, low, close, self.pace * _LENGTH)


@lru_cache(
    maxsize=4096
)  # clients come back for what they had: a megabyte or two instead of their time
def _quarters(seed: str, walk: float, whole: Stretch) -> tuple[Stretch, ...]:
    """Take a stretch apart, oldest quarter first. The price walks `walk` ticks in a minute's square root.

    The quarters' ends are a random walk between the stretch's own ends, and each quarter's high and low are
    those of such a walk. Then what lies above both ends of the stretch is stretched until it reaches the high,
    and what lies below them until it reaches the low.
    """
    draws = _draws(seed, whole.path)
    minutes = whole.minutes // 4
    deviation = walk * sqrt(minutes)
    ends = _bridge(whole.open, whole.close, deviation, draws)
    highs, lows = [], []
    for number in range(4):
        one, other = ends[number], ends[number + 1]
        highs.append(max(one, other) + _beyond(other - one, deviation, draws[4 + number]))
        lows.append(min(one, other) - _beyond(other - one, deviation, draws[8 + number]))
    top, bottom = max(whole.open, whole.close), min(whole.open, whole.close)
    up = (whole.high - top) / (max(highs) - top)
    down = (bottom - whole.low) / (bottom - min(lows))

    def fitted(price: float) -> int:
        if price > top:
            return round(top + (price - top) * up)
        if price < bottom:
            return round(bottom - (bottom - price) * down)
        return round(price)

    joints = [fitted(price) for price in ends]
    volumes = _shares(whole.volume, minutes, draws[12:])
    return tuple(
        [
            Stretch(
                whole.path + bytes((number,)),
                whole.age + (3 - number) * minutes,
                minutes,
                joints[number],
                fitted(highs[number]),
                fitted(lows[number]),
                joints[number + 1],
                volumes[number],
            )
            for number in range(4)
        ]
    )


def _draws(seed: str, path: bytes) -> list[float]:
    """Return sixteen random numbers, more than 0 and less than 1, the same ones for a path each time."""
    # A digest, not `Random`: seeding one takes longer than all the rest.
    words = _WORDS.unpack(blake2b(seed.encode() + path).digest())
    return [(word + 0.5) / 2**32 for word in words]


def _normal(radius: float, angle: float) -> float:
    """Return a draw of the normal distribution (Box and Muller)."""
    return sqrt(-2 * log(radius)) * cos(2 * pi * angle)


def _bridge(first: int, last: int, deviation: float, draws: list[float]) -> list[float]:
    """Return the five ends of four equal steps of a random walk between two prices."""
    steps = []
    for radius, angle in (draws[0:2], draws[2:4]):
        length = sqrt(-2 * log(radius)) * deviation
        steps += [length * cos(2 * pi * angle), length * sin(2 * pi * angle)]
    drift = (last - first - sum(steps)) / 4
    second = first + steps[0] + drift
    third = second + steps[1] + drift
    return [first, second, third, third + steps[2] + drift, last]


def _beyond(change: float, deviation: float, draw: float) -> float:
    """Draw how far a random walk runs above both its ends (or below), whose prices differ by `change`.

    The maximum of a Brownian bridge from 0 to c is (c + sqrt(c² - 2 s² ln u)) / 2.
    """
    reach = sqrt(change * change - 2 * deviation * deviation * log(draw))
    return (reach - abs(change)) / 2 + _LEAST_BEYOND


def _shares(volume: int, minutes: int, draws: list[float]) -> list[int]:
    """Share a volume out among four quarters of so many minutes; each minute keeps a lot at least."""
    weights = [1 + _UNEVENNESS * (2 * draw - 1) for draw in draws]
    spare = volume - 4 * minutes
    shares = [minutes + int(spare * weight / sum(weights)) for weight in weights[:3]]
    return [*shares, volume - sum(shares)]
