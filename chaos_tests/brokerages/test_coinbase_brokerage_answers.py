"""The brokerage and answers that are none: pages of HTML, throttling, refusals without cause, lies with HTTP 200.

Every test names what the ledger must say: an order that may be there is *unknown*, whatever the status of HTTP.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import (
    NotDone,
    RateLimited,
    Unauthorized,
    Unavailable,
    Unknown,
)
from chaos_tests.brokerages.trading import (
    ORDERS,
    an_order,
    environment,
    found_in_time,
    hits,
    in_dialects,
    in_ledger,
    once_in_ledger,
    requests_of,
    trading,
)
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]

SHORT: dict[str, Any] = {"call_timeout": 10.0, "order_timeout": 10.0}
"""Nominal seconds that are enough to see that they end."""


@in_dialects()
@pytest.mark.parametrize(
    ("status", "body"), [(500, "json"), (502, "html"), (503, "html"), (503, "json"), (504, "text")]
)
async def test_an_order_that_was_answered_with_an_error_is_unknown(
    rig: Rig, dialect: str, status: int, body: str
) -> None:
    """It was not placed this time, but that nobody can know."""
    handle = await rig.exchange_fault("http_error", status=status, body=body, routes=[ORDERS])
    async with trading(rig, dialect, **SHORT) as broker:
        request, began = an_order(), time.time()
        with pytest.raises(Unknown):
            await broker.place_order(request)
        await hits(rig, handle)
        await rig.end_exchange_fault(handle)
        assert await broker.find_order(request.client_order_id, began) is None
    assert await in_ledger(rig, request) == []


@in_dialects()
@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("body", ["html", "json"])
async def test_an_order_that_was_placed_and_answered_with_an_error_is_placed_once(
    rig: Rig, dialect: str, status: int, body: str
) -> None:
    """As on Hyperliquid on 2025-07-29: the error said no, the ledger said yes."""
    handle = await rig.exchange_fault("error_although_applied", status=status, body=body)
    async with trading(rig, dialect) as broker:
        request = an_order()
        report = await broker.place_order(request)
        await hits(rig, handle)
        assert (report.status, report.filled) == ("filled", request.quantity)
    assert report.order_id == await once_in_ledger(rig, request)


@in_dialects()
async def test_an_order_that_is_placed_when_the_outage_ends_is_not_placed_twice(
    rig: Rig, dialect: str
) -> None:
    """503 all the while, then everything is carried out: under one name it is one order."""
    handle = await rig.exchange_fault("buffered_orders", status=503, body="html")
    async with trading(rig, dialect, **SHORT) as broker:
        request, began = an_order(), time.time()
        with pytest.raises(Unknown):
            await broker.place_order(request)
        await hits(rig, handle)
        assert await broker.find_order(request.client_order_id, began) is None
        await rig.end_exchange_fault(handle)
        report = await broker.place_order(request)
        assert report.order_id == await once_in_ledger(rig, request)


@in_dialects()
@pytest.mark.parametrize("body", ["json", "html"])
async def test_throttling_with_retry_after_is_obeyed_to_the_second(
    rig: Rig, dialect: str, body: str
) -> None:
    """A Retry-After is in real seconds at every time scale; until then nothing at all leaves."""
    handle = await rig.exchange_fault(
        "rate_limited", selectors={"once": True}, body=body, retry_after=1
    )
    patience = 30.0 + 5.0 / rig.time_scale
    async with trading(rig, dialect, call_timeout=patience, order_timeout=patience) as broker:
        request = an_order()
        report = await broker.place_order(request)
        (hit,) = await hits(rig, handle)
        (answer,) = rig.history.select("answer", id=hit["request"])
        later = rig.history.select("request", after=hit.at)
        assert later
        assert min(event.at for event in later) - answer.at >= 1.0
        assert broker.client.counters["rate_limited"] == 1
    assert report.order_id == await once_in_ledger(rig, request)


@in_dialects()
async def test_throttling_longer_than_there_is_time_is_said_at_once(rig: Rig, dialect: str) -> None:
    """Nobody waits for what cannot come in time, and what was not sent is surely not done."""
    handle = await rig.exchange_fault("rate_limited", retry_after=50)
    async with trading(rig, dialect) as broker:
        start = time.monotonic()
        with pytest.raises(RateLimited) as limited:
            await broker.get_account()
        assert limited.value.retry_after == 50
        assert time.monotonic() - start < 0.5 + rig.scaled(2)
        request = an_order()
        with pytest.raises(RateLimited) as limited:
            await broker.place_order(request)
        assert limited.value.retry_after is not None
        assert 45 < limited.value.retry_after <= 50.1
        assert len(await hits(rig, handle)) == len(rig.history.select("request")) == 1
    assert await in_ledger(rig, request) == []


@in_dialects()
async def test_throttling_without_retry_after_slows_down(rig: Rig, dialect: str) -> None:
    """A second passes before anything is asked again, then a limit order goes out after all."""
    handle = await rig.exchange_fault("rate_limited", selectors={"times": 2}, body="html")
    async with trading(rig, dialect) as broker:
        request = an_order()
        report = await broker.place_order(request)
        limited = await hits(rig, handle, at_least=2)
        times = [event.at for event in rig.history.select("request")][:3]
        assert times[1] - times[0] >= rig.scaled(1.0)
        assert times[2] - times[1] >= rig.scaled(1.0)
        assert len(limited) == 2
    assert report.order_id == await once_in_ledger(rig, request)


@in_dialects()
async def test_too_early_means_wait(rig: Rig, dialect: str) -> None:
    """425 is no end: as a matching engine restarts, it says so and takes the order a moment later."""
    handle = await rig.exchange_fault(
        "http_error", selectors={"times": 2}, status=425, body="text", routes=[ORDERS]
    )
    async with trading(rig, dialect) as broker:
        request = an_order()
        report = await broker.place_order(request)
        await hits(rig, handle, at_least=2)
    assert report.order_id == await once_in_ledger(rig, request)
    assert len(requests_of(rig, ORDERS)) == 3


@in_dialects()
@pytest.mark.parametrize("how", ["text", "json", "scopes"])
async def test_a_key_that_is_refused_without_cause_is_kept(
    rig: Rig, dialect: str, how: str
) -> None:
    """As on OKX on 2021-01-29. While it lasts nothing is done; when it is over, the same broker goes on."""
    handle = await rig.exchange_fault("auth_failure", how=how)
    async with trading(rig, dialect) as broker:
        request = an_order()
        for attempt in (broker.get_account(), broker.place_order(request)):
            with pytest.raises(Unauthorized):
                await attempt
        assert len(await hits(rig, handle, at_least=2)) == 2, "and it is not asked again and again"
        assert await in_ledger(rig, request) == []
        await rig.end_exchange_fault(handle)
        await broker.place_order(request)
    await once_in_ledger(rig, request)


@in_dialects()
async def test_an_order_that_nobody_finds_for_a_while_is_placed(rig: Rig, dialect: str) -> None:
    """That an order is not found says nothing: it is reported as it was placed, and found later."""
    seconds = rig.scaled(20)
    handle = await rig.exchange_fault("order_not_found", seconds=seconds)
    async with trading(rig, dialect) as broker:
        request, began = an_order(), time.time()
        report = await broker.place_order(request)
        (accepted,) = await in_ledger(rig, request)
        assert (report.order_id, report.status) == (accepted["order_id"], "open")
        assert await broker.get_order(report.order_id) is None
        assert await broker.find_order(request.client_order_id, began) is None
        await hits(rig, handle)
        assert await found_in_time(rig, broker, request, began, within=40) == report
        assert rig.now() - accepted.at >= seconds


@in_dialects("advanced_trade")
async def test_a_name_that_is_taken_by_nobody_is_unknown_until_the_order_shows(
    rig: Rig, dialect: str
) -> None:
    """The ids run ahead of the orders: not a refusal, and no reason for another name."""
    handle = await rig.exchange_fault("duplicate_but_absent", appears=rig.scaled(20))
    async with trading(rig, dialect, **SHORT) as broker:
        request, began = an_order(), time.time()
        with pytest.raises(Unknown):
            await broker.place_order(request)
        await hits(rig, handle, at_least=2)
        found = await found_in_time(rig, broker, request, began, within=40)
    assert found.order_id == await once_in_ledger(rig, request)


@in_dialects("advanced_trade", duplicate_client_order_id="reject")
async def test_an_exchange_that_rejects_names_it_knows_makes_one_order(
    rig: Rig, dialect: str
) -> None:
    """The answer is lost, the same name is refused as a duplicate: so the order is looked for, and found."""
    handle = await rig.exchange_fault(
        "lost_answer", selectors={"route": ORDERS, "once": True}, how="close"
    )
    async with trading(rig, dialect) as broker:
        request = an_order()
        report = await broker.place_order(request)
        await hits(rig, handle)
        assert report.order_id == await once_in_ledger(rig, request)


@in_dialects()
@pytest.mark.parametrize(
    ("field", "becomes", "what"),
    [
        ("hold", "null", "account"),
        ("status", "null", "orders"),
        ("side", "missing", "orders"),
        ("filled_size", "null", "orders"),
        ("side", "missing", "fills"),
        ("price", "null", "fills"),
    ],
)
async def test_what_cannot_be_read_is_not_left_out(
    rig: Rig, dialect: str, field: str, becomes: str, what: str
) -> None:
    """An order that is not seen would be forgotten: a list with one that cannot be read is no list."""
    async with trading(rig, dialect) as broker:
        await broker.place_order(an_order())
        await broker.place_order(an_order(price=None))
        reads: dict[str, Callable[[], Awaitable[Any]]] = {
            "account": broker.get_account,
            "orders": broker.open_orders,
            "fills": lambda: broker.get_fills(time.time() - 60),
        }
        assert await reads[what]()
        handle = await rig.exchange_fault("field_drift", field=field, becomes=becomes)
        with pytest.raises(Unavailable):
            await reads[what]()
        await hits(rig, handle)


@in_dialects()
async def test_a_state_that_nobody_knows_is_not_an_end(rig: Rig, dialect: str) -> None:
    """A new word for an order's state leaves it open: never over without proof."""
    async with trading(rig, dialect) as broker:
        report = await broker.place_order(an_order())
        handle = await rig.exchange_fault("new_enum_value", field="status")
        seen = await broker.get_order(report.order_id)
        assert seen is not None
        assert seen.status == "open"
        await hits(rig, handle)


