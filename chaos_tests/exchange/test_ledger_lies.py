"""Each lie of the ledger as a client meets it over REST and the user feed, and the truth in the journal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import websockets

from chaos_tests.exchange.stub import DEADLINE, Stub, read_until, running
from chaos_tests.exchange.trader import ask, cancel, listening, place, updates

pytestmark = pytest.mark.integration

Reply = tuple[int, Any]


class Client:
    """The user: asks over REST, and listens."""

    def __init__(self, stub: Stub, feed: websockets.ClientConnection) -> None:
        self.stub = stub
        self.feed = feed

    async def start(self, fault: str, attributes: Any = None, **selectors: Any) -> int:
        return await self.stub.exchange.start_fault(fault, attributes or {}, selectors)

    async def order(self, name: str, **more: str) -> Reply:
        """Place an order to buy that rests, and return what was answered."""
        terms = {"base_size": "0.001", "limit_price": "1000"} | more
        body = {
            "client_order_id": name,
            "product_id": "BTC-USD",
            "side": "BUY",
            "order_configuration": {"limit_limit_gtc": terms},
        }
        return await ask(self.stub, "POST", "/orders", body)

    async def status(self, order_id: str) -> str | None:
        """Return an order's status, or None if it is not found."""
        status, found = await ask(self.stub, "GET", f"/orders/historical/{order_id}")
        assert status in (200, 404), found
        return found["order"]["status"] if status == 200 else None

    async def until_status(self, order_id: str, wanted: str) -> list[str | None]:
        """Ask for an order's status until it is this, and return what was said before."""
        said: list[str | None] = []
        async with asyncio.timeout(DEADLINE):
            while (status := await self.status(order_id)) != wanted:
                said.append(status)
        return said

    async def listed(self, query: str = "") -> list[str]:
        """Return the names of the orders, newest first."""
        _, found = await ask(self.stub, "GET", f"/orders/historical/batch{query}")
        return [order["client_order_id"] for order in found["orders"]]

    async def fills(self) -> list[str]:
        """Return the sizes of the fills."""
        _, found = await ask(self.stub, "GET", "/orders/historical/fills")
        return [fill["size"] for fill in found["fills"]]

    async def told(self, count: int) -> list[str]:
        """Return name and status of the orders of the next so many updates."""
        orders = await updates(self.feed, count)
        return [f"{order['client_order_id']} {order['status']}" for order in orders]

    @property
    def truth(self) -> list[tuple[str, str]]:
        """Name and status of an order after each entry of the ledger that touched one."""
        self.stub.journal.flush()
        entries = self.stub.history.select("ledger")
        return [(e["client_order_id"], e["status"]) for e in entries if "order_id" in e.data]

    async def over(self, handle: int) -> int:
        """Stop a fault, if it is not over, and return its hits, which are as many as were journalled."""
        await self.stub.exchange.stop_fault(handle)
        off = await self.stub.until("fault_off", handle=handle)
        hits = self.stub.history.select("fault_hit", handle=handle)
        assert off["hits"] == len(hits)
        assert off["matched"] is bool(hits)
        return len(hits)


@asynccontextmanager
async def trading(**config: Any) -> AsyncIterator[Client]:
    """Run an exchange with its user, who listens."""
    async with running(**config) as stub, listening(stub, "user") as feed:
        await read_until(feed, channel="subscriptions")
        yield Client(stub, feed)


def placed(reply: Reply) -> str:
    """Return the id of an order that was placed."""
    status, answer = reply
    assert status == 200
    assert answer["success"], answer
    return str(answer["order_id"])


async def test_an_order_is_not_found_and_then_it_is() -> None:
    """The feed told of it all the time; every look-up before its time was lied to."""
    async with trading() as client:
        handle = await client.start("order_not_found", {"seconds": 0.6})
        order_id = placed(await client.order("a"))
        assert await client.told(1) == ["a OPEN"]
        assert await client.listed() == []
        said = await client.until_status(order_id, "OPEN")
        assert said
        assert set(said) == {None}
        accepted = await client.stub.until("ledger", change="accepted")
        lied = [e for e in client.stub.history.select("answer") if e.data.get("fault") == handle]
        assert await client.listed() == ["a"]
        last = client.stub.history.select("answer")[-2]
        assert last.at - accepted.at >= 0.6
        assert await client.over(handle) == len(lied) == len(said) + 1


