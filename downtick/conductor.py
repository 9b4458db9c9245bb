"""The conductor: plays a schedule against links and exchange, and records what it did and when.

Every act is told five times: when it was due, when it was asked, when it was done (with the echo of who did
it), when it was asked to end, and when it was healed. Whatever happens to the conductor, everything it started is ended.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol

from downtick.errors import ArenaLate, NoSteadyState
from downtick.profiles.schedule import Act, Schedule

LATE = 1.0
LATE_SHARE = 0.05
"""How late a step may be asked: 1 s, or this share of the time that it had to wait. Later is an error of the run.

Everything is judged from when a step was done, so what it was late by harms nobody until it bends the profile.
"""

Record = Callable[..., None]
"""Tells the history one event: its kind, and its particulars by name."""

Undo = Callable[[], Awaitable[object]]


class FaultyLink(Protocol):
    """What the conductor needs of a link."""

    async def start(
        self, name: str, attributes: Mapping[str, Any], *, stream: str, toxicity: float
    ) -> Any:
        """Start a toxic or a link fault, and return what the server answered."""

    async def stop(self, name: str, *, stream: str) -> object:
        """End it."""

    async def heal(self) -> object:
        """End everything, and listen again."""


class FaultyExchange(Protocol):
    """What the conductor needs of the exchange."""

    async def start_fault(
        self, name: str, attributes: Mapping[str, Any], selectors: Mapping[str, Any]
    ) -> int:
        """Start an exchange fault and return its handle."""

    async def stop_fault(self, handle: int) -> None:
        """End it."""

    async def heal(self) -> None:
        """End every fault, and forget every `when`."""

    def when(
        self, counter: str, count: int, callback: Callable[[], Awaitable[None]], *, hold: bool
    ) -> None:
        """Call back at the event that makes the counter reach the count."""


class Conductor:
    """Plays one schedule once.

    Args:
        schedule: what to play, in real seconds.
        links: by name; those that the schedule names must be there.
        exchange: where exchange faults happen.
        record: tells the history.
        steady: is set when every link that the schedule names has delivered.
        stolen: tells for how many seconds of the run so far the machine gave us no time. What is still to come
            is put off by them, ends of faults too, so that steps keep their distances.
        limit: how late a step may be asked, in seconds; `LATE` if not given.
    """

    def __init__(
        self,
        schedule: Schedule,
        links: Mapping[str, FaultyLink],
        exchange: FaultyExchange,
        record: Record,
        steady: asyncio.Event,
        stolen: Callable[[], float] = lambda: 0.0,
        limit: float | None = None,
    ) -> None:
        self._schedule = schedule
        self._stolen = stolen
        self._limit = LATE if limit is None else limit
        self._stolen_before = 0.0
        self._links = links
        self._exchange = exchange
        self._record = record
        self._steady = steady
        self._tasks: set[asyncio.Task[None]] = set()
        self._undo: dict[int, Undo] = {}
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def play(self) -> None:
        """Wait for the steady state, play every act, and heal everything on the way out.

        Raises:
            NoSteadyState: a link delivered nothing within ``warm_up``.
            ArenaLate: a step was asked later than its limit.
            RigError: a fault could not be made, or could not be healed.
        """
        try:
            # A `when` counts from the first event of the run, so it is laid before the bot connects.
            for act in self._schedule.acts:
                if act.when is not None:
                    self._exchange.when(
                        act.when.counter,
                        act.when.count,
                        functools.partial(self._triggered, act),
                        hold=act.hold,
                    )
            await self._watching(self._steady.wait(), self._schedule.warm_up, self._not_steady)
            start, self._stolen_before = time.monotonic(), self._stolen()
            self._record("steady_state", links=list(self._schedule.links))
            for act in self._schedule.acts:
                if act.at is not None:
                    self._spawn(self._play_at(act, start + act.at, act.at))
            end = start + self._schedule.length
            while (left := end + self._put_off() - time.monotonic()) > 0:
                await self._watching(asyncio.Event().wait(), left, lambda: None)
        finally:
            await _whole(self._end())
        self._record("run_ended")

    async def _watching(
        self, wait: Coroutine[Any, Any, Any], seconds: float, timed_out: Callable[[], None]
    ) -> None:
        """Wait, but raise at once what a step raised; after the seconds, do what `timed_out` does."""
        waiting: asyncio.Future[Any] = asyncio.ensure_future(wait)
        try:
            done, _ = await asyncio.wait(
                {waiting, self._failure}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if self._failure in done:
                self._failure.result()
            if not done:
                timed_out()
        finally:
            waiting.cancel()

    def _not_steady(self) -> None:
        names = ", ".join(self._schedule.links)
        raise NoSteadyState(
            f"not every link of the profile ({names}) delivered data within warm_up, "
            f"{self._schedule.warm_up:g} s of real time: did the bot connect to it and subscribe?"
        )

    async def _play_at(self, act: Act, due: float, wait: float) -> None:
        self._record("step_due", act=act.number, step=act.step, name=act.name, due=due)
        await self._wait(due, self._stolen_before)
        late = time.monotonic() - due - self._put_off()
        await self._begin(act)
        if late > max(self._limit, LATE_SHARE * wait):
            raise ArenaLate(
                f"step {act.step + 1} ({act.name}) was asked {late * 1000:.1f} ms after it was due"
            )
        await self._run_out(act)

    async def _wait(self, due: float, stolen: float) -> None:
        """Wait until an instant; what is stolen beyond what was stolen already makes the wait longer."""
        while (left := due + self._stolen() - stolen - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)

    def _put_off(self) -> float:
        return self._stolen() - self._stolen_before

    async def _triggered(self, act: Act) -> None:
        """Begin an act inside the exchange's own event; running out is a task of its own."""
        try:
            await self._begin(act)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run must end with it
            self._fail(error)
        else:
            self._spawn(self._run_out(act))

    async def _begin(self, act: Act) -> None:
        self._tell("step_asked", act, attributes=dict(act.attributes), stream=act.stream)
        if act.place == "exchange":
            handle = await self._exchange.start_fault(act.name, act.attributes, act.selectors)
            self._undo[act.number] = functools.partial(self._exchange.stop_fault, handle)
            echo: object = {"handle": handle, **act.attributes}
        else:
            assert act.link is not None
            link = self._links[act.link]
            self._undo[act.number] = functools.partial(link.stop, act.name, stream=act.stream)
            echo = await link.start(
                act.name, act.attributes, stream=act.stream, toxicity=act.toxicity
            )
        self._tell("step_done", act, echo=echo)

    async def _run_out(self, act: Act) -> None:
        if act.duration is None:
            return
        await self._wait(time.monotonic() + act.duration, self._stolen())
        self._tell("step_ending", act)
        await self._undo.pop(act.number)()
        self._tell("step_healed", act)

    def _tell(self, kind: str, act: Act, **more: object) -> None:
        self._record(kind, act=act.number, step=act.step, name=act.name, link=act.link, **more)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self._failure.done():
            self._failure.set_exception(error)

    async def _end(self) -> None:
        """Stop every step, then end every fault; one that cannot be ended does not spare the others."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A step that was cut off in the middle may have acted without having said so: heal whole places.
        places: list[FaultyLink | FaultyExchange] = [
            self._links[name] for name in {act.link for act in self._schedule.acts} if name
        ]
        places.append(self._exchange)
        self._record("healing")
        outcomes = await asyncio.gather(*(p.heal() for p in places), return_exceptions=True)
        self._record("healed")
        if not self._failure.done():
            self._failure.cancel()
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome


async def _whole(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end whatever cancels us meanwhile, then let the cancellation go on."""
    task = asyncio.ensure_future(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()
