"""What became of orders."""

from __future__ import annotations

import math

import pytest

from downtick.checks.finding import Finding, Outcome
from downtick.report.fates import Fate, fates
from downtick.verdict import Result, Verdict
from tests.checks.transcript import Transcript
from tests.report.runs import PASSED


def found(t: Transcript, verdict: Verdict = PASSED) -> list[Fate]:
    """Return the fates of a run's orders."""
    return fates(t.run(), verdict)


def test_a_lost_answer_is_unknown_until_the_bot_reads_its_fate() -> None:
    """The next request of the connection proves that a look-up was read."""
    t = Transcript()
    one, other = t.opens("rest", 0), t.opens("rest", 0)
    t.places(one, 1, "x", silent=True)
    t.asks(other, 5, f"orders/historical/{t.order_id('x')}")
    t.asks(other, 9)
    (fate,) = found(t)
    assert (fate.became, fate.order is not None) == ("unknown", True)
    assert fate.known == 5  # nobody names what he has not read


def test_only_so_many_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each asks for a look at all that followed."""
    monkeypatch.setattr("downtick.report.fates.MOST_KNOWN", 1)
    t = Transcript()
    conn, other = t.opens("rest", 0), t.opens("rest", 0)
    for name in ("a", "b"):
        t.places(conn, 1, name, silent=True)
        t.asks(other, 5, f"orders/historical/{t.order_id(name)}")
    assert [fate.known for fate in found(t)] == [5, math.inf]


def test_a_retry_under_the_same_name_is_the_same_order() -> None:
    """It is counted, not listed."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "x", silent=True)
    t.places(conn, 2, "x", applied=False)
    (fate,) = found(t)
    assert fate.tries == 2


def test_an_error_that_placed_nothing_is_a_refusal() -> None:
    """One that placed the order all the same is not; and one that nobody answered is not."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "refused", status=503, applied=False)
    t.places(conn, 2, "there", status=503)
    t.places(conn, 3, "silent", silent=True, applied=False)
    assert [fate.became for fate in found(t)] == ["refused", "unknown", "unknown"]
    assert found(t)[-1].known == math.inf


def test_doubled_is_what_a_check_found_doubled() -> None:
    """Not its weaker finding."""
    t = Transcript()
    conn = t.opens("rest", 0)
    t.places(conn, 1, "a")
    t.places(conn, 2, "b")
    number = t.run().requests[1].number
    for weaker, doubled in ((None, [False, True]), ("blind_retry", [False, False])):
        finding = Finding("exactly_once_orders", Outcome.VIOLATED, "", (number,), weaker=weaker)
        verdict = Verdict(Result.FAIL, ("",), (finding,), ())
        assert [fate.doubled for fate in found(t, verdict)] == doubled
