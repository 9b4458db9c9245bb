from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys

import pytest

from chaos_tests.witness.scene import Scene, abort, port_of
from downtick.witness import kernel

pytestmark = pytest.mark.integration

MANY = 100


async def test_a_death_tells_the_last_figures(scene: Scene) -> None:
    """Also of what happened after the last look."""
    bot, front = scene.connect()
    port = port_of(bot)
    front.sendall(b"x" * 333)
    bot.sendall(b"y" * 1000)
    assert len(bot.recv(100)) == 100
    assert len(front.recv(1000, socket.MSG_WAITALL)) == 1000
    bot.close()
    front.close()
    died = await scene.death("bot", port)
    assert (died["received"], died["rqueue"], died["sent"]) == (333, 233, 1000)
    assert (await scene.death("front", port))["received"] == 1000


async def test_a_fin_leaves_a_trace_at_the_end_that_sent_it_first(scene: Scene) -> None:
    """TCP remembers it there; and it counts as a byte at the other end."""
    bot, front = scene.connect()
    port = port_of(bot)
    front.sendall(b"x" * 10)
    front.close()
    while bot.recv(100):
        pass
    bot.close()
    first, second = await scene.death("front", port), await scene.death("bot", port)
    assert (first["time_wait"], second["time_wait"]) == (True, False)
    assert (first["sent"], first["acked"], second["received"]) == (10, 11, 11)


async def test_a_bot_that_closes_first_is_remembered(scene: Scene) -> None:
    """The trace is on its side then."""
    bot, front = scene.connect()
    port = port_of(bot)
    bot.close()
    while front.recv(100):
        pass
    front.close()
    assert (await scene.death("bot", port))["time_wait"]
    assert not (await scene.death("front", port))["time_wait"]


async def test_a_rst_leaves_no_trace(scene: Scene) -> None:
    """Neither end is remembered, no byte is added; the end that sent it is known to have meant it."""
    bot, front = scene.connect()
    port = port_of(bot)
    number = await scene.number("front", port)
    front.sendall(b"x" * 10)
    abort(front)
    gone = await scene.event("gone", socket=await scene.number("bot", port))
    bot.close()
    first, second = await scene.event("died", socket=number), await scene.death("bot", port)
    assert (first["aborted"], second["aborted"]) == (True, False)
    assert (first["time_wait"], second["time_wait"]) == (False, False)
    assert second["received"] == 10
    assert gone.at <= second.at


async def test_a_short_connection_that_is_aborted_is_not_taken_for_a_refusal(scene: Scene) -> None:
    """Though no figure of it is left."""
    for _ in range(MANY):
        bot, front = scene.connect()
        abort(bot)
        front.close()
    await scene.until(lambda: len(scene.history.select("born", end="front")) == MANY)
    assert scene.history.select("refused") == []


async def test_no_short_connection_is_missed(scene: Scene) -> None:
    """A hundred that live for less than the time between two looks: both ends of each."""
    ports = []
    for size in range(MANY):
        bot, front = scene.connect()
        ports.append(port_of(bot))
        front.sendall(b"x" * size)
        front.close()
        while bot.recv(100):
            pass
        bot.close()
        await asyncio.sleep(0)
    deaths = [await scene.death("bot", port) for port in ports]
    assert [died["received"] for died in deaths] == [size + 1 for size in range(MANY)]
    fronts = [await scene.death("front", port) for port in ports]
    assert [died["sent"] for died in fronts] == [*range(MANY)]
    assert scene.history.select("lost") == []


async def test_every_refused_connect_is_counted(scene: Scene) -> None:
    """A blocking one with the host alone, one with a timeout with its link."""
    scene.stop_listening()
    for timeout in [None, 5.0] * (MANY // 2):
        with socket.socket() as bot, contextlib.suppress(ConnectionRefusedError):
            bot.settimeout(timeout)
            bot.connect(scene.place)
    await scene.until(lambda: len(scene.history.select("refused")) == MANY)
    told = [event["link"] for event in scene.history.select("refused")]
    assert (told.count(None), told.count("rest")) == (MANY // 2, MANY // 2)


async def test_a_listener_that_closes_refuses_nobody(scene: Scene) -> None:
    """Nor does a socket that was never used; a connect after both is told, so they would have been."""
    socket.socket().close()
    scene.stop_listening()
    with socket.socket() as bot, pytest.raises(ConnectionRefusedError):
        bot.connect(scene.place)
    await scene.event("refused")
    assert len(scene.history.select("refused")) == 1
    assert scene.history.select("born") == []


async def test_a_death_that_found_no_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel keeps only so many for us; a witness that was too slow says so, and hears of the next ones."""
    monkeypatch.setattr(kernel, "_BACKLOG", 4096)
    with contextlib.closing(Scene()) as scene:
        # The kernel closes at once what a process had. It tells of it when it has time, and sometimes one by one.
        many = f"import os, socket; kept = [socket.socket() for _ in range({MANY})]; os._exit(0)"
        while not scene.history.select("lost"):
            subprocess.run([sys.executable, "-c", many], check=True)  # noqa: ASYNC221 - nobody shall read meanwhile
            await asyncio.sleep(0)
        # With so little room the next may be lost as well, while others of this machine close theirs: then it is said.
        while not scene.history.select("died"):
            await scene.short_life()


async def test_what_happens_after_the_end_is_not_told(scene: Scene) -> None:
    """And the end is told, after the last deaths."""
    bot, front = scene.connect()
    port = port_of(bot)
    bot.close()
    front.close()
    await scene.death("bot", port)
    await scene.death("front", port)
    scene.witness.close()
    for end in scene.connect():
        end.close()
    assert [*scene.history][-1].kind == "watched"
    assert len(scene.history.select("born")) == 2
    scene.witness.open().close()  # it may watch again


async def test_a_witness_looks_once_more_before_it_ends() -> None:
    """What happened since its last look is not lost."""
    with contextlib.closing(Scene(interval=1000.0)) as scene:
        bot, front = scene.connect()
        front.sendall(b"x" * 10)
    assert scene.history.first("sample", received=10)
    bot.close()
    front.close()


@pytest.mark.parametrize("sense", ["living", "waits"])
async def test_a_witness_that_goes_blind_says_why(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, sense: str
) -> None:
    """Whichever question the kernel refuses; nothing is told afterwards."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("not you")

    monkeypatch.setattr(kernel.Kernel, sense, refuse)
    for end in scene.connect():
        end.close()
    event = await scene.event("no_witness")
    assert event["reason"] == "the kernel stopped to answer: not you"
    told = len(scene.history)
    scene.witness.close()
    assert len(scene.history) == told
