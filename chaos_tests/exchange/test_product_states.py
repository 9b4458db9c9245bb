"""Products that are halted, come back in stages, or are gone, as a client meets them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chaos_tests.exchange.stub import (
    DEADLINE,
    Stub,
    connected,
    read_until,
    running,
    subscribe,
)
from chaos_tests.exchange.trader import ask, cancel, place

pytestmark = pytest.mark.integration


async def order(stub: Stub, name: str, product_id: str = "BTC-USD", **more: Any) -> str | None:
    """Place an order to buy that rests, and return what the ledger refused it for, by any of its names; None if placed."""
    terms = {"base_size": "0.001", "limit_price": "1000"} | more
    body = {
        "client_order_id": name,
        "product_id": product_id,
        "side": "BUY",
        "order_configuration": {"limit_limit_gtc": terms},
    }
    status, answer = await ask(stub, "POST", "/orders", body)
    assert status == 200
    if answer["success"]:
        return None
    error = answer["error_response"]
    if error["new_order_failure_reason"] != "UNKNOWN_FAILURE_REASON":
        return str(error["new_order_failure_reason"])
    return str(error["preview_failure_reason"])


async def flags(stub: Stub, product_id: str = "BTC-USD") -> list[str]:
    """Return the flags of a product that are up."""
    _, product = await ask(stub, "GET", f"/products/{product_id}")
    return [name for name, value in product.items() if value is True]


def ids(stub: Stub) -> list[str]:
    """Return the names of the orders that the ledger has accepted."""
    stub.journal.flush()
    return [e["client_order_id"] for e in stub.history.select("ledger", change="accepted")]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("cancel_only", "ORDER_ENTRY_DISABLED"),
        ("trading_disabled", "PREVIEW_TRADING_DISABLED"),
        ("order_entry_disabled", "ORDER_ENTRY_DISABLED"),
    ],
)
async def test_nothing_new_is_taken_and_cancels_work(fault: str, reason: str) -> None:
    """For one product; the other is traded. Afterwards both are, and the journal has every refusal."""
    async with running() as stub:
        old = await place(stub, "old")
        handle = await stub.exchange.start_fault(fault, {}, {"product": "BTC-USD"})
        assert await flags(stub) == ([] if fault == "order_entry_disabled" else [fault])
        assert await flags(stub, "ETH-USD") == []
        assert [await order(stub, name) for name in ("a", "b")] == [reason, reason]
        assert await order(stub, "e", "ETH-USD") is None
        await cancel(stub, old)
        await stub.exchange.stop_fault(handle)
        assert await flags(stub) == []
        assert await order(stub, "a") is None
        assert ids(stub) == ["old", "e", "a"]
        off = await stub.until("fault_off", handle=handle)
        hits = stub.history.select("fault_hit", handle=handle)
        assert off["hits"] == len(hits) == 2
        flagged = stub.history.select("ledger", change="flagged")
        assert len(flagged) == (0 if fault == "order_entry_disabled" else 2)


async def test_a_product_opens_again_in_stages() -> None:
    """Each stage refuses with its own reason for its own time; then it is open, without being told."""
    async with running() as stub:
        attributes = {"cancel_only": 0.6, "post_only": 0.5}
        handle = await stub.exchange.start_fault("staged_reopening", attributes, {})
        reasons: list[str] = []
        posted = []
        async with asyncio.timeout(DEADLINE):
            while (reason := await order(stub, f"o{len(reasons)}")) is not None:
                reasons.append(reason)
                posted.append(await order(stub, f"p{len(reasons)}", post_only=True))
        stages = list(dict.fromkeys(reasons))
        assert stages == ["ORDER_ENTRY_DISABLED", "PREVIEW_NOT_ALLOWED_BY_MARKET_STATE"]
        assert [*dict.fromkeys(posted)][:2] == ["ORDER_ENTRY_DISABLED", None]
        off = await stub.until("fault_off", handle=handle)
        refused = len(reasons) + sum(reason is not None for reason in posted)
        assert off["hits"] == len(stub.history.select("fault_hit", handle=handle)) == refused
        flagged = stub.history.select("ledger", change="flagged")
        first, second, third = (e for e in flagged if e["detail"]["product_id"] == "BTC-USD")
        assert second.at - first.at >= 0.6
        assert third.at - second.at >= 0.5
        assert await flags(stub) == []


async def test_a_product_is_gone_from_rest_and_feed_and_comes_back() -> None:
    """Its open order is not, and can be cancelled; who subscribed hears nothing of it, and then the whole book."""
    async with running() as stub, connected(stub, "level2", "heartbeats") as client:
        await subscribe(client, "level2", "ETH-USD")
        await read_until(client, channel="heartbeats")
        old = await place(stub, "old")
        handle = await stub.exchange.start_fault("product_vanished", {"product_id": "BTC-USD"}, {})
        _, listed = await ask(stub, "GET", "/products")
        assert [product["product_id"] for product in listed["products"]] == ["ETH-USD"]
        for path in ("/products/BTC-USD", "/market/products/BTC-USD/ticker"):
            assert (await ask(stub, "GET", path))[0] == 404
        assert await order(stub, "new") == "PREVIEW_INVALID_PRODUCT_ID"
        await cancel(stub, old)
        await stub.until("fault_hit", conn=1)
        await stub.exchange.stop_fault(handle)
        off = await stub.until("fault_off", handle=handle)
        on = await stub.until("fault_on", handle=handle)
        silent = [f for f in stub.frames(channel="l2_data", products=["BTC-USD"]) if on.at < f.at]
        assert [frame["type"] for frame in silent if frame.at <= off.at] == ["snapshot"]
        shown = ("", "")
        async with asyncio.timeout(DEADLINE):
            while shown != ("snapshot", "BTC-USD"):  # the first one was read before the heartbeat
                event = (await read_until(client, channel="l2_data"))[-1]["events"][0]
                shown = event["type"], event["product_id"]
        assert (await ask(stub, "GET", "/products/BTC-USD"))[0] == 200
        assert off["hits"] == len(stub.history.select("fault_hit", handle=handle)) == 5
        assert ids(stub) == ["old"]
