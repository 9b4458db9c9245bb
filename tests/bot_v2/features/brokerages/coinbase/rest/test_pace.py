from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot_v2.features.brokerages.coinbase.rest.pace import Gate, Pace, Rate


def test_a_burst_then_the_rate() -> None:
    """After the burst one token comes back every tenth of a second."""
    pace = Pace(Rate(10, 3), 1.0)
    assert [pace.take(5.0, reads=False) for _ in range(3)] == [0, 0, 0]
    assert 0.09 < pace.take(5.0, reads=False) <= 0.1
    assert pace.take(5.11, reads=False) == 0
    assert pace.take(5.11, reads=False) > 0


def test_reading_leaves_tokens_for_orders() -> None:
    """When reading must wait, an order need not."""
    pace = Pace(Rate(10, 10), 1.0)
    reads = 0
    while pace.take(0.0, reads=True) == 0:
        reads += 1
    assert reads == 7
    assert [pace.take(0.0, reads=False) for _ in range(3)] == [0, 0, 0]
    assert pace.take(0.0, reads=False) > 0


def test_rates_follow_the_time_scale() -> None:
    """At a tenth of the time ten times as many a second."""
    pace = Pace(Rate(10, 1), 0.1)
    assert pace.take(0.0, reads=False) == 0
    assert 0.009 < pace.take(0.0, reads=False) <= 0.01


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans()), max_size=60))
def test_no_second_has_more_than_rate_and_burst(asked: list[tuple[float, bool]]) -> None:
    """Whoever asks whenever; and waiting as long as was said is enough for an order."""
    pace, now, taken = Pace(Rate(5, 4), 1.0), 0.0, []
    for step, reads in asked:
        now += step
        wait = pace.take(now, reads=reads)
        if wait == 0:
            taken.append(now)
        elif not reads:
            now += wait + 1e-9
            assert pace.take(now, reads=False) == 0
            taken.append(now)
    for at in taken:
        assert len([t for t in taken if at <= t < at + 1]) <= 5 + 4


def test_a_clock_that_stands_still_gives_nothing() -> None:
    """Nor one that goes back."""
    pace = Pace(Rate(10, 1), 1.0)
    assert pace.take(5.0, reads=False) == 0
    assert pace.take(4.0, reads=False) > 0
    assert pace.take(5.0, reads=False) > 0


def test_the_gate_stays_closed_for_the_longest_that_was_said() -> None:
    """A shorter wait does not undo a longer one."""
    gate = Gate()
    assert gate.wait(0.0) == 0
    gate.close(10.0, 5.0)
    gate.close(11.0, 1.0)
    assert gate.wait(11.0) == 4.0
    assert gate.wait(15.0) == 0
