"""The brokerage and its connections: refused, hanging, reset in the middle of a request, cut, slow, or led astray.

What did not leave whole is surely not done. What did is unknown until the exchange was asked.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from bot_v2.features.brokerages.broker import NotDone, Unavailable, Unknown
from bot_v2.features.brokerages.coinbase.brokerage import CoinbaseBrokerage
from bot_v2.features.brokerages.coinbase.rest import RestSettings
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from chaos_tests.brokerages.trading import (
    ORDERS,
    an_order,
    environment,
    everything_told,
    hits,
    in_dialects,
    once_in_ledger,
    requests_of,
    trading,
)
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]

SHORT: dict[str, Any] = {
    "call_timeout": 6.0,
    "order_timeout": 6.0,
    "connect_timeout": 2.0,
    "read_timeout": 2.0,
}
"""Nominal seconds that are enough to see that they end."""

# The exchange's own doors as seen from the bot: neither order is ever known there.
DEAD_ENDS: list[tuple[str, dict[str, Any]]] = [
    ("refuse_connections", {"how": "hang", "listener": "rest"}),
    ("refuse_connections", {"how": "refuse", "listener": "rest"}),
]


@in_dialects()
async def test_an_order_that_cannot_leave_is_surely_not_done(rig: Rig, dialect: str) -> None:
    """Nobody listens: refused at once, tried again for a while, and no request was ever there."""
    await rig.inject("rest", "down")
    async with trading(rig, dialect, **SHORT) as broker:
        request = an_order()
        async with rig.deadline(16, "placing an order is bounded"):
            with pytest.raises(Unavailable):
                await broker.place_order(request)
        await rig.heal("rest")
        assert rig.history.select("request") == []
        report = await broker.place_order(request)
        assert report.order_id == await once_in_ledger(rig, request)


@in_dialects()
@pytest.mark.parametrize(("fault", "attributes"), DEAD_ENDS)
async def test_an_order_whose_handshake_never_ends_is_surely_not_done(
    rig: Rig, dialect: str, fault: str, attributes: dict[str, Any]
) -> None:
    """Connected, and then TLS hangs or breaks: nothing of the order was sent."""
    handle = await rig.exchange_fault(fault, **attributes)
    async with trading(rig, dialect, **SHORT) as broker:
        request = an_order()
        async with rig.deadline(16, "placing an order is bounded"):
            with pytest.raises(Unavailable):
                await broker.place_order(request)
        await hits(rig, handle)
        assert rig.history.select("request") == []
        await rig.end_exchange_fault(handle)
        await broker.place_order(request)
    await once_in_ledger(rig, request)


@in_dialects()
async def test_an_exchange_that_nobody_vouches_for_gets_no_order(
    rig: Rig, dialect: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its certificate is of another authority: surely not done, and neither key nor order was shown."""
    stranger = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(stranger)
    told = environment(rig, dialect) | {"COINBASE_CA_FILE": str(stranger)}
    settings = CoinbaseSettings.from_environment(told)
    broker = CoinbaseBrokerage(settings, (), RestSettings(time_scale=rig.time_scale, **SHORT))
    with pytest.raises(Unavailable):
        await broker.place_order(an_order())
    await broker.close()
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text
    await everything_told(rig)
    assert rig.history.select("closed", how="tls")
    assert rig.history.select("request") == []


@in_dialects()
async def test_half_a_request_places_no_order(rig: Rig, dialect: str) -> None:
    """The link forwards the first part of it and closes. Our kernel took it all: so it is unknown, and no more."""
    plain = environment(rig, dialect) | {"COINBASE_API_ENDPOINT": rig.endpoints.rest}
    settings = CoinbaseSettings.from_environment(plain)
    rest = RestSettings(time_scale=rig.time_scale, **SHORT)
    broker = CoinbaseBrokerage(settings, (), rest, seed=rig.seed)
    # Of a fresh connection, what asks passes in the Exchange dialect, and no order in either.
    await rig.inject("rest", "limit_data", stream="upstream", bytes=600)
    request, began = an_order(), time.time()
    with pytest.raises(Unknown):
        await broker.place_order(request)
    await everything_told(rig)
    assert rig.history.select("accepted", listener="rest")
    assert requests_of(rig, ORDERS) == []
    await rig.heal("rest")
    assert await broker.find_order(request.client_order_id, began) is None
    report = await broker.place_order(request)
    await broker.close()
    assert report.order_id == await once_in_ledger(rig, request)


@in_dialects(arm=("rest",))
async def test_a_reset_while_the_answer_is_awaited_makes_one_order(rig: Rig, dialect: str) -> None:
    """The order is carried out, then the link is reset: it is found, and is there once."""
    handle = await rig.exchange_fault(
        "late_answer", selectors={"route": ORDERS, "once": True}, delay=rig.scaled(60)
    )
    async with trading(rig, dialect) as broker:
        request = an_order()
        placing = asyncio.create_task(broker.place_order(request))
        await rig.until("fault_hit", within=30, handle=handle)
        await rig.inject("rest", "reset")
        report = await placing
        assert report.order_id == await once_in_ledger(rig, request)
    assert len(requests_of(rig, ORDERS)) == 1


