from __future__ import annotations

import asyncio
import json
import time
from decimal import Decimal
from typing import Any

import pytest
import websockets

from chaos_tests.exchange.stub import DEADLINE, Stub, connected, get, read, read_until, running
from chaos_tests.exchange.trader import BASE, cancel, key, listening, log_in, place, post, updates
from downtick.exchange.auth.keys import make_keys, process_keys
from downtick.exchange.auth.sign import bearer, token

pytestmark = pytest.mark.integration

REFUSED = {"type": "error", "message": "authentication failure"}
FUTURE = "BIT-26DEC26-CDE"


async def _snapshot(client: websockets.ClientConnection) -> tuple[list[list[str]], dict[str, Any]]:
    """Return the order ids of each frame before the acknowledgement, and that one."""
    *shown, acknowledged = await read_until(client, channel="subscriptions")
    assert {(frame["channel"], frame["events"][0]["type"]) for frame in shown} == {
        ("user", "snapshot")
    }
    return [
        [order["order_id"] for order in frame["events"][0]["orders"]] for frame in shown
    ], acknowledged


async def test_a_subscription_gets_its_snapshot_then_its_acknowledgement_then_updates() -> None:
    """Numbered from 0 with everything else of the connection; the acknowledgement names the user, not products."""
    async with running() as stub, listening(stub, "user", "heartbeats") as client:
        await place(stub, "a")
        frames = await read_until(client, channel="heartbeats")
        while not any(frame["channel"] == "user" for frame in frames[2:]):
            frames.append(await read(client))
    assert [frame["sequence_num"] for frame in frames] == [*range(len(frames))]
    assert [frame["channel"] for frame in frames[:3]] == ["user", "subscriptions", "subscriptions"]
    (who,) = frames[1]["events"][0]["subscriptions"]["user"]
    assert len(who) == 36
    assert frames[2]["events"] == [{"subscriptions": {"user": [who], "heartbeats": ["heartbeats"]}}]
    (update,) = (frame for frame in frames[3:] if frame["channel"] == "user")
    (event,) = update["events"]
    assert (event["type"], event["orders"][0]["client_order_id"]) == ("update", "a")
    assert update["client_id"] == ""


@pytest.mark.parametrize("kind", ["es256", "ed25519"])
@pytest.mark.parametrize("door", ["user_ws", "market_ws"])
async def test_either_key_opens_either_door(kind: str, door: str) -> None:
    """The market's door stands in for the user's (docs: Advanced Trade WebSocket overview)."""
    signer = getattr(process_keys(), kind)
    async with (
        running(check_auth=True) as stub,
        listening(stub, door=getattr(stub.endpoints, door)) as client,
    ):
        await log_in(client, "user", jwt=token(signer))
        assert (await _snapshot(client))[0] == [[]]
        await place(stub, "a")
        assert (await updates(client, 1))[0]["status"] == "OPEN"


def _tokens() -> dict[str, tuple[Any, str]]:
    """Return tokens that are not good, with a word of the reason."""
    now = time.time()
    return {
        "missing": (None, "no token"),
        "no text": (7, "no token"),
        "nonsense": ("x.y.z", "not a JWT"),
        "stranger's": (token(make_keys().es256), "no key"),
        "expired": (token(key(), now=now - 3600), "expired"),
        "early": (token(key(), now=now + 3600), "not valid before"),
    }


@pytest.mark.parametrize("channel", ["user", "futures_balance_summary"])
async def test_a_token_that_is_not_good_is_refused_and_the_journal_says_why(channel: str) -> None:
    """The client hears no more than Coinbase says; the connection lives, and its first numbered frame is 0."""
    async with running(check_auth=True) as stub, listening(stub) as client:
        for count, (jwt, reason) in enumerate(_tokens().values(), 1):
            await log_in(client, channel, jwt=jwt)
            assert await read(client) == REFUSED
            event = await stub.until("frame_received", type="refused", count=count)
            assert f"channel {channel}" in event["reason"]
            assert reason in event["reason"]
        await log_in(client, channel, jwt=token(key()))
        frame = await read(client)
        assert (frame["channel"], frame["sequence_num"]) == (channel, 0)


async def test_a_granted_subscription_outlives_its_token() -> None:
    """The token is looked at when it comes; another subscription needs another one."""
    async with running(check_auth=True) as stub, listening(stub) as client:
        end = time.time() + 2.0
        short = token(key(), claims={"exp": end})
        await log_in(client, "user", jwt=short)
        await _snapshot(client)
        await log_in(client, "heartbeats")
        while time.time() < end:
            await read(client)
        await log_in(client, "futures_balance_summary", jwt=short)
        assert (await read_until(client, type="error"))[-1] == REFUSED
        await place(stub, "a")
        assert (await updates(client, 1))[0]["client_order_id"] == "a"


async def test_an_exchange_that_checks_nothing_needs_no_token() -> None:
    """The switch that REST has, too."""
    async with running(check_auth=False) as stub, listening(stub) as client:
        await log_in(client, "user")
        assert (await _snapshot(client))[0] == [[]]


async def test_the_users_door_has_no_market_data() -> None:
    """Also with a good token."""
    async with running() as stub, listening(stub, "ticker") as client:
        assert await read(client) == REFUSED