@pytest.mark.parametrize("filled", [True, False])
async def test_an_error_is_answered_to_an_order_that_was_applied(filled: bool) -> None:
    """503 of HTML; the feed and the ledger know better, and say whose doing it was."""
    async with trading() as client:
        attributes = {"status": 503, "body": "html", "filled": filled}
        handle = await client.start("error_although_applied", attributes, once=True)
        assert await client.order("a") == (503, None)
        end = "FILLED" if filled else "OPEN"
        assert await client.told(1 + filled) == ["a OPEN", "a FILLED"][: 1 + filled]
        assert client.truth[-1] == ("a", end)
        (request,) = {e["request"] for e in client.stub.history.select("ledger", product="BTC-USD")}
        answer = client.stub.history.select("answer", id=request)[0]
        assert (answer["status"], answer["fault"]) == (503, handle)
        order_id = placed(await client.order("a"))
        assert await client.status(order_id) == end
        assert await client.over(handle) == 1
        assert len(await client.listed()) == 1


async def test_an_id_is_a_duplicate_of_nothing_until_its_order_appears() -> None:
    """An error, then the same rejection; the ledger hears of it once, late, and then the id names it."""
    async with trading() as client:
        handle = await client.start("duplicate_but_absent", {"appears": 0.6})
        assert (await client.order("a"))[0] == 500
        refusals = 0
        async with asyncio.timeout(DEADLINE):
            while not (reply := await client.order("a"))[1]["success"]:
                refusals += 1
                assert reply[1]["error_response"]["error"] == "DUPLICATE_CLIENT_ORDER_ID"
        assert refusals
        order_id = placed(reply)
        assert await client.told(1) == ["a OPEN"]
        accepted = await client.stub.until("ledger", change="accepted")
        assert (accepted["order_id"], accepted["request"]) == (order_id, 1)
        first = client.stub.history.select("request")[0]
        assert accepted.at - first.at >= 0.6
        assert await client.over(handle) == 1 + refusals
        assert client.truth == [("a", "OPEN")]


async def test_an_id_stays_a_duplicate_of_nothing() -> None:
    """No order shows anywhere, and none is in the ledger; afterwards the id is free."""
    async with trading() as client:
        handle = await client.start("duplicate_but_absent", once=True)
        assert (await client.order("a"))[0] == 500
        assert (await client.order("a"))[1]["success"] is False
        assert await client.listed() == []
        assert client.truth == []
        assert await client.over(handle) == 2
        placed(await client.order("a"))
        assert client.truth == [("a", "OPEN")]


@pytest.mark.parametrize("how", ["close", "reset", "silence"])
async def test_an_order_vanishes_before_it_is_looked_up(how: str) -> None:
    """No answer; not among the open orders; in the history, the fills and the feed."""
    async with trading() as client:
        handle = await client.start("vanishes_before_lookup", {"how": how})
        asked = asyncio.ensure_future(client.order("a"))
        await client.stub.until("fault_hit", handle=handle)
        if how == "silence":
            assert not (await asyncio.wait({asked}, timeout=0.1))[0]
            asked.cancel()
        else:
            async with asyncio.timeout(DEADLINE):
                with pytest.raises(aiohttp.ClientConnectionError):
                    await asked
        await client.stub.exchange.stop_fault(handle)
        assert await client.listed("?order_status=OPEN") == []
        assert await client.listed() == ["a"]
        assert await client.fills() == ["0.001"]
        assert await client.told(2) == ["a OPEN", "a FILLED"]
        assert client.truth == [("a", "OPEN"), ("a", "FILLED")]
        assert await client.over(handle) == 1
        if how != "silence":
            answer = await client.stub.until("answer", id=1)
            assert (answer["size"], answer["fault"]) == (0, handle)


async def test_a_cancelled_order_is_filled_all_the_same() -> None:
    """Acknowledged, looked up, told: cancelled. Then looked up, told, filled. The ledger never had it cancelled."""
    async with trading() as client:
        order_id = await place(client.stub, "a")
        handle = await client.start("fill_after_cancel", {"after": 0.6})
        await cancel(client.stub, order_id)
        said = await client.until_status(order_id, "FILLED")
        assert said
        assert set(said) == {"CANCELLED"}
        assert await client.told(3) == ["a OPEN", "a CANCELLED", "a FILLED"]
        assert await client.fills() == ["0.001"]
        assert client.truth == [("a", "OPEN"), ("a", "CANCEL_QUEUED"), ("a", "FILLED")]
        fill = (await client.stub.until("ledger", change="matched")).data
        assert "request" not in fill
        assert await client.over(handle) == 1


async def test_a_client_that_comes_back_is_not_shown_an_order_that_seems_cancelled() -> None:
    """Among the open orders of a new subscription there is none, until it is filled."""
    async with trading() as client:
        order_id = await place(client.stub, "a")
        await client.start("fill_after_cancel", {"after": 60.0})
        await cancel(client.stub, order_id)
        async with listening(client.stub, "user") as again:
            snapshot = (await read_until(again, channel="subscriptions"))[0]
        assert snapshot["events"][0]["orders"] == []


