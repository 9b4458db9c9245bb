from __future__ import annotations

import json
import ssl
import sys
from pathlib import Path

import pytest

from chaos_tests.exchange.stub import Stub, get, running, tls_pair
from chaos_tests.exchange.wire import Frame, WireClient
from downtick.history import Event

pytestmark = pytest.mark.integration

LINUX = sys.platform == "linux"


async def _watch(stub: Stub, client: WireClient, count: int) -> tuple[list[Frame], list[Event]]:
    """Read frames of a busy feed; return them and what the journal says of them."""
    await client.connect(*stub.endpoints.market_ws)
    for channel in (b"level2", b"ticker", b"heartbeats"):
        client.say(b'{"type":"subscribe","channel":"%b"}' % channel)
    frames = [await client.frame() for _ in range(count)]
    await stub.until("frame_sent", count=count)
    client.close()
    return frames, stub.frames()[:count]


def _same(frames: list[Frame], events: list[Event]) -> None:
    assert [len(frame.payload) for frame in frames] == [event["size"] for event in events]
    assert [json.loads(f.payload)["sequence_num"] for f in frames] == [e["seq"] for e in events]


async def test_a_plain_reader_finds_each_frame_at_its_offset() -> None:
    """Arithmetic is exact, whatever the kernel cut the stream into."""
    async with running(time_scale=0.02) as stub:
        frames, events = await _watch(stub, WireClient(None), 300)
    _same(frames, events)
    assert [frame.end for frame in frames] == [event["offset"] for event in events]


async def test_a_compressed_reader_finds_each_frame_at_its_offset() -> None:
    """The offset counts compressed bytes."""
    async with running(time_scale=0.02) as stub:
        frames, events = await _watch(stub, WireClient(None, deflate=True), 300)
    _same(frames, events)
    assert [frame.end for frame in frames] == [event["offset"] for event in events]
    assert events[-1]["offset"] < sum(event["size"] for event in events)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_an_encrypted_reader_finds_each_frame_at_its_offset(
    version: ssl.TLSVersion, tmp_path: Path
) -> None:
    """The kernel's count is exact: handshake, tickets and records included. Elsewhere it is unknown."""
    config, context = tls_pair(tmp_path)
    context.minimum_version = context.maximum_version = version
    async with running(time_scale=0.02, **config) as stub:
        frames, events = await _watch(stub, WireClient(context), 300)
        tls = await stub.until("tls")
    _same(frames, events)
    expected = [frame.end if LINUX else None for frame in frames]
    assert expected == [event.get("offset") for event in events]
    assert tls["version"] == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name]


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_snapshot_of_12_mib_ends_at_its_offset(encrypted: bool, tmp_path: Path) -> None:
    """Also where the kernel's and the transport's buffers are full when a frame is written."""
    config, context = tls_pair(tmp_path)
    async with running(products=("BTC-USD",), **config) as stub:
        await stub.exchange.start_fault("huge_snapshot", {}, {})
        client = WireClient(context if encrypted else None)
        frames, events = await _watch(stub, client, 30)
    _same(frames, events)
    assert max(len(frame.payload) for frame in frames) > 12 * 1024 * 1024
    if LINUX or not encrypted:
        assert [frame.end for frame in frames] == [event["offset"] for event in events]


async def test_plain_and_encrypted_clients_share_a_port(tmp_path: Path) -> None:
    """The first byte decides."""
    config, context = tls_pair(tmp_path)
    async with running(**config) as stub:
        for client in (WireClient(None), WireClient(context), WireClient(None)):
            await client.connect(*stub.endpoints.market_ws)
            client.close()
        assert [e["conn"] for e in stub.history.select("tls")] == [2]
        status, *_ = await get(stub, "/api/v3/brokerage/time")
        assert status == 200
