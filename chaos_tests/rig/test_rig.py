"""The rig itself, on real sockets."""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
import threading
import urllib.request
from collections.abc import Callable

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chaos_tests.rig.feed_client import next_frame, subscribed
from downtick.errors import DeadlineMissed, InputError, NotArmed, ToxicError
from downtick.prepare import prepare
from downtick.rig import Rig

pytestmark = pytest.mark.integration


async def test_a_client_gets_ticks_through_the_link(rig: Rig) -> None:
    """What the exchange sends reaches a client that knows only the link."""
    async with subscribed(rig.endpoints.market_ws) as client:
        frame = await next_frame(client, "ticker")
    sent = await rig.until("frame_sent", within=5, channel="ticker", seq=frame["sequence_num"])
    assert sent["products"] == ["BTC-USD"]


async def test_the_same_port_speaks_tls(rig: Rig) -> None:
    """A bot that insists on TLS trusts the run's authority and is served on the same link."""
    context = ssl.create_default_context(cafile=rig.endpoints.ca_file)
    async with connect(rig.endpoints.market_wss, ssl=context, proxy=None):
        pass
    assert await rig.until("tls", within=5)


async def test_rest_answers_through_its_link(rig: Rig) -> None:
    """The REST link leads to the exchange's REST."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    body = await asyncio.to_thread(lambda: opener.open(f"{rig.endpoints.rest}/time").read())
    assert b"epochMillis" in body
    assert await rig.until("answer", within=5, status=200)


def test_a_synchronous_test_can_hold_a_rig(rig: Rig) -> None:
    """No event loop is needed to wait for what happens."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(f"{rig.endpoints.rest}/time").close()
    assert rig.wait("request", within=5)["path"].endswith("/time")


@pytest.mark.toxics(arm=("market_ws",))
async def test_a_reset_by_hand_reaches_both_ends(rig: Rig) -> None:
    """An armed link resets: the client loses its connection without a close frame, and the journal says how."""
    async with subscribed(rig.endpoints.market_ws) as client:
        await next_frame(client, "ticker")
        await rig.inject("market_ws", "reset")
        with pytest.raises(ConnectionClosed) as lost:
            await _drain(client)
        assert lost.value.rcvd is None
    assert (await rig.until("closed", within=5))["by"] == "bot"


async def test_a_reset_of_an_unarmed_link_is_refused(rig: Rig) -> None:
    """What cannot be done honestly is not done at all."""
    with pytest.raises(NotArmed):
        await rig.inject("market_ws", "reset")


async def test_a_misspelt_attribute_is_refused_before_toxiproxy_hears_of_it(rig: Rig) -> None:
    """Toxiproxy would accept it and do nothing."""
    with pytest.raises(ToxicError, match="latency"):
        await rig.inject("market_ws", "latency", latencyy=800)


async def test_an_unknown_link_is_refused(rig: Rig) -> None:
    """The message says which links there are."""
    with pytest.raises(InputError, match="market_ws"):
        await rig.inject("market", "freeze")


async def test_freeze_and_heal_by_hand(rig: Rig) -> None:
    """A frozen link delivers nothing; healed, it delivers everything in order."""
    async with subscribed(rig.endpoints.market_ws) as client:
        first = await next_frame(client, "ticker")
        await rig.inject("market_ws", "freeze")
        frozen = rig.now()
        await rig.until("frame_sent", within=10, channel="ticker", after=frozen)
        await rig.heal("market_ws")
        numbers = [first["sequence_num"]]
        while numbers[-1] < rig.history.select("frame_sent", after=frozen)[0]["seq"]:
            numbers.append((await next_frame(client, "ticker"))["sequence_num"])
    assert numbers == sorted(set(numbers))


async def test_what_does_not_happen_misses_its_deadline(rig: Rig) -> None:
    """Waiting for an event that never comes ends with the time that was allowed."""
    with pytest.raises(DeadlineMissed, match=r"closed\(conn=99\)"):
        await rig.until("closed", within=0.1, conn=99)


async def test_down_takes_the_session_down_with_everything_it_had(rig: Rig) -> None:
    """After a rig nothing listens where it did."""
    with_own = Rig(time_scale=rig.time_scale)
    async with with_own:
        addresses = tuple(with_own.endpoints.addresses.values())
    for host, port in addresses:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(host, port)


