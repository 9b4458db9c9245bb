"""Stories of a stream that fails, and of prices that are asked over REST meanwhile."""

from __future__ import annotations

from downtick.checks import falls_back_to_rest, returns_to_stream
from downtick.checks.finding import Outcome
from downtick.checks.run import Reading
from tests.checks.transcript import Transcript, at_once

WITHIN = {"within": 5}
PRICES = "product_book"
QUERY = "product_id=BTC-USD"


def silence(t: Transcript, until: float | None = 60) -> int:
    """Tell of a feed that is cut at 20 and comes back at 60; return a connection for requests of after the cut."""
    feed = t.feed(0)
    t.frames(feed, 0, 20)
    t.breaks("market_ws", "down", 20, until=until or 200)
    t.closes(feed, 20)
    if until is not None:
        t.frames(t.feed(until), until, 120)
    t.over(120)
    return t.opens("rest", 21)


def polls(t: Transcript, conn: int, since: float, until: float, every: float = 2) -> None:
    """Tell of requests for prices."""
    for number in range(int((until - since) / every) + 1):
        t.asks(conn, since + number * every, PRICES, query=QUERY)


def fallback(t: Transcript) -> Outcome:
    """Return what the check of the fallback says."""
    return falls_back_to_rest.check(t.run(), WITHIN).outcome


def back(t: Transcript, read: Reading = at_once) -> Outcome:
    """Return what the check of the return says."""
    return returns_to_stream.check(t.run(read=read), WITHIN).outcome
