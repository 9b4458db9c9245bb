"""Faults on the timeline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from downtick.checks.proofs import Proof
from downtick.report.lanes.faults import faults
from downtick.witness.bite import Bite
from tests.report.lanes.quiet import AXIS, lane, transcript
from tests.report.runs import PASSED, told


@pytest.mark.parametrize(
    ("bite", "look"),
    [
        (Bite.BIT, "solid"),
        (Bite.DID_NOT_BITE, "hollow"),
        (Bite.UNKNOWN, "dashed"),
        (Bite.BIT_OTHERWISE, "dashed"),
    ],
)
def test_only_a_fault_that_bit_is_solid(bite: Bite, look: str) -> None:
    """One that surely did not is hollow; doubt is dashed."""
    t = transcript()
    t.breaks("rest", "latency", 10, until=20)
    judged = told(PASSED, t=t)
    (fault,) = judged.run.faults
    verdict = replace(PASSED, proofs=(Proof("latency", "rest", bite, "why", (fault.number,)),))
    shapes = lane(faults(told(verdict, t=t), AXIS), "rest").shapes
    assert f'class="c-error {look}" data-e="{fault.number}"' in shapes
    assert 'x="2500"' in shapes
    assert 'width="2500"' in shapes
    assert f"latency on rest, 10.000 s: {bite.value}, why" in shapes


def test_each_hit_of_an_exchange_fault_is_a_tick() -> None:
    """The fault itself is a block in the lane of the exchange."""
    t = transcript()
    conn = t.feed(1)
    t.fault("http_error", 2, until=4, hits=[(2.5, conn), (3.5, conn)])
    group = faults(told(PASSED, t=t), AXIS)
    assert lane(group, "exchange").note == "http_error"
    assert lane(group, "hits").shapes.count("<path") == 2
    assert lane(group, "market_ws").note == "none"
