"""No order leaves on a price that the market has left behind."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from downtick.checks.cases import Case, conclude
from downtick.checks.finding import Finding
from downtick.checks.instant import Truth
from downtick.checks.knowledge import speaks_true
from downtick.checks.rates import new_orders
from downtick.checks.run import PRICES, Connection, Frame, Request, Run
from downtick.checks.streams import price_requests

NAME = "no_order_on_stale_price"


def check(run: Run, parameters: Mapping[str, Any]) -> Finding:
    """Judge each order's age: from the first price event of its product that the bot had not read, to when it left.

    A price that was surely read when the order left bounds that age from above. What the market did while nothing was
    sent is not in the history, so an order without such a bound is a doubt, not a violation; one that left while a frame was
    surely unread for too long is one.
    """
    max_age = run.real(parameters["max_age"])
    exempt = parameters["reducing_exempt"]
    orders = [
        order
        for order in new_orders(run)
        if order.at >= run.first_fault and order.intent is not None
    ]
    asked = {product: price_requests(run, product) for product in {*map(_product, orders)}}
    cases = [
        _case(run, order, asked[_product(order)], max_age)
        for order in orders
        if not (exempt and _reduces(run, order))
    ]
    return conclude(NAME, cases, parameters, "no new order came after the first fault")


def _product(order: Request) -> str:
    assert order.intent is not None
    return order.intent.product


def _case(run: Run, order: Request, asked: list[Request], max_age: float) -> Case:
    assert order.intent is not None
    product, name = order.intent.product, order.intent.client_order_id
    told = list(_prices(run, order, asked))
    read = max((at for at, was_read in told if was_read), default=-math.inf)
    if order.at - read <= max_age:
        return Case(True, "every order left on a fresh price", (order.number,))
    perhaps = any(at > read and was_read is None for at, was_read in told)
    unread = [at for at, was_read in told if was_read is False and at > read]
    if unread and not perhaps and order.since - min(unread) > max_age:
        age = order.since - min(unread)
        said = (
            f"order {name!r} left {age:.3g} s after a price of {product} that the bot had not read"
        )
        return Case(False, said, (order.number,))
    said = f"nobody saw how old the price of {product} was when order {name!r} left"
    return Case(None, said, (order.number,))


def _prices(run: Run, order: Request, asked: list[Request]) -> Iterator[tuple[float, Truth]]:
    """Yield when each price was told before an order left, and whether the bot had read it by then."""
    for request in asked:
        answer = request.answer
        if answer is None or answer.status != 200 or answer.at > order.at:
            continue
        if (true := speaks_true(run, answer)) is not False:
            by = order.at if request.conn == order.conn else order.since
            yield answer.at, True if true and answer.proven <= by else None
    for feed in run.feeds("market_ws"):
        if feed.accepted <= order.at:
            yield from _frames(run, feed, order, _product(order))


def _frames(
    run: Run, feed: Connection, order: Request, product: str
) -> Iterator[tuple[float, Truth]]:
    """Yield the newest price of a feed that was read, the newest that may have been, and the oldest that was not.

    A feed is read in the order in which it was sent, so that each of the three stands together.
    """
    frames = feed.frames
    sent = bisect_right(frames, order.at, key=lambda frame: frame[1].at)
    read = bisect_right(frames, order.since, hi=sent, key=lambda f: run.read(feed, f).latest)
    perhaps = bisect_right(
        frames, order.at, lo=read, hi=sent, key=lambda f: run.read(feed, f).earliest
    )
    for places, was_read in (
        (range(read - 1, -1, -1), True),
        (range(perhaps - 1, read - 1, -1), None),
        (range(perhaps, sent), False),
    ):
        prices = (frames[place][1] for place in places if _is_price(frames[place], product))
        if (event := next(prices, None)) is not None:
            yield event.at, None if was_read and "fault" in event.data else was_read


def _is_price(frame: Frame, product: str) -> bool:
    data = frame[1].data
    return data.get("channel") in PRICES and product in data["products"]


def _reduces(run: Run, order: Request) -> bool:
    """Whether an order makes a position smaller: it says so, or the ledger's fills of before it do."""
    intent = order.intent
    assert intent is not None
    if intent.reduces:
        return True
    fills = [
        fill.size if other.intent.side == "BUY" else -fill.size
        for other in run.orders.values()
        if other.intent.product == intent.product
        for fill in other.fills
        if fill.at < order.at
    ]
    owned = sum(fills, Decimal(0))
    try:
        size = Decimal(intent.size)
    except InvalidOperation:
        return False
    return size <= abs(owned) and (owned < 0 if intent.side == "BUY" else owned > 0)
