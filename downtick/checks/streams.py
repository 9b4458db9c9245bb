"""When the stream told prices of a product, and when it did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from downtick.checks.routes import price_products
from downtick.checks.run import PRICES, Connection, Frame, Request, Run


@dataclass(frozen=True)
class Gap:
    """A span in which no price of a product was sent to any feed.

    Attributes:
        product: whose prices.
        since: when the last one had been sent.
        lost: when the feed ended that had brought it, if it ended in the span; else `since`.
        until: when the next one was sent, or the end of the run.
        next: by which feed and frame; None if none came.
        number: of the last frame before.
    """

    product: str
    since: float
    lost: float
    until: float
    next: tuple[Connection, Frame] | None
    number: int


def gaps(run: Run, least: float) -> Iterator[Gap]:
    """Yield the gaps of at least so many real seconds that a fault of the market's feed, or its loss, falls into."""
    moments = [(fault.asked, fault.ended) for fault in run.faults if fault.touches("market_ws")]
    for product, told in _told(run).items():
        for place, (feed, frame) in enumerate(told):
            later = told[place + 1] if place + 1 < len(told) else None
            since = frame[1].at
            until = run.ended if later is None else later[1][1].at
            if until - since < least or since >= run.ended:
                continue
            if not any(asked <= until and ended >= since for asked, ended in moments):
                continue
            lost = feed.ended if feed.ended <= until else since
            yield Gap(product, since, lost, until, later, frame[0])


def _told(run: Run) -> dict[str, list[tuple[Connection, Frame]]]:
    """Return the frames that told prices, by product, in the order of time."""
    told: dict[str, list[tuple[Connection, Frame]]] = defaultdict(list)
    for feed in run.feeds("market_ws"):
        for frame in feed.frames:
            data = frame[1].data
            if data.get("channel") in PRICES:
                for product in data["products"]:
                    told[product].append((feed, frame))
    for frames in told.values():
        frames.sort(key=lambda each: each[1][0])
    return told


def price_requests(run: Run, product: str) -> list[Request]:
    """Return the requests for prices of a product, or of all of them."""
    found = []
    for request in run.asking("price"):
        named = price_products(request.purpose.name, request.query)
        if not named or product in named:
            found.append(request)
    return found
