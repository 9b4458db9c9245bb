"""The brokerage in good times, and when answers to its orders are lost, late, cut or dripping.

Whatever it says is compared with the exchange's ledger: an order is there once, or not at all.
"""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import (
    Broker,
    NotDone,
    OrderReport,
    Rejected,
    Unavailable,
    Unknown,
)
from chaos_tests.brokerages.trading import (
    ORDERS,
    an_order,
    everything_told,
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

SHORT: dict[str, Any] = {
    "call_timeout": 10.0,
    "order_timeout": 10.0,
    "answer_timeout": 3.0,
    "read_timeout": 2.0,
}
"""Nominal seconds that are enough to see that they end."""

PLACING: dict[str, Any] = {"route": ORDERS}
CANCELS = {"advanced_trade": "POST /orders/batch_cancel", "exchange": "DELETE /orders/{}"}


@in_dialects()
async def test_a_day_without_faults(rig: Rig, dialect: str) -> None:
    """What the broker says of balances, orders and fills is what the ledger says."""
    async with trading(rig, dialect) as broker:
        assert isinstance(broker, Broker)
        began = time.time()
        before = (await broker.get_account()).balances["USD"]
        quote = await broker.get_quote("BTC-USD")
        assert quote.bid < quote.price < quote.ask
        assert abs(time.time() - quote.at) < 5

        resting = an_order()
        report = await broker.place_order(resting)
        assert report.order_id == await once_in_ledger(rig, resting)
        assert (report.status, report.filled) == ("open", Decimal(0))
        assert report.limit_price == 1000
        assert await broker.open_orders() == [report]
        assert await broker.get_order(report.order_id) == report
        assert await broker.find_order(resting.client_order_id, began) == report
        assert (await broker.get_account()).balances["USD"].hold >= 10  # 0.01 at 1000, and fees

        bought = await broker.place_order(an_order(price=None, quantity="0.02"))
        assert (bought.status, bought.filled) == ("filled", Decimal("0.02"))
        fills = await broker.get_fills(began - 60)
        assert {fill.order_id for fill in fills} == {bought.order_id}
        assert sum(fill.quantity for fill in fills) == bought.filled
        paid = sum(fill.quantity * fill.price for fill in fills)
        assert paid / bought.filled == bought.average_price
        assert await broker.get_positions() == {
            "BTC-USD": Decimal("2.02"),
            "ETH-USD": Decimal(20),
        }

        await broker.cancel_order(report.order_id)
        assert await broker.open_orders() == []
        after = (await broker.get_account()).balances["USD"]
        assert before.total - after.total == paid + sum(fill.fee for fill in fills)
    await everything_told(rig)
    (end,) = rig.history.select("ledger", change="ended")
    assert end["order_id"] == report.order_id


@in_dialects()
async def test_the_same_name_is_the_same_order(rig: Rig, dialect: str) -> None:
    """However often it is placed, also when it is long filled; and the report is the original's."""
    async with trading(rig, dialect) as broker:
        request = an_order(price=None)
        first = await broker.place_order(request)
        assert first.status == "filled"
        assert [await broker.place_order(request) for _ in range(3)] == [first] * 3
    assert first.order_id == await once_in_ledger(rig, request)


@in_dialects()
async def test_a_refusal_has_the_exchanges_name(rig: Rig, dialect: str) -> None:
    """Whoever wants more than there is money for is told so, and nothing is in the ledger."""
    names = {"advanced_trade": "INSUFFICIENT_FUND", "exchange": "Insufficient funds"}
    async with trading(rig, dialect) as broker:
        request = an_order(quantity="500")
        with pytest.raises(Rejected) as refused:
            await broker.place_order(request)
        assert refused.value.reason == names[dialect]
        with pytest.raises(Rejected):
            await broker.cancel_order(request.client_order_id)
    assert await in_ledger(rig, request) == []


@in_dialects()
@pytest.mark.parametrize("how", ["close", "reset", "silence"])
async def test_one_lost_answer_makes_one_order(rig: Rig, dialect: str, how: str) -> None:
    """The order is there, nobody said so; it is reported, and is there once."""
    handle = await rig.exchange_fault("lost_answer", selectors=PLACING | {"once": True}, how=how)
    async with trading(rig, dialect) as broker:
        request = an_order()
        report = await broker.place_order(request)
        assert report.order_id == await once_in_ledger(rig, request)
        assert report.status == "open"
    await hits(rig, handle)
    assert len(requests_of(rig, ORDERS)) == 1, "what shows need not be sent again"


@in_dialects("advanced_trade")
async def test_an_order_that_does_not_show_is_sent_again_under_its_name(
    rig: Rig, dialect: str
) -> None:
    """Advanced Trade promises that a name is one order: the original is returned, and is there once."""
    hidden = await rig.exchange_fault("order_not_found", seconds=60.0)
    lost = await rig.exchange_fault("lost_answer", selectors=PLACING | {"once": True}, how="close")
    async with trading(rig, dialect) as broker:
        request = an_order()
        report = await broker.place_order(request)
        assert report.order_id == await once_in_ledger(rig, request)
    await hits(rig, hidden)
    await hits(rig, lost)
    sent = requests_of(rig, ORDERS)
    assert len(sent) == 2
    assert sent[0]["body"] == sent[1]["body"]


@in_dialects("exchange")
async def test_an_order_that_does_not_show_is_not_sent_again_where_names_are_no_promise(
    rig: Rig, dialect: str
) -> None:
    """Coinbase Exchange does not say what becomes of a name that comes twice: so it is unknown, until it shows."""
    seconds = rig.scaled(60)
    hidden = await rig.exchange_fault("order_not_found", seconds=seconds)
    lost = await rig.exchange_fault("lost_answer", selectors=PLACING | {"once": True}, how="close")
    async with trading(rig, dialect) as broker:
        request, began = an_order(), time.time()
        with pytest.raises(Unknown):
            await broker.place_order(request)
        await hits(rig, hidden)
        await hits(rig, lost)
        assert len(requests_of(rig, ORDERS)) == 1
        found = await found_in_time(rig, broker, request, began, within=120)
        assert found.order_id == await once_in_ledger(rig, request)


@in_dialects()
@pytest.mark.parametrize("how", ["close", "reset", "silence"])
async def test_an_order_whose_answers_are_all_lost_is_unknown_and_found(
    rig: Rig, dialect: str, how: str
) -> None:
    """Within its time it is not known what became of it; asked afterwards, it is found: once."""
    lost = await rig.exchange_fault("lost_answer", selectors=PLACING, how=how)
    if dialect == "exchange":  # there it is looked for by name before it is sent, too
        looks: dict[str, Any] = {"route": "GET /orders/{}", "nth": 2, "times": 99}
    else:
        looks = {"route": "GET /orders/historical/batch"}
    blind = await rig.exchange_fault("http_error", selectors=looks, status=503)
    async with trading(rig, dialect, **SHORT) as broker:
        request, began = an_order(), time.time()
        async with rig.deadline(22, "placing an order is bounded"):
            with pytest.raises(Unknown):
                await broker.place_order(request)
    for handle in (lost, blind):
        await hits(rig, handle)
        await rig.end_exchange_fault(handle)
    async with trading(rig, dialect) as broker:
        found = await broker.find_order(request.client_order_id, began)
        assert isinstance(found, OrderReport)
        assert found.order_id == await once_in_ledger(rig, request)


@in_dialects()
async def test_an_order_that_is_over_before_it_is_looked_for_is_found(
    rig: Rig, dialect: str
) -> None:
    """Filled at once, its answer lost: it is among no open orders, and found all the same."""
    async with trading(rig, dialect) as broker:
        request, began = an_order(), time.time()
        handle = await rig.exchange_fault("vanishes_before_lookup", selectors={"once": True})
        report = await broker.place_order(request)
        await hits(rig, handle)
        assert (report.status, report.filled) == ("filled", request.quantity)
        assert await broker.open_orders() == []
        assert await broker.find_order(request.client_order_id, began) == report
        assert [fill.order_id for fill in await broker.get_fills(began - 60)] == [report.order_id]
    assert report.order_id == await once_in_ledger(rig, request)


@in_dialects()
@pytest.mark.parametrize(
    ("fault", "attributes"),
    [
        ("late_answer", {"delay": 30.0}),
        ("half_answer", {}),
        ("dripping_answer", {"pace": 20.0}),
    ],
)
async def test_a_late_half_or_dripping_answer_makes_one_order(
    rig: Rig, dialect: str, fault: str, attributes: dict[str, float]
) -> None:
    """No attempt waits longer than it may, and the order is there once."""
    scaled = {k: v * rig.time_scale if k == "delay" else v for k, v in attributes.items()}
    async with trading(rig, dialect) as broker:
        handle = await rig.exchange_fault(fault, selectors=PLACING | {"once": True}, **scaled)
        request = an_order()
        async with rig.deadline(22, "placing an order is bounded"):
            report = await broker.place_order(request)
        await hits(rig, handle)
        assert report.order_id == await once_in_ledger(rig, request)
        other = await broker.place_order(an_order(symbol="ETH-USD", price="100"))
        assert (other.symbol, other.order_id != report.order_id) == ("ETH-USD", True)


@in_dialects()
@pytest.mark.parametrize(
    ("fault", "attributes"),
    [
        ("lost_answer", {"how": "silence"}),
        ("lost_answer", {"how": "reset"}),
        ("late_answer", {"delay": 30.0}),
        ("half_answer", {}),
        ("dripping_answer", {"pace": 20.0}),
        ("http_error", {"status": 502, "body": "html"}),
    ],
)
async def test_reading_goes_on_after_bad_answers_and_ends_in_time(
    rig: Rig, dialect: str, fault: str, attributes: dict[str, Any]
) -> None:
    """One bad answer is asked for again; if all are bad, reading ends with its deadline, and says that it failed."""
    scaled = {k: v * rig.time_scale if k == "delay" else v for k, v in attributes.items()}
    async with trading(rig, dialect) as broker:
        once = await rig.exchange_fault(fault, selectors={"once": True}, **scaled)
        assert (await broker.get_account()).balances["BTC"].total == 2
        await hits(rig, once)
        always = await rig.exchange_fault(fault, **scaled)
        async with (
            trading(rig, dialect, **SHORT) as hasty,
            rig.deadline(22, "reading is bounded"),
        ):
            with pytest.raises(Unavailable):
                await hasty.get_account()
        await hits(rig, always, at_least=2)
        await rig.end_exchange_fault(always)
        assert (await broker.get_account()).balances["BTC"].total == 2


@in_dialects()
@pytest.mark.parametrize("how", ["close", "reset", "silence"])
async def test_a_cancel_whose_answer_is_lost_is_asked_again(
    rig: Rig, dialect: str, how: str
) -> None:
    """It ends the order once. That the second one finds nothing to cancel proves nothing: look it up."""
    async with trading(rig, dialect) as broker:
        request = an_order()
        report = await broker.place_order(request)
        handle = await rig.exchange_fault(
            "lost_answer", selectors={"route": CANCELS[dialect], "once": True}, how=how
        )
        with pytest.raises(Unknown):
            await broker.cancel_order(report.order_id)
        await hits(rig, handle)
        assert await broker.open_orders() == []
        seen = await broker.get_order(report.order_id)
        if dialect == "advanced_trade":
            assert seen is not None
            assert seen.status == "cancelled"
        else:
            assert seen is None  # an order of which nothing was filled is purged
    await everything_told(rig)
    assert len(rig.history.select("ledger", change="ended")) == 1


@in_dialects()
async def test_whoever_is_cancelled_leaves_nothing_behind(rig: Rig, dialect: str) -> None:
    """A bot that is told to stop does not wait for an exchange that says nothing."""
    handle = await rig.exchange_fault("lost_answer", how="silence")
    async with trading(rig, dialect) as broker:
        reading = asyncio.create_task(broker.get_account())
        await rig.until("fault_hit", within=30, handle=handle)
        start = time.monotonic()
        reading.cancel()
        await asyncio.wait({reading})
        await broker.close()
        assert reading.cancelled()
        assert time.monotonic() - start < 0.5
        with pytest.raises(NotDone):
            await broker.get_account()
    request = rig.history.select("request")[-1]
    closed = await rig.until("closed", within=30, conn=request["conn"])
    assert closed["by"] == "bot"
