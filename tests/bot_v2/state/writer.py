"""A process that writes orders down as fast as it can, and says on its output what it was told is kept."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from bot_v2.state.store import StateStore
from tests.bot_v2.state.orders import fill, report, request


async def write(path: str, prefix: str) -> None:
    """Write until killed."""
    store = StateStore.open(path)
    number = 0
    while True:
        order = request(f"{prefix}-{number}")
        await store.write_intent(order, time.time())
        os.write(1, f"written {order.client_order_id}\n".encode())
        await store.mark_sent(order.client_order_id)
        os.write(1, f"sent {order.client_order_id}\n".encode())
        if number % 2:
            await store.update(report(order, "1", "filled"))
            await store.record_fills([fill(order, at=time.time())])
            os.write(1, f"over {order.client_order_id}\n".encode())
        number += 1


if __name__ == "__main__":
    asyncio.run(write(*sys.argv[1:3]))
