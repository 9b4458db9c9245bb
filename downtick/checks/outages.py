"""Spans of a run in which something was wrong for a while, and when the bot could see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from downtick.checks.instant import NEVER, Instant, first_of
from downtick.checks.run import FEEDS, Connection, Fault, Run

_REFUSES_ORDERS = frozenset({"cancel_only", "order_entry_disabled", "trading_disabled"})
"""Faults of the exchange under which every new order is refused, in an answer that says so."""


_NEWS_ALONE = frozenset(
    {
        *("delayed_fills", "dropped_updates", "duplicated_updates"),
        *("reordered_updates", "status_never_sent"),
    }
)
"""Faults that spoil the news of a bot's own orders, and nothing else: orders are taken, prices are told."""


@dataclass
class Outage:
    """Faults that lasted, one after the other without a pause.

    Attributes:
        since: when the first of them was asked for.
        until: when the last of them was over.
        faults: that it is made of.
        visible: when the bot could first see it; never, if it could not.
        evidence: numbers of the events by which it could.
    """

    since: float
    until: float
    faults: list[Fault] = field(default_factory=list)
    visible: Instant = NEVER
    evidence: tuple[int, ...] = ()

    @property
    def only_refuses(self) -> bool:
        """Whether nothing was wrong but that orders were refused: only by asking can a bot learn that it is over."""
        return all(fault.name in _REFUSES_ORDERS for fault in self.faults)


def outages(run: Run) -> list[Outage]:
    """Return the outages of a run, in order.

    What spoils the news of orders alone is none. Where nothing but new orders is refused any more, another begins: only by
    asking can a bot learn that it is over.
    """
    found: list[Outage] = []
    refusing: list[Outage] = []
    for fault in sorted(run.faults, key=lambda fault: fault.asked):
        until = min(fault.ended, run.ended)
        if until <= fault.asked or until == fault.done or fault.name in _NEWS_ALONE:
            continue
        if fault.name in _REFUSES_ORDERS:
            refusing.append(Outage(fault.asked, until, [fault]))
        elif found and fault.asked <= found[-1].until:
            found[-1].until = max(found[-1].until, until)
            found[-1].faults.append(fault)
        else:
            found.append(Outage(fault.asked, until, [fault]))
    for outage in refusing:
        worse = [each.until for each in found if each.since <= outage.until]
        outage.since = max([outage.since, *worse])
    found += (outage for outage in refusing if outage.since < outage.until)
    for outage in found:
        signs = list(_signs(run, outage))
        outage.visible = first_of(seen for seen, _ in signs)
        outage.evidence = tuple(number for _, number in signs[:1])
    return sorted(found, key=lambda outage: outage.since)


def _signs(run: Run, outage: Outage) -> Iterator[tuple[Instant, int]]:
    """Yield what the bot could see of an outage: feeds that ended, requests that failed, orders that were refused."""
    for connection in run.connections.values():
        end = connection.end
        if end is None or connection.upgraded is None or connection.listener not in FEEDS:
            continue
        if outage.since <= end.at <= outage.until and not (
            end.by == "bot" and end.how == "close_frame"
        ):
            yield _seen(run, connection, end.at), end.number
    for request in run.requests:
        answer = request.answer
        if (
            answer is not None
            and answer.status >= 500
            and answer.size
            and outage.since <= answer.at <= outage.until
        ):
            yield answer.read, answer.number
    refused = [hit for f in outage.faults if f.name in _REFUSES_ORDERS for hit in f.hits]
    for _, hit in refused:
        for request in run.asking("place"):
            answer = request.answer
            if (
                request.conn == hit["conn"]
                and answer
                and request.at <= hit.at <= answer.at <= outage.until
            ):
                yield answer.read, answer.number


def _seen(run: Run, connection: Connection, at: float) -> Instant:
    """Return when the bot saw that a feed had ended: at once, unless its link held something back."""
    end = connection.end
    hurt = any(
        fault.link == connection.listener and fault.asked <= at <= fault.ended
        for fault in run.faults
    )
    late = hurt and end is not None and end.by != "bot"
    return Instant(at, run.ended if late else at)