@in_dialects()
async def test_a_crossed_book_is_no_price(rig: Rig, dialect: str) -> None:
    """Nobody trades on a bid above the ask."""
    handle = await rig.exchange_fault("wrong_data", what="crossed_book")
    async with trading(rig, dialect) as broker:
        with pytest.raises(Unavailable):
            await broker.get_quote("BTC-USD")
    await hits(rig, handle)


@in_dialects()
async def test_balances_that_are_well_formed_lies_are_passed_on(rig: Rig, dialect: str) -> None:
    """The broker cannot know better; who has a belief compares (Coinbase, 2024-02-28)."""
    handle = await rig.exchange_fault("wrong_data", what="zero_balances")
    async with trading(rig, dialect) as broker:
        assert await broker.get_position("BTC-USD") == 0
    await hits(rig, handle)


@in_dialects()
async def test_no_log_and_no_error_shows_a_secret(
    rig: Rig, dialect: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever fails, and however much is logged."""
    caplog.set_level(logging.DEBUG)
    said = []
    await rig.exchange_fault("http_error", selectors={"nth": 2, "times": 2}, status=401)
    await rig.exchange_fault("half_answer", selectors={"nth": 5, "times": 2})
    await rig.exchange_fault("lost_answer", selectors={"nth": 7, "times": 2}, how="reset")
    async with trading(rig, dialect) as broker:
        for _ in range(8):
            try:
                await broker.place_order(an_order())
            except (NotDone, Unknown) as error:
                said.append(f"{error!r} {error.__cause__!r} {error.__context__!r}")
        said.append(f"{broker!r} {vars(broker)!r}")
    said.append(caplog.text)
    assert "POST" in caplog.text
    told = environment(rig, dialect)
    secrets = [told["COINBASE_API_SECRET"], told.get("COINBASE_API_PASSPHRASE", "-" * 99)]
    lines = [line for secret in secrets for line in secret.splitlines() if "---" not in line]
    for planted in (*lines, "eyJ", "Bearer"):
        assert not [text for text in said if planted in text]
