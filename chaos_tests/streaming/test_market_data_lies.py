"""Market data that is not true: what can be told from the data itself is not believed, and no price beats a false one.

Each lie comes in frames of status "all is well". Every price that the service told meanwhile is compared with the
exchange's market: none may be the lie's.
"""

from __future__ import annotations

from typing import Any

import pytest

from chaos_tests.streaming.desk import Make
from chaos_tests.streaming.watch import BTC, ETH, Watch, watching
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.streaming]


async def lied_to(rig: Rig, fault: str, **attributes: Any) -> int:
    """Begin a lie, and return its handle once it was told."""
    handle = await rig.exchange_fault(fault, **attributes)
    await rig.until("fault_hit", within=30, handle=handle)
    return handle


async def the_truth_again(watch: Watch, rig: Rig, handle: int) -> None:
    """End a lie, and see that the service is streaming again before long."""
    await rig.end_exchange_fault(handle)
    await watch.mode_is("streaming", within=40, name="the stream is back")
    for symbol in (BTC, ETH):
        await watch.mode_is("streaming", symbol=symbol, within=40, name=f"{symbol} is back")
    await watch.prices_go_on()


@pytest.mark.parametrize(
    ("fault", "attributes", "reason"),
    [
        ("wrong_data", {"what": "fresh_prices_old_times"}, "slow"),
        ("wrong_data", {"what": "crossed_book"}, "silent"),
        ("field_drift", {"field": "price", "becomes": "null"}, "silent"),
        ("field_drift", {"field": "timestamp", "becomes": "constant"}, "slow"),
        ("field_drift", {"field": "timestamp", "becomes": "missing"}, "silent"),
    ],
    ids=["old-times", "crossed-book", "price-null", "time-constant", "time-missing"],
)
async def test_a_stream_that_tells_what_cannot_be_used(
    rig: Rig, make: Make, fault: str, attributes: dict[str, Any], reason: str
) -> None:
    """Prices with old times, of a book that cannot be, or without a price or a time: REST tells the true ones."""
    async with watching(rig, make) as watch:
        handle = await lied_to(rig, fault, where="feed", channels=["ticker"], **attributes)
        lying = rig.now()
        await watch.mode_is("rest_polling", within=40, name="REST takes over")
        await watch.prices_go_on()
        ended = rig.now()
        assert watch.told_by_stream(lying + rig.scaled(1), ended) == []
        await the_truth_again(watch, rig, handle)
    watch.judge_prices(times=attributes.get("field") != "timestamp")
    watch.judge_bound(lying, ended)
    watch.judge_way("streaming", "rest_polling", "streaming")
    assert watch.why("rest_polling") == reason


async def test_old_times_everywhere_leave_nothing_to_trade_on(rig: Rig, make: Make) -> None:
    """Whether such a price is fresh nobody can know: its age is what it says, and that is too old."""
    async with watching(rig, make) as watch:
        lie = {"what": "fresh_prices_old_times", "age": 60.0}
        handle = await lied_to(rig, "wrong_data", **lie)
        lying = rig.now()
        await watch.mode_is("stale", within=30, name="the prices are stale")
        await watch.count_passes("polls", 5, within=30)
        ended = rig.now()
        assert watch.mode() == "stale"
        await the_truth_again(watch, rig, handle)
    watch.judge_prices()
    watch.judge_modes()
    assert watch.asked(lying, ended)


@pytest.mark.parametrize("where", ["feed", "everywhere"])
async def test_ten_times_the_price_is_never_believed(rig: Rig, make: Make, where: str) -> None:
    """Whether one way says so or both do: there is no price, nobody may trade, and the log says why."""
    async with watching(rig, make) as watch:
        handle = await lied_to(rig, "wrong_data", what="price_off_by_ten", where=where)
        for symbol in (BTC, ETH):
            await watch.mode_is("stale", symbol=symbol, within=15, name="nobody may trade on it")
        lying = rig.now()
        await watch.count_passes("jumps", 20, within=30)
        await watch.condition(lambda: watch.samples[-1].at > lying, within=5, name="somebody looks")
        ended = rig.now()
        assert watch.mode() == "stale"
        assert watch.service.get_mark_price(BTC) is None
        await the_truth_again(watch, rig, handle)
    watch.judge_prices()
    watch.judge_modes()
    assert {sample.mode for sample in watch.samples if lying < sample.at < ended} == {"stale"}
    assert watch.suspected() >= {(BTC, "stream", "price_jump"), (ETH, "stream", "price_jump")}
    assert watch.asked(lying, ended)
