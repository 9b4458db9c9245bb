from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from downtick.errors import ArenaError, Interrupted
from downtick.runs.plan import planned
from downtick.runs.side_by_side import Arenas, side_by_side

PATIENCE = 10.0
"""Real seconds after which a test that would wait for ever fails."""

PLANS = planned(["streaming/market-feed-reset"], None, 1.0, repeat=4)


class Host:
    """An arena."""

    def __init__(self) -> None:
        self.alive = True
        self.closed = False

    def close(self) -> None:
        """Remember it."""
        self.alive, self.closed = False, True


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> list[Host]:
    """Return the arenas that were started."""
    started: list[Host] = []

    def start() -> Host:
        started.append(Host())
        return started[-1]

    monkeypatch.setattr("downtick.runs.side_by_side.ArenaHost.start", start)
    return started


def test_runs_come_in_the_order_of_their_plans(hosts: list[Host]) -> None:
    """However long each takes; so many at a time, each with an arena that nobody else has."""
    first_waits = threading.Event()
    using: list[Any] = []

    def play(plan: Any, arena: Callable[[], Any], stop: threading.Event) -> Any:
        host = arena()
        assert host not in using
        using.append(host)
        if plan is PLANS[0]:
            assert first_waits.wait(PATIENCE)
        if plan is PLANS[-1]:
            first_waits.set()
        using.remove(host)
        return plan.name

    runs: list[Any] = [*side_by_side(PLANS, play, 2)]
    assert runs == [plan.name for plan in PLANS]
    assert 1 <= len(hosts) <= 2
    assert all(host.closed for host in hosts)


@pytest.mark.parametrize("fails", [0, 1])
def test_what_cannot_be_played_stops_the_others(hosts: list[Host], fails: int) -> None:
    """Those that have not begun never do, every arena is taken down, and the reason is told, not its consequence."""
    begun: list[str] = []
    both = threading.Barrier(2, timeout=PATIENCE)

    def play(plan: Any, arena: Callable[[], Any], stop: threading.Event) -> Any:
        begun.append(plan.name)
        arena()
        both.wait()
        if plan is PLANS[fails]:
            raise ArenaError("no room")
        assert stop.wait(PATIENCE)
        raise Interrupted("stopped")

    with pytest.raises(ArenaError, match="no room"):
        [*side_by_side(PLANS[:3], play, 2)]
    assert sorted(begun) == [plan.name for plan in PLANS[:2]]
    assert all(host.closed for host in hosts)


def test_an_arena_that_died_is_not_lent_again(hosts: list[Host]) -> None:
    """The next run gets a new one."""
    with Arenas() as arenas:
        with arenas.lent() as arena:
            arena()
            hosts[0].alive = False
        with arenas.lent() as arena:
            arena()
        assert len(hosts) == 2
        assert hosts[0].closed
        with arenas.lent() as arena:
            arena()
        assert len(hosts) == 2


def test_a_run_that_asks_for_no_arena_starts_none(hosts: list[Host]) -> None:
    """A profile that does not come that far costs nothing."""
    with Arenas() as arenas, arenas.lent():
        pass
    assert not hosts
