from __future__ import annotations

import pytest

from chaos_tests.soak.growth import ENOUGH, Sample, judge

CALM = Sample(memory=60, descriptors=20, threads=9, tasks=14)


def test_what_stays_as_it_is_does_not_grow() -> None:
    """Every figure is judged."""
    found = judge([CALM] * ENOUGH)
    assert [each.name for each in found] == ["memory", "descriptors", "threads", "tasks"]
    assert not any(each.too_much for each in found)


def test_warming_up_is_no_growth() -> None:
    """The first fifth is not looked at."""
    cold = Sample(memory=30, descriptors=8, threads=2, tasks=3)
    assert not any(each.too_much for each in judge([cold] * 10 + [CALM] * 40))


def test_one_bad_moment_is_no_growth() -> None:
    """A fault holds connections open for a while."""
    bad = Sample(memory=90, descriptors=60, threads=17, tasks=60)
    assert not any(each.too_much for each in judge([CALM] * 40 + [bad] * 3 + [CALM] * 7))


@pytest.mark.parametrize("name", ["memory", "descriptors", "threads", "tasks"])
def test_a_leak_is_seen(name: str) -> None:
    """Slow and steady, one figure alone."""
    step = 60 if name == "memory" else 10
    leaking = [
        Sample(**{**vars(CALM), name: getattr(CALM, name) + step * number / 100})
        for number in range(200)
    ]
    assert [each.name for each in judge(leaking) if each.too_much] == [name]


def test_too_few_samples_say_nothing() -> None:
    """Neither yes nor no."""
    assert judge([CALM] * (ENOUGH - 1)) == ()
