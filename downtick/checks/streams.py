"""When the stream told prices of a product, and when it did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from downtick.checks.routes import price_products
from downtick.checks.run import PRICES, Connection, Fault, Frame, Pause, Request, Run
from downtick.profiles.scaling import SHORTEST_DEADLINE


@dataclass(frozen=True)
class Gap:
    """A span in which no price of a product was sent to any feed.

    Attributes:
        product: whose prices.
        since: when the last one had been sent.
        lost: when the feed ended that had brought it, if it ended in the span; else when a fault began to keep prices
            back, or `since` if that is later.
        until: when the next one was sent, or the end of the run.
        next: by which feed and frame; None if none came.
        carried: when a sound feed was subscribed to the product again; `until`, if none was before. From then on it was
            the market that said nothing.
        number: of the last frame before.
    """

    product: str
    since: float
    lost: float
    until: float
    next: tuple[Connection, Frame] | None
    carried: float
    number: int


def gaps(run: Run, least: float) -> Iterator[Gap]:
    """Yield the gaps of at least so many real seconds that a fault makes: it ended the feed, or kept its prices back.

    A market in which nobody trades is quiet under any fault, and nothing is wrong with its stream.
    """
    faults = [fault for fault in run.faults if fault.touches("market_ws")]
    for product, feed, frame, later in _pauses(run):
        since = frame[1].at
        until = run.ended if later is None else later[1][1].at
        if until - since < least or since >= run.ended:
            continue
        ended = feed.ended <= until
        meanwhile = (each for each in faults if each.asked <= until and each.ended >= since)
        makers = [each for each in meanwhile if ended or each.silences(feed.conn)]
        if makers:
            # Until then it was the market that said nothing.
            lost = feed.ended if ended else max(since, min(each.asked for each in makers))
            carried = _carried(run, product, faults, since, until)
            yield Gap(product, since, lost, until, later, carried, frame[0])


def _carried(run: Run, product: str, faults: list[Fault], since: float, until: float) -> float:
    sound = (
        feed
        for feed in run.feeds("market_ws")
        if feed.ended >= until and not any(fault.silences(feed.conn) for fault in faults)
    )
    again = (
        told.at
        for feed in sound
        for told in feed.acknowledged
        if since < told.at < until
        and any(channel in PRICES and which in {"", product} for channel, which in told.pairs)
    )
    return min(again, default=until)


def _pauses(run: Run) -> list[Pause]:
    """Return every pause that is long enough for any deadline. Many checks ask, so it is worked out once."""
    if run.pauses is None:
        run.pauses = list(_found(run))
    return run.pauses


def _found(run: Run) -> Iterator[Pause]:
    last: dict[str, Frame] = {}
    for frame in _in_order(run):
        event = frame[1]
        data = event.data
        if data.get("channel") not in PRICES:
            continue
        for product in data["products"]:
            before = last.get(product)
            if before is not None and event.at - before[1].at >= SHORTEST_DEADLINE:
                yield product, run.sent_on(before), before, (run.sent_on(frame), frame)
            last[product] = frame
    for product, frame in last.items():
        yield product, run.sent_on(frame), frame, None


def _in_order(run: Run) -> Iterable[Frame]:
    """Return the frames of all feeds in the order in which they were sent: one feed after the other, mostly."""
    feeds = [feed.frames for feed in run.feeds("market_ws") if feed.frames]
    frames = chain.from_iterable(feeds)
    if any(one[-1][0] > other[0][0] for one, other in pairwise(feeds)):
        return sorted(frames, key=lambda frame: frame[0])
    return frames


def price_requests(run: Run, product: str) -> list[Request]:
    """Return the requests for prices of a product, or of all of them."""
    found = []
    for request in run.asking("price"):
        named = price_products(request.purpose.name, request.query)
        if not named or product in named:
            found.append(request)
    return found
