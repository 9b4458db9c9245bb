from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.user_queue import (
    DROP,
    PASS,
    SWAP,
    TWICE,
    UserQueue,
    Verdict,
    Way,
    late,
)


def _run(*verdicts: Verdict, every: float = 1.0) -> tuple[UserQueue[int], list[int]]:
    """Put updates 1, 2, 3, ... in, one every so many seconds, and return what came out."""
    queue: UserQueue[int] = UserQueue()
    out: list[int] = []
    for number, verdict in enumerate(verdicts, 1):
        out += queue.put(number, verdict, number * every)
    return queue, out


def test_updates_pass_in_order() -> None:
    """Each is let out as it comes in."""
    queue, out = _run(PASS, PASS, PASS)
    assert out == [1, 2, 3]
    assert (queue.let_out, queue.waiting, queue.next_due) == (3, 0, None)


def test_a_dropped_update_is_never_let_out() -> None:
    """The others are."""
    queue, out = _run(PASS, DROP, PASS)
    assert out == [1, 3]
    assert (queue.ways[Way.DROP], queue.let_out, queue.waiting) == (1, 2, 0)


def test_a_doubled_update_follows_itself() -> None:
    """Nothing comes between."""
    queue, out = _run(PASS, TWICE, PASS)
    assert out == [1, 2, 2, 3]
    assert queue.let_out == 4


def test_a_swapped_update_comes_right_after_the_next() -> None:
    """Two in a row both wait for the third, a dropped one is no next, and a doubled one is not parted."""
    assert _run(SWAP, PASS, PASS)[1] == [2, 1, 3]
    assert _run(SWAP, SWAP, PASS, PASS)[1] == [3, 1, 2, 4]
    assert _run(SWAP, DROP, PASS)[1] == [3, 1]
    assert _run(SWAP, TWICE)[1] == [2, 2, 1]


def test_a_swapped_update_without_a_next_waits_until_it_is_settled() -> None:
    """Then it is let out, once."""
    queue, out = _run(PASS, SWAP)
    assert (out, queue.waiting, queue.next_due) == ([1], 1, None)
    assert queue.settle() == [2]
    assert queue.settle() == []
    assert (queue.let_out, queue.waiting) == (2, 0)


def test_a_late_update_is_let_out_when_it_is_due_and_not_before() -> None:
    """Also if nothing else comes."""
    queue, out = _run(late(10.0))
    assert (out, queue.next_due, queue.waiting) == ([], 11.0, 1)
    assert queue.due(10.9) == []
    assert queue.due(11.0) == [1]
    assert (queue.due(99.0), queue.next_due, queue.waiting) == ([], None, 0)


def test_updates_overtake_a_late_one() -> None:
    """It comes before the first update that is put in at or after its time."""
    assert _run(late(1.5), PASS, PASS)[1] == [2, 1, 3]
    assert _run(late(1.0), PASS)[1] == [1, 2]


def test_updates_with_one_delay_keep_their_order() -> None:
    """And those with several delays come by the time at which they are due."""
    queue, _ = _run(late(5.0), late(5.0), late(5.0), every=0.0)
    assert queue.due(5.0) == [1, 2, 3]
    queue, _ = _run(late(5.0), late(2.0), late(1.5))
    assert [*queue.due(4.9), *queue.due(6.0)] == [2, 3, 1]


def test_a_late_update_is_a_next_one_for_a_swapped_one() -> None:
    """The swapped one waits for whatever is let out."""
    queue, out = _run(late(5.0), SWAP)
    assert out == []
    assert queue.due(6.0) == [1, 2]


def test_no_delay_is_no_delay() -> None:
    """An update that is late by nothing is let out at once."""
    assert _run(late(0.0), PASS)[1] == [1, 2]


_VERDICTS = st.sampled_from([PASS, DROP, TWICE, SWAP]) | st.floats(0, 20).map(late)


@given(st.lists(st.tuples(_VERDICTS, st.floats(0, 5)), max_size=40))
def test_every_update_is_accounted_for_at_every_moment(
    steps: list[tuple[Verdict, float]],
) -> None:
    """What came in was let out, dropped or waits; in the end each is out as often as its verdict says."""
    queue: UserQueue[int] = UserQueue()
    now, out = 0.0, list[int]()
    times = {Way.PASS: 1, Way.TWICE: 2, Way.SWAP: 1, Way.LATE: 1, Way.DROP: 0}
    for number, (verdict, pause) in enumerate(steps):
        now += pause
        out += queue.put(number, verdict, now)
        promised = sum(times[way] * count for way, count in queue.ways.items())
        assert queue.let_out + queue.waiting == promised
        assert queue.let_out == len(out)
        assert queue.next_due is None or queue.next_due > now
    assert queue.ways == {way: sum(v.way is way for v, _ in steps) for way in Way}
    out += [*queue.due(now + 20), *queue.settle()]
    assert Counter(out) == Counter(
        {n: times[verdict.way] for n, (verdict, _) in enumerate(steps) if times[verdict.way]}
    )
    assert queue.waiting == 0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 5)), max_size=40), st.floats(0, 20))
def test_one_delay_for_all_changes_no_order(steps: list[tuple[bool, float]], delay: float) -> None:
    """A feed that is late as a whole is in order."""
    queue: UserQueue[int] = UserQueue()
    now, out = 0.0, list[int]()
    for number, (look, pause) in enumerate(steps):
        now += pause
        out += queue.put(number, late(delay), now)
        if look:
            out += queue.due(now)
    out += queue.due(now + delay)
    assert out == [*range(len(steps))]
