"""What stands where there is no stream."""

from __future__ import annotations

import asyncio

from bot_v2.orchestration.no_stream import NoStream


async def test_it_never_connects_yields_nothing_and_ends_when_it_is_closed() -> None:
    """Like a stream that is out for ever."""
    stream = NoStream()
    await stream.subscribe(["BTC-USD"])

    async def read() -> list[object]:
        return [item async for item in stream.messages()]

    waiting = [asyncio.create_task(stream.connect()), asyncio.create_task(read())]
    done, _ = await asyncio.wait(waiting, timeout=0.01)
    assert not done
    await stream.close()
    assert await asyncio.gather(*waiting) == [None, []]
