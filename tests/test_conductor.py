"""The conductor against links and an exchange that only take notes."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from downtick.conductor import Conductor
from downtick.errors import ArenaLate, NoSteadyState, ToxiproxyRefused
from downtick.profiles.model import Trigger
from downtick.profiles.schedule import Act, Schedule


class Notes:
    """A link and an exchange in one: notes each call, and fails or hangs at the one it is told to."""

    def __init__(self, fail_at: int | None = None, hang_at: int | None = None) -> None:
        self.calls: list[str] = []
        self.on: set[str] = set()
        self.triggers: list[tuple[str, int, Callable[[], Awaitable[None]], bool]] = []
        self.hanging = asyncio.Event()
        self._fail_at = fail_at
        self._hang_at = hang_at

    async def _note(self, call: str) -> None:
        number = len(self.calls)
        self.calls.append(call)
        if number == self._hang_at:
            self.hanging.set()
            await asyncio.Event().wait()
        if number == self._fail_at:
            raise ToxiproxyRefused(call)

    async def start(
        self, name: str, attributes: Mapping[str, Any], *, stream: str, toxicity: float
    ) -> dict[str, Any]:
        self.on.add(name)  # a call that fails may have acted all the same
        await self._note(f"start {name}")
        return {"name": name}

    async def stop(self, name: str, *, stream: str) -> None:
        await self._note(f"stop {name}")
        self.on.discard(name)

    async def start_fault(
        self, name: str, attributes: Mapping[str, Any], selectors: Mapping[str, Any]
    ) -> int:
        self.on.add(name)
        await self._note(f"start {name}")
        return 7

    async def stop_fault(self, handle: int) -> None:
        await self._note(f"stop {handle}")
        self.on.clear()

    def when(
        self, counter: str, count: int, callback: Callable[[], Awaitable[None]], *, hold: bool
    ) -> None:
        self.triggers.append((counter, count, callback, hold))

    async def heal(self) -> None:
        self.calls.append("heal")
        self.on.clear()


def act(number: int, at: float | None, **changes: Any) -> Act:
    fields: dict[str, Any] = {
        "number": number,
        "step": number,
        "at": at,
        "when": None,
        "hold": False,
        "duration": None,
        "place": "link",
        "link": "market_ws",
        "name": "freeze",
        "attributes": {},
        "stream": "downstream",
        "toxicity": 1.0,
        "selectors": {},
    }
    return Act(**(fields | changes))


def schedule(*acts: Act, length: float = 0.5, warm_up: float = 1.0) -> Schedule:
    return Schedule(
        profile="made",
        seed=1,
        time_scale=1.0,
        acts=acts,
        warm_up=warm_up,
        length=length,
        settle=0.0,
        links=("market_ws",),
        armed=frozenset(),
    )


class Told:
    """What the conductor recorded."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, kind: str, **data: Any) -> None:
        self.events.append((kind, data))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events]


def conductor(plan: Schedule, notes: Notes, told: Told, *, steady: bool = True) -> Conductor:
    reached = asyncio.Event()
    if steady:
        reached.set()
    return Conductor(plan, {"market_ws": notes}, notes, told, reached)


async def test_a_step_is_told_when_due_asked_done_and_healed() -> None:
    """Each act leaves four events in this order, and the run's end heals what is left."""
    notes, told = Notes(), Told()
    await conductor(schedule(act(0, 0.01, duration=0.01)), notes, told).play()
    assert told.kinds == [
        *("steady_state", "step_due", "step_asked", "step_done", "step_ending", "step_healed"),
        "healing",
        "healed",
        "run_ended",
    ]
    assert notes.calls == ["start freeze", "stop freeze", "heal", "heal"]


async def test_steps_come_in_the_order_of_their_times() -> None:
    """What is due first is asked first, wherever it stands in the schedule."""
    notes, told = Notes(), Told()
    plan = schedule(act(0, 0.03, name="late"), act(1, 0.0, name="early"))
    await conductor(plan, notes, told).play()
    assert notes.calls[:2] == ["start early", "start late"]


async def test_an_exchange_fault_ends_by_its_handle() -> None:
    """The handle that the exchange gave is the one that ends the fault."""
    notes, told = Notes(), Told()
    plan = schedule(act(0, 0.0, place="exchange", link=None, name="http_error", duration=0.01))
    await conductor(plan, notes, told).play()
    assert notes.calls[:2] == ["start http_error", "stop 7"]


async def test_no_steady_state_within_warm_up_is_an_error() -> None:
    """A bot that never connects proves nothing; no step is played."""
    notes, told = Notes(), Told()
    plan = schedule(act(0, 0.0), warm_up=0.02)
    with pytest.raises(NoSteadyState, match="market_ws"):
        await conductor(plan, notes, told, steady=False).play()
    assert "start freeze" not in notes.calls


async def test_a_trigger_is_laid_before_the_steady_state() -> None:
    """`when` counts from the first event of the run, so it must be there before the bot connects."""
    notes, told = Notes(), Told()
    plan = schedule(act(0, None, when=Trigger(counter="exchange.ticks", count=3), hold=True))
    playing = asyncio.create_task(conductor(plan, notes, told, steady=False).play())
    await asyncio.sleep(0)
    ((counter, count, callback, hold),) = notes.triggers
    assert (counter, count, hold) == ("exchange.ticks", 3, True)
    await callback()
    assert told.kinds == ["step_asked", "step_done"]
    playing.cancel()
    await asyncio.wait({playing})