@pytest.mark.toxics("streaming/market-feed-freeze")
async def test_a_profile_is_played_and_told(rig: Rig) -> None:
    """Each step is recorded when due, asked, done and healed, and everything is healed at the end."""
    async with subscribed(rig.endpoints.market_ws) as client:
        reading = asyncio.create_task(_drain(client))
        ended = await rig.until("run_ended", within=120)
        reading.cancel()
    kinds = [e.kind for e in rig.history if e.source == "conductor"]
    assert kinds[0] == "steady_state"
    assert kinds[-2:] == ["healed", "run_ended"]
    due, asked, done = (rig.history.first(f"step_{kind}") for kind in ("due", "asked", "done"))
    assert due is not None
    assert asked is not None
    assert done is not None
    assert due["due"] <= asked.at <= done.at <= ended.at
    assert done["echo"]["answers"], "what Toxiproxy said is part of the history"


def _compute() -> None:
    """Hold the interpreter for a moment, as a bot's own slow code does."""
    sum(range(100_000))


def _parse() -> None:
    """Parse 12 MiB of JSON, which holds the interpreter for as long as it takes."""
    json.loads(_TWELVE_MEBIBYTES)


_TWELVE_MEBIBYTES = json.dumps([{"price_level": "63310.25", "new_quantity": "0.5"}] * 220_000)


async def test_one_profile_is_played_after_another(rig: Rig) -> None:
    """On a rig that is up: each is healed at its end; one that resets links which nobody armed is refused."""
    freeze = prepare("streaming/short-freeze", time_scale=rig.time_scale).schedule
    reset = prepare("streaming/market-feed-reset", time_scale=rig.time_scale).schedule
    async with subscribed(rig.endpoints.market_ws) as client:
        for count in (1, 2):
            ended = await rig.play(freeze)
            healed = rig.history.select("step_healed", name="freeze")
            assert len(healed) == count
            assert healed[-1].at < ended.at
            await next_frame(client, "ticker")
        with pytest.raises(NotArmed, match="market_ws"):
            await rig.play(reset)


_BUSY = 0.8  # seconds that a busy machine may let the arena wait: far less than the bot blocks


@pytest.mark.toxics("streaming/market-feed-freeze")
@pytest.mark.parametrize("block", [_compute, _parse])
async def test_a_bot_that_blocks_its_interpreter_makes_no_step_late(
    rig: Rig, block: Callable[[], None]
) -> None:
    """The judge and the judged do not share an interpreter: blocked for 2 s, frames and steps are on time."""
    async with subscribed(rig.endpoints.market_ws, "heartbeats", "ticker") as client:
        await next_frame(client, "ticker")
        since = rig.now()
        while rig.now() < since + 2.0:
            block()
        until = rig.now()
        await rig.until("frame_sent", within=60, after=until, channel="heartbeats")
    beats = [
        event.at
        for event in rig.history.select("frame_sent", channel="heartbeats", after=since)
        if event.at < until
    ]
    assert len(beats) >= 1, "beats were sent while the bot was blocked"
    gaps = [later - earlier for earlier, later in itertools.pairwise([since, *beats])]
    assert max(gaps) < rig.scaled(1.0) + _BUSY
    (due,) = rig.history.select("step_due")
    asked = rig.history.first("step_asked", act=due["act"])
    if due["due"] < until:  # at time scale 1 the step is due after the bot is free again
        assert asked is not None
        assert asked.at - due["due"] < _BUSY


def test_rigs_side_by_side_do_not_touch_each_other(rig: Rig) -> None:
    """Two rigs of one worker have links of their own; a fault on one leaves the other alone."""
    other = Rig(time_scale=rig.time_scale)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with other:
        asyncio.run(other.inject("rest", "down"))
        opener.open(f"{rig.endpoints.rest}/time").close()
        with pytest.raises(OSError, match="refused"):
            opener.open(f"{other.endpoints.rest}/time")
    assert threading.active_count() < 20


async def _drain(client: ClientConnection) -> None:
    """Read until the connection is lost, and raise how."""
    while True:
        await client.recv()
