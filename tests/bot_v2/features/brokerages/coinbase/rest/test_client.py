from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import (
    RateLimited,
    Unauthorized,
    Unavailable,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.rest.attempt import Attempt, GivenUp
from bot_v2.features.brokerages.coinbase.rest.call import Answer, Call
from bot_v2.features.brokerages.coinbase.rest.client import NoTurn, RestClient
from bot_v2.features.brokerages.coinbase.rest.pace import Rate
from bot_v2.features.brokerages.coinbase.rest.settings import RestSettings
from bot_v2.features.brokerages.coinbase.rest.wire import Lost, Untrusted

READ, ORDER = Call("GET", "/accounts"), Call("POST", "/orders")
GOOD = Answer(200, {}, {"ok": True})
BUSY = Answer(503, {}, None, "the body is no JSON")

Step = Answer | Exception | Callable[[Attempt], Answer]


class Script:
    """Carries requests by answering what is written down, the last line again and again."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.carried: list[Call] = []
        self.closed = False

    def carry(self, call: Call, attempt: Attempt) -> Answer:
        self.carried.append(call)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Answer) else step(attempt)

    def close(self) -> None:
        self.closed = True


def client(
    script: Script, scale: float = 0.01, rate: float = 1000.0, **settings: Any
) -> RestClient:
    rates = {"private": Rate(rate, 1000), "public": Rate(rate, 1000)}
    patient = {"call_timeout": 1000.0, **settings}  # who is not about deadlines is in no hurry
    return RestClient(script, RestSettings(time_scale=scale, **patient), rates, seed=1)  # type: ignore[arg-type]


@pytest.fixture
async def open_clients() -> AsyncIterator[list[RestClient]]:
    clients: list[RestClient] = []
    yield clients
    for each in clients:
        each.close()


def soon() -> float:
    return time.monotonic() + 5.0


class Peer:
    """An exchange that takes a request and says nothing until it is told to, or given up."""

    def __init__(self, *, sends: bool = True) -> None:
        self.sends = sends
        self.taken = threading.Event()
        self.free = threading.Event()
        self.gone = threading.Event()
        self.attempts: list[Attempt] = []

    def __call__(self, attempt: Attempt) -> Answer:
        self.attempts.append(attempt)
        try:
            attempt.handed_over()
            attempt.connecting()
            if self.sends:
                attempt.sending(self.free.set)
                attempt.all_sent()
            self.taken.set()
            if not self.free.wait(5) or self.sends:
                raise Lost("the connection was shut")
            attempt.sending(self.free.set)  # the connect took its time; is the order still wanted?
            attempt.all_sent()
        except GivenUp as error:
            raise Lost("given up") from error
        finally:
            self.gone.set()
        return GOOD


async def test_a_read_goes_on_until_there_is_an_answer() -> None:
    """Bad answers and lost ones are asked for again."""
    script = Script(BUSY, Lost("reset"), Answer(200, {}, None, "half"), GOOD)
    one = client(script)
    reply = await one.read(READ)
    assert reply.data == {"ok": True}
    assert len(script.carried) == 4
    assert one.counters["retries"] == 3
    one.close()


async def test_a_read_ends_with_its_deadline_and_its_reason() -> None:
    """The last error is told, and it took about as long as it may."""
    one = client(Script(BUSY), call_timeout=20.0)
    start = time.monotonic()
    # The deadline may come in the middle of an attempt, of which nobody knows more than that.
    with pytest.raises(Unavailable, match=r"503|not sent: no answer in time"):
        await one.read(READ)
    assert 0.1 <= time.monotonic() - start < 3.0  # without a deadline it would go on for ever
    one.close()


@pytest.mark.parametrize("answer", [Answer(401, {}), Answer(404, {}, {"error": "NOT_FOUND"})])
async def test_what_will_not_change_is_asked_once(answer: Answer) -> None:
    """A key that is refused, a thing that is not there."""
    script = Script(answer)
    one = client(script)
    with pytest.raises((Unauthorized, Exception)):
        await one.read(READ)
    assert len(script.carried) == 1
    one.close()


async def test_who_is_not_the_broker_is_asked_once() -> None:
    """Another attempt would meet the same certificate; what is wrong with it is told."""
    script = Script(Untrusted("it names somebody else"))
    one = client(script)
    with pytest.raises(Unavailable, match="not sent: it names somebody else"):
        await one.read(READ)
    assert len(script.carried) == 1
    one.close()


async def test_what_changes_something_is_sent_once() -> None:
    """Whatever came of it."""
    for step, wanted in ((BUSY, Unknown), (Lost("x"), Unavailable), (Answer(425, {}), Unavailable)):
        script = Script(step)
        one = client(script)
        with pytest.raises(wanted):
            await one.once(ORDER, soon())
        assert len(script.carried) == 1
        one.close()


async def test_an_answer_that_does_not_come_is_given_up_in_time() -> None:
    """Sent whole: unknown. The thread is woken, so that it does not wait on."""
    peer = Peer()
    one = client(Script(peer), answer_timeout=10.0)
    start = time.monotonic()
    with pytest.raises(Unknown, match="sent"):
        await one.once(ORDER, soon())
    assert 0.1 <= time.monotonic() - start < 3.0  # the peer itself gives up after 5
    assert peer.free.is_set()
    assert one.counters["given_up"] == 1
    one.close()


async def test_a_request_that_was_given_up_while_connecting_never_leaves() -> None:
    """It is surely not done at once, and when the connection is there at last, nothing is sent on it."""
    peer = Peer(sends=False)
    one = client(Script(peer), answer_timeout=5.0)
    with pytest.raises(Unavailable, match="not sent"):
        await one.once(ORDER, soon())
    peer.free.set()
    assert await asyncio.to_thread(peer.gone.wait, 5)
    (attempt,) = peer.attempts
    assert not attempt.begun
    one.close()


async def test_whoever_is_cancelled_wakes_the_thread() -> None:
    """So that a bot can end while an exchange says nothing."""
    peer = Peer()
    one = client(Script(peer), scale=1.0)
    waiting = asyncio.create_task(one.once(ORDER, soon()))
    await asyncio.to_thread(peer.taken.wait, 5)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    assert peer.free.is_set()
    one.close()


async def test_closing_gives_up_what_is_under_way_and_refuses_the_rest() -> None:
    """Twice is no more than once."""
    peer, script = Peer(), Script(GOOD)
    script.steps = [peer]
    one = client(script, scale=1.0)
    waiting = asyncio.create_task(one.once(ORDER, soon()))
    await asyncio.to_thread(peer.taken.wait, 5)
    one.close()
    one.close()
    with pytest.raises(Unknown):
        await waiting
    with pytest.raises(Unavailable, match="closed"):
        await one.read(READ)
    assert script.closed
    assert len(script.carried) == 1


async def test_reads_that_hang_leave_room_for_orders() -> None:
    """Half of the threads are kept for what changes something."""
    peer = Peer()
    script = Script(peer)
    one = client(script, scale=1.0, threads=4)
    reads = [asyncio.create_task(one.once(READ, soon())) for _ in range(8)]
    await asyncio.to_thread(peer.taken.wait, 5)
    script.steps = [GOOD]
    async with asyncio.timeout(2):
        await one.once(ORDER, soon())
    one.close()
    await asyncio.gather(*reads, return_exceptions=True)


async def test_after_a_429_nothing_leaves_until_its_time_is_over() -> None:
    """The answer's own seconds count, whatever the time scale; without them the settings' do."""
    script = Script(Answer(429, {"retry-after": "1"}), GOOD)
    one = client(script, scale=0.01, call_timeout=300.0)
    with pytest.raises(RateLimited) as limited:
        await one.once(ORDER, soon())
    assert limited.value.retry_after == 1.0
    start = time.monotonic()
    with pytest.raises(RateLimited, match="not sent") as limited:
        await one.once(READ, start + 0.5)
    assert limited.value.retry_after is not None
    assert 0.5 < limited.value.retry_after <= 1.1
    assert len(script.carried) == 1
    await one.once(READ, soon())
    assert time.monotonic() - start > 0.9
    one.close()


async def test_a_retry_after_without_measure_is_capped() -> None:
    """An hour is not what an edge may cost."""
    one = client(Script(Answer(429, {"retry-after": "3600"})), retry_after_max=2.0)
    with pytest.raises(RateLimited):
        await one.once(READ, soon())
    with pytest.raises(RateLimited) as limited:
        await one.once(READ, time.monotonic() + 0.1)
    assert limited.value.retry_after is not None
    assert limited.value.retry_after < 2.1
    one.close()


async def test_who_has_no_turn_tells_of_the_error_before() -> None:
    """That others are before it says less than why it asks again."""
    script = Script(BUSY)
    rates = {"private": Rate(0.01, 2), "public": Rate(1, 1)}
    one = RestClient(script, RestSettings(time_scale=0.01, call_timeout=40.0), rates, seed=1)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="503"):
        await one.read(READ)
    with pytest.raises(NoTurn):
        await one.once(READ, time.monotonic() + 0.05)
    assert len(script.carried) == 1
    one.close()


async def test_every_end_is_counted() -> None:
    """For the metrics."""
    script = Script(BUSY, Answer(400, {}, {"error": "X"}), Answer(429, {"retry-after": "0"}), GOOD)
    one = client(script)
    for _ in range(4):
        try:
            await one.once(ORDER, soon())
        except (Unknown, Unavailable, RateLimited, Exception):  # noqa: BLE001
            continue
    assert one.counters == {
        "requests": 4,
        "unknown": 1,
        "refused": 1,
        "not_done": 1,
        "rate_limited": 1,
    }
    one.close()


def settled(ends: Iterable[object]) -> list[str]:
    return sorted(type(end).__name__ for end in ends)


async def test_many_at_once_get_their_own() -> None:
    """Each its own end."""
    script = Script(GOOD, BUSY, GOOD, BUSY, GOOD)
    one = client(script)
    ends = await asyncio.gather(
        *(one.once(ORDER, soon()) for _ in range(5)), return_exceptions=True
    )
    assert settled(ends) == ["Reply", "Reply", "Reply", "Unknown", "Unknown"]
    one.close()