async def test_a_step_later_than_its_limit_ends_the_run_as_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine too busy to play the profile says nothing about a bot. The fault is healed all the same."""
    monkeypatch.setattr("downtick.conductor.LATE", 0.0)
    monkeypatch.setattr("downtick.conductor.LATE_SHARE", 0.0)
    notes, told = Notes(), Told()
    with pytest.raises(ArenaLate, match=r"step 1 \(freeze\)"):
        await conductor(schedule(act(0, 0.01)), notes, told).play()
    assert notes.on == set()


async def test_a_patient_run_goes_on_however_late_a_step_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it judges does not hang on when exactly a fault was there."""
    monkeypatch.setattr("downtick.conductor.LATE_SHARE", 0.0)
    notes, told = Notes(), Told()
    reached = asyncio.Event()
    reached.set()
    plan = schedule(act(0, 0.01))
    with pytest.raises(ArenaLate):
        await Conductor(plan, {"market_ws": notes}, notes, told, reached, limit=0.0).play()
    told = Told()
    await Conductor(plan, {"market_ws": notes}, notes, told, reached, limit=math.inf).play()
    assert "step_done" in told.kinds


async def test_time_that_the_machine_stole_puts_off_what_is_still_to_come() -> None:
    """Two steps keep their distance though everything stood still between them."""
    notes, told = Notes(), Told()
    plan = schedule(act(0, 0.0), act(1, 0.02, name="second"), length=0.3)
    reached = asyncio.Event()
    reached.set()
    playing = Conductor(
        plan,
        {"market_ws": notes},
        notes,
        told,
        reached,
        lambda: 0.1 if "step_done" in told.kinds else 0.0,
    )
    started = time.monotonic()
    asked: list[float] = []
    note = notes._note

    async def noting(call: str) -> None:
        asked.append(time.monotonic() - started)
        await note(call)

    notes._note = noting  # type: ignore[method-assign]
    await playing.play()
    assert asked[1] - asked[0] >= 0.1


async def test_time_that_the_machine_stole_puts_off_the_end_of_a_fault() -> None:
    """It lasts as long as the bot had time to meet it, and leaves no gap before the next."""
    notes, told = Notes(), Told()
    reached = asyncio.Event()
    reached.set()
    ended: list[float] = []
    looks = itertools.count()

    async def stop(name: str, *, stream: str) -> None:
        ended.append(time.monotonic())

    def stolen() -> float:
        """Take a tenth of a second after the first look since the fault stands; what was stolen before is 9 s."""
        return 9.1 if "step_done" in told.kinds and next(looks) > 0 else 9.0

    notes.stop = stop  # type: ignore[method-assign]
    playing = Conductor(
        schedule(act(0, 0.0, duration=0.02)),
        {"market_ws": notes},
        notes,
        told,
        reached,
        stolen,
    )
    started = time.monotonic()
    await playing.play()
    assert 0.12 <= ended[0] - started < 5


@pytest.mark.parametrize("at", range(4))
async def test_a_failure_at_any_step_heals_everything(at: int) -> None:
    """Whichever call fails, the error comes out and nothing stays on."""
    notes, told = Notes(fail_at=at), Told()
    plan = schedule(
        act(0, 0.0, duration=0.01),
        act(1, 0.02, place="exchange", link=None, name="http_error", duration=0.01),
        length=30.0,  # never waited for: whatever is called fails
    )
    with pytest.raises(ToxiproxyRefused):
        await conductor(plan, notes, told).play()
    assert notes.on == set()
    assert told.kinds[-1] == "healed"


@pytest.mark.parametrize("at", range(4))
async def test_a_cancellation_at_any_step_heals_everything(at: int) -> None:
    """Whichever call is cut off by a cancellation, nothing stays on, and the cancellation goes on."""
    notes, told = Notes(hang_at=at), Told()
    plan = schedule(
        act(0, 0.0, duration=0.01),
        act(1, 0.02, place="exchange", link=None, name="http_error", duration=0.01),
        length=10.0,
    )
    playing = asyncio.create_task(conductor(plan, notes, told).play())
    await notes.hanging.wait()
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert notes.on == set()
    assert told.kinds[-1] == "healed"


async def test_a_cancellation_while_healing_does_not_stop_the_healing() -> None:
    """Healing runs to its end even if somebody cancels twice."""
    notes, told = Notes(hang_at=1), Told()
    release = asyncio.Event()

    async def slow_heal() -> None:
        await release.wait()
        notes.on.clear()

    notes.heal = slow_heal  # type: ignore[method-assign]
    plan = schedule(act(0, 0.0), act(1, 0.01, name="hangs"), length=10.0)
    playing = asyncio.create_task(conductor(plan, notes, told).play())
    await notes.hanging.wait()
    for _ in range(3):
        playing.cancel()
        await asyncio.sleep(0)
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert notes.on == set()
