"""A lie about time: what is told is of this moment and says that it is old."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from downtick.exchange.call import Call
from downtick.exchange.faults.base import DATA
from downtick.exchange.faults.lies.lie import Lie, market_product
from downtick.exchange.faults.telling import objects, put
from downtick.exchange.frames import Body
from downtick.exchange.times import rfc3339_micros, rfc3339_nanos, rfc3339_seconds

_TIMES: Final = ("time", "timestamp", "event_time")
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")
_SECOND: Final = 1_000_000_000


class OldTimes(Lie):
    """Prices are fresh, and every time that stands beside them is ``age`` seconds before it."""

    name = "fresh_prices_old_times"
    channels = DATA

    def answer(self, call: Call, told: Any) -> bool:
        """Put back the times of a market route."""
        market, product = market_product(call)
        return market and self._put_back(told, product)

    def frame(self, body: Body, told: Any) -> bool:
        """Put back the times of a frame; that of the envelope too, if all of it is of one product."""
        return self._put_back(told, body.products[0] if len(body.products) == 1 else None)

    def _put_back(self, told: Any, product: str | None) -> bool:
        changed = False
        for found, about in objects(told, product):
            for key in _TIMES:
                if self.concerns(about) and isinstance(found.get(key), str):
                    changed |= put(found, key, earlier(found[key], self.age))
        return changed


def earlier(instant: str, seconds: float) -> str:
    """Return an RFC 3339 instant so many seconds before, as exactly as it was written.

    What is no instant, or lies at the very beginning of 1970 (snapshots of books say so), is returned as it is.
    """
    parts = _INSTANT.fullmatch(instant)
    if parts is None:
        return instant
    whole = round(datetime.fromisoformat(f"{parts[1]}+00:00").timestamp())
    fraction = parts[2] or ""
    then = whole * _SECOND + int(fraction.ljust(9, "0")) - round(seconds * _SECOND)
    if then < 0:
        return instant
    if not fraction:
        return rfc3339_seconds(then)
    return rfc3339_nanos(then) if len(fraction) > 6 else rfc3339_micros(then)