async def test_a_token_on_a_public_channel_does_no_harm() -> None:
    """Clients with keys send one always; it is not even looked at."""
    async with running() as stub, connected(stub) as client:
        await log_in(client, "ticker", "BTC-USD", jwt="x.y.z")
        assert (await read(client))["channel"] == "ticker"


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (50, [50, 0]), (51, [50, 1])])
async def test_open_orders_are_shown_fifty_at_a_time(count: int, sizes: list[int]) -> None:
    """Oldest first; a frame that is not full is the last."""
    async with running() as stub:
        ids = [await place(stub, f"o{number}") for number in range(count)]
        async with listening(stub, "user") as client:
            shown, _ = await _snapshot(client)
    assert [len(frame) for frame in shown] == sizes
    assert [order_id for frame in shown for order_id in frame] == ids


def _entries(stub: Stub) -> list[int]:
    """Return the numbers of the ledger's entries that touched an order."""
    stub.journal.flush()
    return [e["entry"] for e in stub.history.select("ledger") if e.data.get("order_id")]


async def test_all_connections_of_the_user_hear_the_same() -> None:
    """One frame for each entry of the ledger, in its order, on each connection; the journal names the entry."""
    async with running() as stub, listening(stub, "user") as one, listening(stub, "user") as two:
        await _snapshot(one)
        await _snapshot(two)
        order_id = await place(stub, "a")
        await place(stub, "b", "ETH-USD")
        await cancel(stub, order_id)
        told = [
            [(order["client_order_id"], order["status"]) for order in await updates(client, 3)]
            for client in (one, two)
        ]
        entries = _entries(stub)
        frames = stub.frames(channel="user", type="update")
    assert told == [[("a", "OPEN"), ("b", "OPEN"), ("a", "CANCELLED")]] * 2
    for conn in {frame["conn"] for frame in frames}:
        assert [frame["entry"] for frame in frames if frame["conn"] == conn] == entries


async def test_what_was_filled_adds_up_to_the_fills_over_rest() -> None:
    """The feed has no fills, only what they add up to."""
    async with running() as stub, listening(stub, "user") as client:
        await _snapshot(client)
        body = {
            "client_order_id": "a",
            "product_id": "BTC-USD",
            "side": "BUY",
            "order_configuration": {"market_market_ioc": {"base_size": "0.02"}},
        }
        order_id = (await post(stub, "/orders", body))["success_response"]["order_id"]
        orders: list[dict[str, Any]] = []
        while not orders or orders[-1]["status"] != "FILLED":
            orders += await updates(client, 1)
        path = f"{BASE}/orders/historical/fills"
        status, _, found = await get(
            stub, f"{path}?order_ids={order_id}", headers=bearer(key(), "GET", path)
        )
    assert status == 200
    fills = json.loads(found)["fills"]
    assert len(fills) == int(orders[-1]["number_of_fills"]) == len(orders) - 1
    for member, total in (("size", "cumulative_quantity"), ("commission", "total_fees")):
        assert sum(Decimal(fill[member]) for fill in fills) == Decimal(orders[-1][total])


async def test_what_was_missed_is_not_told_again() -> None:
    """A client that was away sees what is open, and must ask for the rest."""
    async with running() as stub:
        async with listening(stub, "user") as client:
            await _snapshot(client)
            gone, kept = await place(stub, "gone"), await place(stub, "kept")
            await updates(client, 2)
        await stub.until("closed")
        await cancel(stub, gone)
        async with listening(stub, "user") as client:
            shown, _ = await _snapshot(client)
            await cancel(stub, kept)
            (first,) = await updates(client, 1)
    assert shown == [[kept]]
    assert (first["order_id"], first["status"]) == (kept, "CANCELLED")


async def test_products_that_were_not_asked_for_are_not_told_of() -> None:
    """Neither in the snapshot nor later; another subscription adds its own."""
    async with running() as stub:
        await place(stub, "a")
        eth = await place(stub, "b", "ETH-USD")
        async with listening(stub, "user", products=("ETH-USD",)) as client:
            assert (await _snapshot(client))[0] == [[eth]]
            await place(stub, "c")
            await place(stub, "d", "ETH-USD")
            assert [order["client_order_id"] for order in await updates(client, 1)] == ["d"]
            await log_in(client, "user", "BTC-USD", jwt=token(key()))
            assert len((await _snapshot(client))[0][0]) == 2
            await place(stub, "e")
            assert [order["client_order_id"] for order in await updates(client, 1)] == ["e"]


async def test_the_futures_balance_is_shown_and_follows_the_ledger() -> None:
    """Also while the market moves a position, without any entry."""
    async with (
        running(products=("BTC-USD", FUTURE), tick_rate=50.0) as stub,
        listening(stub, "futures_balance_summary") as client,
    ):
        shown, acknowledged = await read(client), await read(client)
        await place(stub, "a", FUTURE, base_size="3", limit_price="70000")
        balances = [shown["events"][0]]
        async with asyncio.timeout(DEADLINE):
            while (
                len({balance["fcm_balance_summary"]["unrealized_pnl"] for balance in balances}) < 3
            ):
                balances += (await read(client))["events"]
    assert list(acknowledged["events"][0]["subscriptions"]) == ["futures_balance_summary"]
    assert [balance["type"] for balance in balances] == ["snapshot"] + ["update"] * (
        len(balances) - 1
    )
    first, last = balances[0]["fcm_balance_summary"], balances[-1]["fcm_balance_summary"]
    assert (first["initial_margin"], first["unrealized_pnl"]) == ("0", "0")
    assert float(last["initial_margin"]) > 0
    assert last["intraday_margin_window_measure"]["initial_margin"] == last["initial_margin"]
