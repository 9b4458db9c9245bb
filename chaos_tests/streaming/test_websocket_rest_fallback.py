"""Market data when the stream fails: prices go on over REST, with their true age, and the stream comes back by proof.

Each test shows from the exchange's journal that its fault was there, and compares every price that the service told
with the exchange's own. `watching` judges in every test that no price was older than it claimed.
"""

from __future__ import annotations

import asyncio
from typing import Final

import pytest

from bot_v2.features.market_data import Mode
from chaos_tests.brokerages.steps import passed, step_done, step_healed, stood_until
from chaos_tests.streaming.desk import Make
from chaos_tests.streaming.watch import BTC, ETH, watching
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.streaming]

THERE_AND_BACK: Final[tuple[Mode, ...]] = ("streaming", "rest_polling", "streaming")


@pytest.mark.slow
async def test_market_data_fallback_to_rest_on_websocket_failure(rig: Rig, make: Make) -> None:
    """The stream is refused from the beginning: prices come over REST, and go on."""
    await rig.inject("market_ws", "down")
    async with watching(rig, make, streaming=False) as watch:
        assert watch.mode() == "rest_polling"
        started = rig.now()
        initial_price = watch.service.get_mark_price("BTC-USD")
        await watch.prices_go_on()
        updated_price = watch.service.get_mark_price("BTC-USD")
        await watch.count_passes("fallbacks", 0, within=20)
        ended = rig.now()
    assert initial_price is not None
    assert updated_price is not None
    assert updated_price.at > initial_price.at
    assert updated_price.source == "rest"
    watch.judge_prices()
    watch.judge_bound(started, ended)
    watch.judge_way("rest_polling")
    assert watch.count("fallbacks") == 1
    assert not rig.history.select("upgraded")


@pytest.mark.slow
@pytest.mark.toxics("outage/stream-lost-rest-alive")
async def test_market_data_returns_to_websocket_when_available(rig: Rig, make: Make) -> None:
    """The stream is down for a minute: REST takes its place, and leaves it again."""
    async with watching(rig, make) as watch:
        down = await step_done(rig, "down")
        await watch.mode_is("rest_polling", within=15, name="REST takes over")
        up = await step_healed(rig, "down")
        await watch.mode_is("streaming", within=20, name="the stream is back")
        back = rig.now()
        await watch.prices_go_on()
        ended = rig.now()
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_prices()
    watch.judge_bound(down.at, ended)
    watch.judge_way(*THERE_AND_BACK)
    assert watch.why("rest_polling") == "lost"
    assert watch.logged()[-1] == ("rest_polling", "streaming", "proven")
    assert watch.count("fallbacks") >= watch.count("returns") >= 1
    assert not watch.frames(down.at + rig.scaled(0.5), up.at)
    assert len(watch.asked(down.at, up.at)) > 60
    assert len(watch.asked(back, ended)) <= 2


@pytest.mark.toxics("streaming/upgrade-503")
async def test_a_stream_whose_handshake_is_refused(rig: Rig, make: Make) -> None:
    """The feed is lost, and its door answers 503 for a while."""
    async with watching(rig, make) as watch:
        closed = await step_done(rig, "close")
        await watch.mode_is("rest_polling", within=15, name="REST takes over")
        await step_healed(rig, "refuse_upgrade")
        await watch.mode_is("streaming", within=20, name="the stream is back")
        ended = rig.now()
        verdict = await rig.verdict()
    watch.judge_prices()
    watch.judge_bound(closed.at, ended)
    watch.judge_way(*THERE_AND_BACK)
    passed(verdict)


