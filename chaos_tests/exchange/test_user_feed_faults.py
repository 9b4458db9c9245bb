"""What the user's feed tells late, twice, in another order or never, and the truth in the journal."""

from __future__ import annotations

from typing import Any

import pytest

from chaos_tests.exchange.stub import Stub, read_until, running
from chaos_tests.exchange.trader import cancel, listening, place, updates

pytestmark = pytest.mark.integration

TRUTH = ["a OPEN", "b OPEN", "a CANCELLED", "b CANCELLED"]


async def live(stub: Stub) -> None:
    """Place two orders, and cancel both."""
    first = await place(stub, "a")
    second = await place(stub, "b", "ETH-USD")
    await cancel(stub, first, second)


@pytest.mark.parametrize(
    ("fault", "attributes", "selectors", "told", "hits"),
    [
        ("dropped_updates", {}, {"nth": 2, "times": 2}, [TRUTH[0], TRUTH[3]], 2),
        ("dropped_updates", {}, {"product": "ETH-USD"}, [TRUTH[0], TRUTH[2]], 2),
        ("duplicated_updates", {}, {"once": True}, [TRUTH[0], *TRUTH], 1),
        ("reordered_updates", {}, {"nth": 2}, [TRUTH[0], TRUTH[2], TRUTH[1], TRUTH[3]], 1),
        ("status_never_sent", {"status": "CANCELLED"}, {}, TRUTH[:2], 2),
        ("status_never_sent", {"status": "OPEN"}, {"nth": 2}, [TRUTH[0], *TRUTH[2:]], 1),
    ],
)
async def test_updates_are_told_as_the_fault_has_it(
    fault: str,
    attributes: dict[str, Any],
    selectors: dict[str, Any],
    told: list[str],
    hits: int,
) -> None:
    """The same on every connection, without a gap in its numbers; the ledger is not changed by it."""
    async with running() as stub, listening(stub, "user") as one, listening(stub, "user") as two:
        for client in (one, two):
            await read_until(client, channel="subscriptions")
        handle = await stub.exchange.start_fault(fault, attributes, selectors)
        await live(stub)
        await stub.exchange.stop_fault(handle)
        last = await place(stub, "last")
        for client in (one, two):
            orders = await updates(client, len(told) + 1)
            assert [f"{o['client_order_id']} {o['status']}" for o in orders] == [
                *told,
                "last OPEN",
            ]
        assert orders[-1]["order_id"] == last
        off = await stub.until("fault_off", handle=handle)
        assert off["hits"] == len(stub.history.select("fault_hit", handle=handle)) == hits
        truth = [e for e in stub.history.select("ledger") if "order_id" in e.data]
        assert [f"{e['client_order_id']} {e['status']}" for e in truth[:-1]] == TRUTH
        frames = stub.frames(channel="user", type="update")
        for conn in {frame["conn"] for frame in frames}:
            numbers = [frame["seq"] for frame in frames if frame["conn"] == conn]
            assert numbers == [*range(numbers[0], numbers[0] + len(told) + 1)]


async def test_a_fill_is_told_late_and_what_happens_meanwhile_at_once() -> None:
    """Another order's life overtakes it; the ledger has the fill where it happened."""
    async with running() as stub, listening(stub, "user") as client:
        await read_until(client, channel="subscriptions")
        handle = await stub.exchange.start_fault("delayed_fills", {"delay": 1.0}, {})
        await stub.exchange.start_fault("error_although_applied", {}, {"once": True})
        with pytest.raises(AssertionError, match="INTERNAL"):
            await place(stub, "a")
        await cancel(stub, await place(stub, "b"))
        orders = await updates(client, 4)
        assert [f"{o['client_order_id']} {o['status']}" for o in orders] == [
            "a OPEN",
            "b OPEN",
            "b CANCELLED",
            "a FILLED",
        ]
        matched = await stub.until("ledger", change="matched")
        frame = stub.frames(channel="user", type="update")[-1]
        assert frame["entry"] == matched["entry"]
        assert frame.at - matched.at >= 1.0
        await stub.exchange.stop_fault(handle)
        assert (await stub.until("fault_off", handle=handle))["hits"] == 1