async def test_a_cancel_is_queued_and_the_order_fills_or_not() -> None:
    """Everybody sees it queued; one that the market does not take is cancelled in the end."""
    async with trading() as client:
        order_id = await place(client.stub, "a")
        handle = await client.start("cancel_queued", {"seconds": 0.6}, product="BTC-USD")
        other = await place(client.stub, "b", "ETH-USD")
        await cancel(client.stub, order_id, other)
        said = await client.until_status(order_id, "CANCELLED")
        assert said
        assert set(said) == {"CANCEL_QUEUED"}
        assert await client.status(other) == "CANCELLED"
        assert await client.told(5) == [
            "a OPEN",
            "b OPEN",
            "a CANCEL_QUEUED",
            "b CANCELLED",
            "a CANCELLED",
        ]
        queued = await client.stub.until("ledger", change="cancelqueued")
        ended = await client.stub.until("ledger", change="ended", order_id=order_id)
        assert ended.at - queued.at >= 0.6
        assert await client.over(handle) == 1


async def test_a_fill_is_taken_back_and_told_in_the_wrong_order() -> None:
    """The last that the feed says is a fill; the ledger, and who asks it, say that there is none."""
    async with trading() as client:
        handle = await client.start("voided_fill", {"after": 0.2}, once=True)
        await client.start("error_although_applied", once=True)  # fills what would rest
        await client.order("a")
        assert await client.told(3) == ["a OPEN", "a CANCELLED", "a FILLED"]
        order_id = placed(await client.order("a"))
        assert await client.status(order_id) == "CANCELLED"
        assert client.truth == [("a", "OPEN"), ("a", "FILLED"), ("a", "CANCELLED")]
        voided = await client.stub.until("ledger", change="voided")
        assert voided["filled"] == "0"
        assert await client.over(handle) == 1


async def test_the_venue_goes_back_in_time_and_tells_nobody() -> None:
    """An order and a fill are gone for who asks; the feed goes on with the next thing that happens."""
    async with trading() as client:
        await place(client.stub, "kept")
        kept = (await client.stub.until("ledger", change="accepted")).at
        async with listening(
            client.stub, "heartbeats"
        ) as beats:  # so far apart are kept and undone
            await read_until(beats, channel="heartbeats")
            await read_until(beats, channel="heartbeats")
        await client.start("error_although_applied", once=True)
        await client.order("filled")
        undone = (await client.stub.until("ledger", change="accepted", count=2)).at
        await place(client.stub, "open")
        back = time.monotonic() - (kept + undone) / 2
        handle = await client.start("rollback", {"back": back})
        assert await client.listed() == ["kept"]
        assert await client.fills() == []
        await place(client.stub, "next")
        assert await client.told(5) == [
            "kept OPEN",
            "filled OPEN",
            "filled FILLED",
            "open OPEN",
            "next OPEN",
        ]
        assert await client.over(handle) == 2
        hits = client.stub.history.select("fault_hit", handle=handle)
        assert [(hit["status"], hit.data.get("now")) for hit in hits] == [
            ("FILLED", None),
            ("OPEN", None),
        ]
        assert client.stub.history.select("ledger", change="rolledback")


async def test_orders_of_an_outage_are_placed_when_it_ends() -> None:
    """Each once, in their order, as the doing of the requests that had failed."""
    async with trading() as client:
        handle = await client.start("buffered_orders", {"status": 503, "retry_after": 1})
        for name in ("a", "b", "a"):
            assert (await client.order(name))[0] == 503
        assert await client.listed() == []
        assert client.truth == []
        assert await client.over(handle) == 3
        assert await client.told(2) == ["a OPEN", "b OPEN"]
        assert sorted(await client.listed()) == ["a", "b"]
        accepted = client.stub.history.select("ledger", change="accepted")
        assert [entry["request"] for entry in accepted] == [1, 2]
        assert all(entry.at > client.stub.history.select("answer")[2].at for entry in accepted)


async def test_a_replica_is_behind_the_truth() -> None:
    """What was placed, cancelled and paid is seen late over REST; the feed is not behind."""
    async with trading() as client:
        handle = await client.start("stale_replica", {"behind": 0.6})
        order_id = placed(await client.order("a", base_size="1"))
        assert await client.told(1) == ["a OPEN"]
        said = await client.until_status(order_id, "OPEN")
        assert said
        assert set(said) == {None}
        await cancel(client.stub, order_id)
        assert await client.told(1) == ["a CANCELLED"]
        said += await client.until_status(order_id, "CANCELLED")
        assert "OPEN" in said
        lied = [e for e in client.stub.history.select("answer") if e.data.get("fault") == handle]
        assert await client.over(handle) == len(lied) == len(said)


async def test_one_of_two_replicas_is_behind() -> None:
    """Answers take turns, found and not found, on one connection after the other."""
    async with trading() as client:
        handle = await client.start("stale_replica", {"behind": 60.0, "every": 2})
        order_id = placed(await client.order("a"))
        assert [await client.status(order_id) for _ in range(4)] == ["OPEN", None, "OPEN", None]
        assert await client.over(handle) == 2
