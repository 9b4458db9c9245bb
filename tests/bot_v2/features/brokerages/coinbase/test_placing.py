from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.broker import (
    NotDone,
    OrderReport,
    OrderRequest,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.placing import Patience, cancel, place
from bot_v2.features.brokerages.coinbase.rest import Impostor, NoTurn
from bot_v2.features.brokerages.coinbase.streaming.backoff import Backoff
from bot_v2.features.brokerages.coinbase.venue import NameTaken

REQUEST = OrderRequest("name", "BTC-USD", "buy", Decimal("0.1"), Decimal(1000))
HOURS = Patience(whole=3600.0, answer=1.0)


def report(status: str = "filled", filled: str = "0.1") -> OrderReport:
    return OrderReport(
        "id",
        "name",
        "BTC-USD",
        "buy",
        Decimal("0.1"),
        Decimal(filled),
        Decimal(1000),
        status,  # type: ignore[arg-type]
    )


class Desk:
    """A venue that meets what is written down, and counts what it was asked.

    A step is an exception to raise, or what to return. An order is applied by a step that says so, whatever the
    client hears of it.
    """

    def __init__(self, *steps: Any, look: Any = None, name: Any = None) -> None:
        self.steps = list(steps)
        self.look = look
        self.name = name
        self.asked: list[str] = []

    def check(self, request: OrderRequest) -> None:
        self.asked.append("check")

    def _next(self, what: str) -> Any:
        self.asked.append(what)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step

    async def submit(self, request: OrderRequest, deadline: float) -> str:
        return str(self._next("submit"))

    async def insist(self, request: OrderRequest, since: float, deadline: float) -> str:
        assert abs(time.time() - since) < 60
        return str(self._next("insist"))

    async def cancel(self, order_id: str, deadline: float) -> None:
        self._next("cancel")

    async def order(self, order_id: str, deadline: float | None = None) -> OrderReport | None:
        self.asked.append("order")
        if isinstance(self.look, Exception):
            raise self.look
        return self.look  # type: ignore[no-any-return]

    async def order_named(
        self, client_order_id: str, since: float, deadline: float | None = None
    ) -> OrderReport | None:
        self.asked.append("named")
        return self.name.pop(0) if self.name else None


def run(work: Callable[..., Any], desk: Desk, what: Any, patience: Patience = HOURS) -> Any:
    backoff = Backoff(0.001, 0.001, random.Random(1))
    return asyncio.run(work(desk, what, patience, backoff))


def test_what_is_placed_is_reported_as_it_stands() -> None:
    """Looked up once: a market order is filled by now."""
    desk = Desk("id", look=report())
    assert run(place, desk, REQUEST) == report()
    assert desk.asked == ["check", "submit", "order"]


@pytest.mark.parametrize("look", [None, Unavailable("x"), RateLimited("x")])
def test_what_is_placed_and_cannot_be_looked_up_is_placed_all_the_same(look: Any) -> None:
    """No doubt comes from a look that failed."""
    placed = run(place, Desk("id", look=look), REQUEST)
    assert (placed.order_id, placed.status, placed.filled) == ("id", "open", 0)
    assert placed.client_order_id == "name"
    assert placed.limit_price == 1000


@pytest.mark.parametrize("end", [Rejected("INSUFFICIENT_FUND"), Unauthorized("no")])
def test_a_refusal_is_final(end: NotDone) -> None:
    """It is raised as it is, at once."""
    desk = Desk(end)
    with pytest.raises(type(end)) as raised:
        run(place, desk, REQUEST)
    assert raised.value is end
    assert desk.asked.count("submit") == 1


def test_what_surely_did_not_leave_is_sent_again() -> None:
    """Refused connections, throttling, no turn: until it is through."""
    desk = Desk(Unavailable("a"), RateLimited("b"), NoTurn("c"), "id", look=report())
    assert run(place, desk, REQUEST) == report()
    assert desk.asked.count("submit") == 4


def test_nothing_is_sent_again_to_who_is_not_the_broker() -> None:
    """Who shows a wrong certificate once will do so again."""
    desk = Desk(Impostor("somebody else"), "id", look=report())
    with pytest.raises(Impostor):
        run(place, desk, REQUEST)
    assert desk.asked.count("submit") == 1


def test_what_may_have_arrived_is_insisted_on_and_not_submitted_again() -> None:
    """The venue knows whether to look or to send."""
    desk = Desk(Unknown("a"), Unknown("b"), Unavailable("c"), "id", look=report())
    assert run(place, desk, REQUEST) == report()
    assert [asked for asked in desk.asked if asked in {"submit", "insist"}] == [
        "submit",
        "insist",
        "insist",
        "insist",
    ]


@pytest.mark.parametrize("end", [Rejected("INSUFFICIENT_FUND"), Unauthorized("no")])
def test_a_refusal_after_doubt_is_no_proof(end: NotDone) -> None:
    """The first one may have taken the money that the second one lacks."""
    with pytest.raises(Unknown, match="then"):
        run(place, Desk(Unknown("lost"), end), REQUEST)


def test_time_ends_it_with_what_is_known() -> None:
    """Doubt stays doubt; without it the last thing that was wrong is told."""
    short = Patience(whole=0.03, answer=0.01)
    with pytest.raises(Unknown, match="lost"):
        run(place, Desk(Unknown("lost"), Unavailable("down")), REQUEST, short)
    with pytest.raises(Unavailable, match="down"):
        run(place, Desk(Unavailable("down"), NoTurn("others")), REQUEST, short)


def test_what_surely_did_not_leave_is_not_sent_late() -> None:
    """With less time left than an answer takes, an order would leave on an old price and end in doubt."""
    desk = Desk(Unavailable("down"))
    start = time.monotonic()
    with pytest.raises(Unavailable):
        run(place, desk, REQUEST, Patience(whole=30.0, answer=29.99))
    assert time.monotonic() - start < 10  # of 30 that it has


def test_a_long_retry_after_is_not_waited_for() -> None:
    """It is said at once, with its seconds."""
    start = time.monotonic()
    with pytest.raises(RateLimited) as limited:
        run(place, Desk(RateLimited("x", 500.0)), REQUEST, Patience(whole=30.0, answer=1.0))
    assert limited.value.retry_after == 500.0
    assert time.monotonic() - start < 10  # of 30 that it has


def test_a_name_that_is_taken_is_looked_for() -> None:
    """Until it shows; it is never a refusal, and never sent again."""
    desk = Desk(Unknown("lost"), NameTaken("name"), name=[None, None, report()])
    assert run(place, desk, REQUEST) == report()
    assert desk.asked == ["check", "submit", "insist", "named", "named", "named"]


def test_a_name_that_is_taken_by_nothing_is_unknown() -> None:
    """When the time is over, and whatever else is met."""
    desk = Desk(NameTaken("name"))
    with pytest.raises(Unknown, match="not to be seen"):
        run(place, desk, REQUEST, Patience(whole=0.03, answer=0.01))
    assert desk.asked.count("submit") == 1


def test_a_cancel_is_asked_again_until_it_is_answered() -> None:
    """Twice is no more than once."""
    desk = Desk(Unknown("lost"), Unavailable("down"), None)
    run(cancel, desk, "id")
    assert desk.asked == ["cancel"] * 3


def test_a_cancel_that_finds_nothing_after_doubt_is_unknown() -> None:
    """The first one may have done it; without doubt it is a refusal."""
    with pytest.raises(Unknown):
        run(cancel, Desk(Unknown("lost"), Rejected("UNKNOWN_CANCEL_ORDER")), "id")
    with pytest.raises(Rejected):
        run(cancel, Desk(Rejected("UNKNOWN_CANCEL_ORDER")), "id")


ENDS = st.sampled_from(
    [
        (Unknown("lost"), True),
        (Unknown("lost"), False),
        (Unavailable("down"), False),
        (RateLimited("wait"), False),
        (Rejected("no"), False),
        (Unauthorized("no"), False),
        (NameTaken("name"), True),
        ("id", True),
    ]
)


@given(st.lists(ENDS, min_size=1, max_size=6))
def test_not_done_is_never_said_of_an_order_that_is_there(ends: list[tuple[Any, bool]]) -> None:
    """Whatever attempts meet, in whatever order; and a second submit follows only what surely did not arrive."""
    desk = Desk(*(end for end, _ in ends))
    try:
        run(place, desk, REQUEST, Patience(whole=0.02, answer=0.001))
    except NotDone:
        met = ends[: max(1, sum(asked in {"submit", "insist"} for asked in desk.asked))]
        assert not any(applied for _, applied in met)
        assert "insist" not in desk.asked
    except Unknown:
        pass
    submits = [n for n, asked in enumerate(desk.asked) if asked == "submit"]
    for n in submits[1:]:
        assert "insist" not in desk.asked[:n]
        assert "named" not in desk.asked[:n]