@pytest.mark.parametrize(
    ("profile", "fault", "times"),
    [
        pytest.param(
            name,
            fault,
            times,
            id=name,
            marks=pytest.mark.toxics(
                f"streaming/{name}", expect=[{"reconnects": {"within": "15s"}}]
            ),
        )
        for name, fault, times in (("seven-resets", "reset", 7), ("feed-flaps", "down", 5))
    ],
)
async def test_a_stream_that_dies_every_few_seconds(
    rig: Rig, make: Make, profile: str, fault: str, times: int
) -> None:
    """Each time it is back at once, and yet it is left once, until it has been sound for a while."""
    del profile
    async with watching(rig, make) as watch:
        first = await step_done(rig, fault)
        await watch.mode_is("rest_polling", within=25, name="REST takes over")
        last = await step_done(rig, fault, times)
        await watch.mode_is("streaming", within=30, name="the stream is back")
        ended = rig.now()
        verdict = await rig.verdict()
    watch.judge_prices()
    watch.judge_bound(first.at, ended)
    watch.judge_way(*THERE_AND_BACK)
    assert watch.why("rest_polling") in {
        "unsteady",
        "lost",
    }  # a reconnect may take longer than patience lasts
    assert watch.count("gaps") >= times - 1
    left = next(sample.at for sample in watch.samples if sample.mode == "rest_polling")
    assert left < last.at
    assert "streaming" not in {s.mode for s in watch.samples if left < s.at < last.at}
    passed(verdict)


@pytest.mark.parametrize(
    ("profile", "fault"),
    [
        pytest.param(name, fault, id=name, marks=pytest.mark.toxics(f"streaming/{name}"))
        for name, fault in (
            ("data-silence", "data_silence"),
            ("market-feed-freeze", "freeze"),
        )
    ],
)
async def test_a_stream_that_says_nothing(rig: Rig, make: Make, profile: str, fault: str) -> None:
    """Whether its heartbeats go on, nothing arrives, or everything arrives in the end: REST tells the price meanwhile.

    What a frozen link held back for so long and then lets go is no news to anybody.
    """
    del profile
    async with watching(rig, make) as watch:
        silent = await step_done(rig, fault)
        await watch.mode_is("rest_polling", within=30, name="REST takes over")
        healed = await step_healed(rig, fault)
        await watch.mode_is("streaming", within=30, name="the stream is back")
        ended = rig.now()
        verdict = await rig.verdict()
    watch.judge_prices()
    watch.judge_bound(silent.at, ended)
    watch.judge_way(*THERE_AND_BACK)
    by_stream = watch.told_by_stream(silent.at + rig.scaled(1), stood_until(rig, healed))
    assert by_stream == []
    passed(verdict)


@pytest.mark.toxics("streaming/latency-800ms")
async def test_a_stream_that_is_a_little_late(rig: Rig, make: Make) -> None:
    """Prices that are 800 ms old when they come say so, and are good enough."""
    async with watching(rig, make) as watch:
        slow = await step_done(rig, "latency")
        healed = await step_healed(rig, "latency")
        await watch.prices_go_on()
    watch.judge_prices()
    watch.judge_bound(slow.at, healed.at)
    watch.judge_way("streaming")
    since, until = slow.at + rig.scaled(1.5), stood_until(rig, healed)
    ages = [price.age for price in watch.told_by_stream(since, until)]
    assert min(ages) >= rig.scaled(0.8)


async def test_a_stream_that_is_far_too_late(rig: Rig, make: Make) -> None:
    """Prices come without a pause, each five seconds old: they are no longer the prices to go by."""
    async with watching(rig, make) as watch:
        slow = rig.now()
        await rig.inject("market_ws", "latency", latency=round(5000 * rig.time_scale), jitter=0)
        await watch.mode_is("rest_polling", within=20, name="REST takes over")
        await watch.prices_go_on()
        over = rig.now()
        await rig.heal("market_ws", "latency")
        await watch.mode_is("streaming", within=30, name="the stream is back")
        ended = rig.now()
    watch.judge_prices()
    watch.judge_bound(slow, ended)
    watch.judge_way(*THERE_AND_BACK)
    assert "ticker" in {frame["channel"] for frame in watch.frames(slow, over)}


@pytest.mark.toxics("streaming/bandwidth-1kbs")
async def test_a_stream_that_falls_further_behind(rig: Rig, make: Make) -> None:
    """Each price is older than the one before, until REST is asked."""
    async with watching(rig, make) as watch:
        squeezed = await step_done(rig, "bandwidth")
        await watch.mode_is("rest_polling", within=20, name="REST takes over")
        await step_healed(rig, "bandwidth")
        await watch.mode_is("streaming", within=30, name="the stream is back")
        ended = rig.now()
    watch.judge_prices()
    watch.judge_bound(squeezed.at, ended)
    watch.judge_way(*THERE_AND_BACK)
    assert watch.why("rest_polling") in {"slow", "lost"}


