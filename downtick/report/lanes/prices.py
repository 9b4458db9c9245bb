"""The age of prices: how long ago the exchange had last told one. What the bot held was at least as old."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from downtick.checks.run import PRICES, Run
from downtick.checks.streams import price_requests
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import PLACES, WIDTH, Axis
from downtick.report.lanes.lane import Group, Key, Lane, line, points
from downtick.report.markup import joined, tag

_HEIGHT: Final = 44
_MOST: Final = 6
"""Products that are drawn."""

_LIMITED: Final = "no_order_on_stale_price"


def prices(judged: JudgedRun, axis: Axis) -> Group:
    """Return a lane for each product that was told of on a feed."""
    told = _told(judged.run)
    limit = next(
        (
            judged.run.real(finding.parameters["max_age"])
            for finding in judged.verdict.findings
            if finding.check == _LIMITED
        ),
        None,
    )
    lanes = [_lane(product, ages(axis, told[product]), limit) for product in sorted(told)[:_MOST]]
    more = f"; {len(told) - _MOST} products are not drawn" if len(told) > _MOST else ""
    note = (
        f"since the exchange last told one, by stream or REST: the bot's was at least as old{more}"
    )
    keys = (Key("c-sent solid", "age"), Key("c-bad dashed", "the limit of orders"))
    return Group("Price age", note, keys[: 1 if limit is None else 2], tuple(lanes))


def ages(axis: Axis, told: Iterable[float]) -> list[float]:
    """Return the greatest age within each place; 0 before the first price.

    Args:
        axis: of the drawing.
        told: instants of prices, in order.
    """
    greatest = [0.0] * PLACES
    before: float | None = None
    for at in (*told, axis.end):
        if before is not None:
            last = axis.place(at)
            for place in range(axis.place(before), last):
                greatest[place] = max(greatest[place], axis.ends(place) - before)
            greatest[last] = max(greatest[last], at - before)
        before = at
    return greatest


def _told(run: Run) -> dict[str, list[float]]:
    told: dict[str, list[float]] = {}
    for feed in run.feeds("market_ws"):
        for _, event in feed.frames:
            if event.get("channel") in PRICES:
                for product in event["products"]:
                    told.setdefault(product, []).append(event.at)
    for product, instants in told.items():
        asked = (request.answer for request in price_requests(run, product))
        instants += [answer.at for answer in asked if answer and answer.status == 200]
        instants.sort()
    return told


def _lane(product: str, values: list[float], limit: float | None) -> Lane:
    greatest = max(values)
    top = max(greatest, 1.25 * (limit or 0.0), 1e-3)
    shapes = [
        tag(
            "path",
            tag("title", f"age of {product}, at most {greatest:.3g} s"),
            d=line(points(values, top, _HEIGHT)),
            class_="c-sent curve",
        )
    ]
    if limit is not None:
        y = _HEIGHT - limit / top * (_HEIGHT - 2)
        shapes.append(tag("path", d=f"M0 {y:.1f}H{WIDTH}", class_="limit"))
    said = "" if limit is None else f", limit {limit:g} s"
    return Lane(product, f"up to {greatest:.3g} s{said}", joined(shapes), _HEIGHT)
