from __future__ import annotations

import pytest

from chaos_tests.witness.scene import HERE, Scene, port_of
from downtick.witness.kernel import Kernel
from downtick.witness.netlink import CLOSE_WAIT, Socket

pytestmark = pytest.mark.integration


async def test_what_the_bot_was_sent_and_has_read_is_told_exactly(scene: Scene) -> None:
    """Byte by byte: what its kernel has, and what it has not fetched yet."""
    bot, front = scene.connect()
    number = await scene.number("bot", port_of(bot))
    front.sendall(b"x" * 333)
    await scene.event("sample", socket=number, received=333, rqueue=333)
    bot.recv(100)
    await scene.event("sample", socket=number, received=333, rqueue=233)
    bot.recv(1000)
    await scene.event("sample", socket=number, received=333, rqueue=0)
    bot.close()
    front.close()


async def test_who_asks_for_a_look_need_not_wait_for_the_next(scene: Scene) -> None:
    """What was read until then is told before anything else happens, of a connection that is new, too."""
    bot, front = scene.connect()
    front.sendall(b"x" * 333)
    assert len(bot.recv(1000)) == 333
    scene.witness.look()
    born = scene.history.first("born", end="bot", port=port_of(bot))
    assert born is not None
    assert len(scene.history.select("sample", socket=born["socket"], received=333, rqueue=0)) == 2
    bot.close()
    front.close()


async def test_what_the_bot_sent_is_told_exactly(scene: Scene) -> None:
    """What left it, and what the other end has taken: the SYN is one more, and so is the FIN."""
    bot, front = scene.connect()
    port = port_of(bot)
    number = await scene.number("bot", port)
    bot.sendall(b"y" * 777)
    await scene.event("sample", socket=number, sent=777, acked=778, wqueue=0, segments_out=1)
    bot.close()
    front.close()
    assert (await scene.death("front", port))["received"] == 778


async def test_what_nobody_reads_waits_in_the_sender(scene: Scene) -> None:
    """A link that takes nothing: written, but neither read nor all of it sent."""
    bot, front = scene.connect()
    number = await scene.number("bot", port_of(bot))
    bot.setblocking(False)
    written = 0
    try:
        while True:
            written += bot.send(b"z" * 65536)
    except BlockingIOError:
        pass
    await scene.until(
        lambda: any(
            e["unsent"] and e["acked"] - 1 + e["wqueue"] == written
            for e in scene.history.select("sample", socket=number)
        )
    )
    bot.close()
    front.close()


async def test_a_quiet_connection_says_nothing(scene: Scene) -> None:
    """While another one talks: no event for what did not change."""
    quiet, quiet_front = scene.connect()
    loud, loud_front = scene.connect()
    number = await scene.number("bot", port_of(loud))
    for size in range(1, 6):
        loud_front.sendall(b"x")
        await scene.event("sample", socket=number, received=size)
    silent = await scene.number("bot", port_of(quiet))
    assert len(scene.history.select("sample", socket=silent)) == 1
    for end in (quiet, quiet_front, loud, loud_front):
        end.close()


async def test_a_bot_that_does_not_close_is_seen_waiting(scene: Scene) -> None:
    """The FIN is there, counted as a byte, and the bot's own is not."""
    bot, front = scene.connect()
    number = await scene.number("bot", port_of(bot))
    front.close()
    await scene.event("sample", socket=number, state=CLOSE_WAIT, received=1, rqueue=1)
    bot.close()


async def test_a_bot_that_reaches_it_by_ipv6_is_seen(scene: Scene) -> None:
    """As Java's and Node's sockets do with an address of IPv4."""
    bot, front = scene.connect(f"::ffff:{HERE}")
    number = await scene.number("bot", port_of(bot))
    front.sendall(b"x" * 5)
    await scene.event("sample", socket=number, received=5)
    front.close()
    bot.close()
    assert not (await scene.event("died", socket=number))["time_wait"]


async def test_more_sockets_than_are_asked_for_at_once_are_all_seen(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is found in the answers when no connection is opened any more, and the table is not walked."""
    pairs = [scene.connect() for _ in range(100)]
    numbers = [await scene.number("bot", port_of(bot)) for bot, _ in pairs]
    walk = Kernel.walk
    walks: list[list[Socket]] = []

    def counted(kernel: Kernel) -> list[Socket]:
        walks.append(walk(kernel))
        return walks[-1]

    monkeypatch.setattr(Kernel, "opened", lambda kernel: [])
    monkeypatch.setattr(Kernel, "walk", counted)
    for size, (_, front) in enumerate(pairs, 1):
        front.sendall(b"x" * size)
        await scene.event("sample", socket=numbers[size - 1], received=size)
    assert len(walks) == 2
    for end in (end for pair in pairs for end in pair):
        end.close()
