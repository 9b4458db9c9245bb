from __future__ import annotations

import asyncio
import threading
import time

import pytest

from downtick.arena.live import LiveHistory
from downtick.errors import ArenaDied
from downtick.history import Event, matching


def event(at: float, kind: str = "closed") -> Event:
    return Event(at, "exchange", kind)


async def test_until_returns_what_has_already_happened() -> None:
    """An event that is there is returned at once."""
    history = LiveHistory()
    history.append(event(1.0))
    assert await history.until(matching("closed"), by=time.monotonic()) == event(1.0)


async def test_until_wakes_for_what_another_thread_tells() -> None:
    """The reader's thread wakes a waiter of any loop."""
    history = LiveHistory()
    waiting = asyncio.create_task(history.until(matching("closed"), by=time.monotonic() + 5))
    await asyncio.sleep(0)
    told = event(time.monotonic())
    threading.Thread(target=history.append, args=(told,)).start()
    assert await waiting == told


async def test_an_event_after_the_deadline_does_not_count_though_it_is_heard() -> None:
    """Judged is when it happened: a late event is no event, though the wait still listens."""
    history = LiveHistory()
    by = time.monotonic() - 1.99  # all but the end of the grace is over
    history.append(event(by + 0.5))
    assert await history.until(matching("closed"), by=by) is None


async def test_time_that_the_machine_stole_is_added_to_the_deadline() -> None:
    """A bot is not blamed for a second in which nobody got the processor, even if that is told afterwards."""
    history = LiveHistory()
    by = time.monotonic() + 0.05
    waiting = asyncio.create_task(history.until(matching("closed"), by=by))
    await asyncio.sleep(0)
    history.append(event(by + 0.5))
    await asyncio.sleep(0)
    assert not waiting.done()
    history.append(Event(by + 0.5, "arena", "late", {"seconds": 0.6}))
    assert await waiting == event(by + 0.5)


def test_only_what_was_stolen_between_two_instants_counts() -> None:
    """A standstill that began before the wait, or outlasted it, counts with what lies inside."""
    history = LiveHistory()
    history.append(Event(12.0, "arena", "late", {"seconds": 3.0}))
    history.append(Event(20.0, "arena", "late", {"seconds": 1.0}))
    assert history.stolen(0.0) == 4.0
    assert history.stolen(11.0) == 2.0
    assert history.stolen(11.0, 19.5) == 1.5
    assert history.stolen(13.0, 19.0) == 0.0


def test_no_instant_is_stolen_twice() -> None:
    """A machine that lets everybody wait took the same time from the arena and from the bot."""
    history = LiveHistory()
    history.append(Event(12.0, "arena", "late", {"seconds": 3.0}))
    history.append(Event(12.5, "arena", "starved", {"seconds": 3.0}))
    assert history.stolen(0.0) == 3.5
    assert history.stolen(0.0, from_bot=False) == 3.0


async def test_an_event_in_time_that_is_told_late_counts() -> None:
    """A test whose interpreter was blocked must not fail the bot for it."""
    history = LiveHistory()
    by = time.monotonic()
    waiting = asyncio.create_task(history.until(matching("closed"), by=by))
    await asyncio.sleep(0)
    history.append(event(by - 0.001))
    assert await waiting == event(by - 0.001)


async def test_a_failure_of_the_rig_ends_every_wait() -> None:
    """Nobody waits for an event of a rig that is gone."""
    history = LiveHistory()
    waiting = asyncio.create_task(history.until(matching("closed"), by=time.monotonic() + 60))
    await asyncio.sleep(0)
    history.fail(ArenaDied("gone"))
    with pytest.raises(ArenaDied):
        await waiting
    with pytest.raises(ArenaDied):
        history.wait(matching("closed"), by=time.monotonic() + 60)


def test_wait_is_for_synchronous_tests() -> None:
    """The blocking wait wakes for another thread too."""
    history = LiveHistory()
    told = event(time.monotonic())
    threading.Thread(target=history.append, args=(told,)).start()
    assert history.wait(matching("closed"), by=time.monotonic() + 5) == told


def test_follow_yields_what_comes_and_ends_with_the_failure() -> None:
    """A follower sees every event once, in order, and then the reason of the end."""
    history = LiveHistory()
    history.extend([event(1.0), event(2.0)])
    seen = []
    followed = history.follow()
    seen.append(next(followed))
    history.append(event(3.0))
    seen += [next(followed), next(followed)]
    history.fail(ArenaDied("gone"))
    with pytest.raises(ArenaDied):
        next(followed)
    assert [e.at for e in seen] == [1.0, 2.0, 3.0]


async def test_patience_ends_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr("downtick.arena.live.GRACE", 0.0)
    with pytest.raises(TimeoutError):
        async with LiveHistory().patience(time.monotonic(), 0.01):
            await asyncio.Event().wait()


async def test_patience_is_longer_by_what_is_stolen_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine that gives no time is given some."""
    monkeypatch.setattr("downtick.arena.live.GRACE", 0.0)
    history, start = LiveHistory(), time.monotonic() - 1.0  # it would be over
    history.append(Event(start + 60.0, "arena", "starved", {"seconds": 60.0}))
    async with history.patience(start, 0.01):
        for _ in range(3):  # it looks in the first of them, and ends in the next
            await asyncio.sleep(0)