@in_dialects(arm=("rest",))
async def test_connections_that_were_reset_in_the_pool_cost_nothing(rig: Rig, dialect: str) -> None:
    """Between two orders every connection dies: the next order takes a new one, and is sent once."""
    async with trading(rig, dialect) as broker:
        await asyncio.gather(*(broker.get_account() for _ in range(4)))
        for _ in range(3):
            await rig.inject("rest", "reset")
            request = an_order()
            report = await broker.place_order(request)
            assert report.order_id == await once_in_ledger(rig, request)
        assert not broker.client.counters["unknown"]
    assert len(requests_of(rig, ORDERS)) == 3


@in_dialects()
async def test_requests_share_a_connection(rig: Rig, dialect: str) -> None:
    """One after the other they need no second one: no handshake stands between a price and its order."""
    async with trading(rig, dialect) as broker:
        for _ in range(3):
            await broker.get_account()
            await broker.place_order(an_order())
            await broker.get_quote("BTC-USD")
    await everything_told(rig)
    assert len(rig.history.select("accepted", listener="rest")) == 1


@in_dialects()
async def test_a_frozen_link_ends_every_call_in_its_time_and_nothing_is_doubled(
    rig: Rig, dialect: str
) -> None:
    """What was on its way arrives when the link thaws: that is why it was unknown."""
    async with trading(rig, dialect, **SHORT) as broker:
        await broker.get_account()
        await rig.inject("rest", "freeze")
        request, began = an_order(), time.time()
        async with rig.deadline(16, "placing an order is bounded"):
            with pytest.raises((Unknown, Unavailable)) as end:
                await broker.place_order(request)
        await rig.heal("rest")
        report = await broker.place_order(request)
        assert await broker.find_order(request.client_order_id, began) == report
        assert report.order_id == await once_in_ledger(rig, request)
        if dialect == "advanced_trade":  # in the other one it is asked for first, and that froze
            assert isinstance(end.value, Unknown)


@in_dialects()
async def test_an_answer_longer_than_any_should_be_is_not_read(
    rig: Rig, dialect: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Reading stops at the limit: memory is no place for a page without end."""
    async with trading(rig, dialect, max_body=300, **SHORT) as broker:
        with pytest.raises(Unavailable):
            await broker.get_account()
    assert "the body is longer than 300 bytes" in caplog.text


@in_dialects()
async def test_the_environment_leads_no_order_astray(
    rig: Rig, dialect: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither a proxy nor a password of ~/.netrc is used that nobody configured for the bot."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    host = rig.endpoints.addresses["rest"][0]
    (tmp_path / "netrc").write_text(f"machine {host} login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with trading(rig, dialect) as broker:
        request = an_order()
        await broker.place_order(request)
    await once_in_ledger(rig, request)


@in_dialects()
async def test_a_configured_proxy_that_does_not_answer_means_not_done(
    rig: Rig, dialect: str
) -> None:
    """The detour is taken where it is asked for; where it leads nowhere, nothing was sent."""
    told = environment(rig, dialect) | {"COINBASE_PROXY": "http://user:word@127.0.0.1:1"}
    settings = CoinbaseSettings.from_environment(told)
    broker = CoinbaseBrokerage(settings, (), RestSettings(time_scale=rig.time_scale, **SHORT))
    with pytest.raises(Unavailable) as end:
        await broker.place_order(an_order())
    await broker.close()
    assert "word" not in str(end.value)
    await everything_told(rig)
    assert rig.history.select("request") == []


@in_dialects()
async def test_plain_http_on_loopback_works(rig: Rig, dialect: str) -> None:
    """For a rig without certificates; anywhere else it is refused."""
    told = environment(rig, dialect) | {"COINBASE_API_ENDPOINT": rig.endpoints.rest}
    settings = CoinbaseSettings.from_environment(told)
    broker = CoinbaseBrokerage(settings, (), RestSettings(time_scale=rig.time_scale))
    request = an_order()
    await broker.place_order(request)
    await broker.close()
    await once_in_ledger(rig, request)
    with pytest.raises(ValueError, match="in clear"):
        replace(settings, api_endpoint="http://api.coinbase.com")


@in_dialects()
async def test_many_at_once_neither_mix_up_nor_hurry(rig: Rig, dialect: str) -> None:
    """Twenty orders at the same time, each answered with its own, each in the ledger once."""
    async with trading(rig, dialect, order_timeout=60.0) as broker:
        requests = [an_order(quantity=f"0.0{n + 11}") for n in range(20)]
        reports = await asyncio.gather(*map(broker.place_order, requests))
        for request, report in zip(requests, reports, strict=True):
            assert report.client_order_id == request.client_order_id
            assert report.quantity == request.quantity
            assert report.order_id == await once_in_ledger(rig, request)


@in_dialects()
async def test_a_cancel_does_not_wait_behind_reading_that_hangs(rig: Rig, dialect: str) -> None:
    """However many reads hang, there is a connection left for what matters."""
    async with trading(rig, dialect) as broker:
        report = await broker.place_order(an_order())
        route = "GET /accounts"
        handle = await rig.exchange_fault("lost_answer", how="silence", routes=[route])
        reading = [asyncio.create_task(broker.get_account()) for _ in range(12)]
        await rig.until("fault_hit", within=30, handle=handle)
        async with rig.deadline(2, "a cancel beside reads that hang"):
            await broker.cancel_order(report.order_id)
        for task in reading:
            task.cancel()
        ends = await asyncio.gather(*reading, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError | NotDone) for end in ends)
    await everything_told(rig)
    assert rig.history.select("ledger", change="ended")
