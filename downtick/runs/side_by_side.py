"""Runs, several at a time, each before a rig of its own process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from downtick.arena.host import ArenaHost
from downtick.errors import Interrupted
from downtick.report.judged_run import JudgedRun
from downtick.runs.plan import Plan

Play = Callable[[Plan, Callable[[], ArenaHost], threading.Event], JudgedRun]
"""Plays a plan before an arena, until it has ended or the event is set."""


def side_by_side(plans: Sequence[Plan], play: Play, jobs: int) -> Iterator[JudgedRun]:
    """Play plans, so many at a time, and yield their runs in the order of the plans.

    If one cannot be played, or whoever asked gives up, those that are under way are stopped.

    Args:
        plans: to be played.
        play: plays one.
        jobs: threads, and arenas, at most.

    Raises:
        DowntickError: a plan could not be played.
    """
    stop = threading.Event()
    with Arenas() as arenas, ThreadPoolExecutor(jobs) as threads:

        def with_an_arena(plan: Plan) -> JudgedRun:
            if stop.is_set():
                raise Interrupted(f"{plan.name} was not begun: another run failed")
            try:
                with arenas.lent() as arena:
                    return play(plan, arena, stop)
            except BaseException:
                stop.set()
                raise

        runs = [threads.submit(with_an_arena, plan) for plan in plans]
        try:
            for run in runs:
                yield run.result()
        except Interrupted:
            raise next(_failures(runs)) from None
        finally:
            stop.set()
            for run in runs:
                run.cancel()


def _failures(runs: Sequence[Future[JudgedRun]]) -> Iterator[BaseException]:
    """Yield why runs could not be played, but for those that were only stopped."""
    for run in runs:
        if not isinstance(failure := run.exception(), Interrupted | None):
            yield failure


class Arenas:
    """Helper processes, each lent to one run at a time."""

    def __init__(self) -> None:
        self._idle: list[ArenaHost] = []
        self._taking = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextlib.contextmanager
    def lent(self) -> Iterator[Callable[[], ArenaHost]]:
        """Lend one that nobody uses. It is started when it is asked for: a run that starts nothing pays nothing."""
        hosts: list[ArenaHost] = []

        def host() -> ArenaHost:
            hosts.append(self._take())
            return hosts[-1]

        try:
            yield host
        finally:
            for used in hosts:
                self._give_back(used)

    def _take(self) -> ArenaHost:
        with self._taking:  # one after the other: the first may have to get Toxiproxy
            while self._idle:
                if (host := self._idle.pop()).alive:
                    return host
                host.close()
            return ArenaHost.start()

    def _give_back(self, host: ArenaHost) -> None:
        with self._taking:
            self._idle.append(host)