async def test_a_stream_that_loses_frames_again_and_again(rig: Rig, make: Make) -> None:
    """Gaps are flaws like losses: three of them within seconds, and it is not trusted."""
    async with watching(rig, make) as watch:
        start = rig.now()
        for _ in range(3):
            seen = watch.count("gaps")
            await rig.exchange_fault("sequence_gap", frames=2)
            await watch.count_passes("gaps", seen, within=10)
        await watch.mode_is("rest_polling", within=5, name="REST takes over")
        await watch.mode_is("streaming", within=40, name="the stream is back")
        ended = rig.now()
    watch.judge_prices()
    watch.judge_bound(start, ended)
    watch.judge_way(*THERE_AND_BACK)
    assert watch.why("rest_polling") == "unsteady"
    assert len(rig.history.select("fault_hit")) >= 3


@pytest.mark.toxics(
    expect=[
        {"falls_back_to_rest": {"within": "15s"}},
        {"returns_to_stream": {"within": "10s"}},
    ]
)
async def test_one_product_that_falls_silent_beside_another(rig: Rig, make: Make) -> None:
    """It is told of that product alone; without REST for it too, that product alone is stale."""
    async with watching(rig, make) as watch:
        silence = await rig.exchange_fault("data_silence", selectors={"product": ETH})
        silent = rig.now()
        await watch.mode_is("rest_polling", symbol=ETH, within=40, name="REST takes over")
        await watch.prices_go_on()
        watch_until = rig.now()
        failing = await rig.exchange_fault(
            "http_error", status=500, body="json", routes=["GET /product_book"]
        )
        await watch.mode_is("stale", symbol=ETH, within=20, name="no price of it any more")
        assert watch.mode(BTC) == "streaming"
        await rig.end_exchange_fault(failing)
        await watch.mode_is("rest_polling", symbol=ETH, within=20, name="REST answers again")
        await rig.end_exchange_fault(silence)
        await watch.mode_is("streaming", symbol=ETH, within=40, name="the stream is back")
        await asyncio.sleep(rig.scaled(20))  # for a check that nobody polls any more
        verdict = await rig.verdict()
    watch.judge_prices()
    watch.judge_bound(silent, watch_until)
    watch.judge_way("streaming")
    passed(verdict)


@pytest.mark.toxics("outage/everything-down")
async def test_without_rest_too_nobody_may_trade(rig: Rig, make: Make) -> None:
    """Neither way gives a price: stale, until one does; and the last price says how old it is."""
    async with watching(rig, make) as watch:
        await step_done(rig, "down", 2)
        await watch.mode_is("stale", within=15, name="the prices are stale")
        price = watch.service.get_mark_price(BTC)
        assert price is not None
        assert price.age > rig.scaled(8)
        await step_healed(rig, "down", 2)
        await watch.mode_is("streaming", within=20, name="the stream is back")
        await watch.prices_go_on()
        verdict = await rig.verdict()
    watch.judge_prices()
    assert "stale" in watch.modes()
    assert watch.logged()[-1][1] == "streaming"
    assert watch.count("polls_failed") > 0
    passed(verdict)


async def test_rest_that_fails_is_asked_less_and_less_often(rig: Rig, make: Make) -> None:
    """One a second while it answers; while it fails, each wait is longer than the one before."""
    await rig.inject("market_ws", "down")
    async with watching(rig, make, streaming=False) as watch:
        start = rig.now()
        await watch.prices_go_on()
        failing = rig.now()
        handle = await rig.exchange_fault("http_error", status=503, body="html")
        await watch.mode_is("stale", within=20, name="the prices are stale")
        stale = rig.now()
        await watch.count_passes("polls_failed", 5, within=90)
        ended = rig.now()
        await rig.end_exchange_fault(handle)
        await watch.mode_is("rest_polling", within=20, name="prices are back")
    watch.judge_prices()
    asked, seconds = watch.asked(start, failing, BTC), (failing - start) / rig.time_scale
    assert len(asked) <= seconds + 2, "asked more often than allowed"
    asked, seconds = watch.asked(stale, ended), (ended - stale) / rig.time_scale
    assert 3 <= len(asked) <= 0.75 * seconds + 3, "asked more often than allowed"
    assert rig.history.select("answer", after=failing, status=503)
