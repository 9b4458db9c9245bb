"""The streaming client when its connection fails: it notices, comes back, and loses nothing that it need not.

Each test plays one profile of the library. It judges the client by what it delivered, and it shows from the
exchange's journal, or from the client's socket, that the fault was there.
"""

from __future__ import annotations

import pytest

from bot_v2.features.brokerages.coinbase.streaming import Message
from chaos_tests.brokerages.steps import (
    live_on,
    passed,
    resubscribed,
    step_done,
    step_healed,
    stood_until,
)
from chaos_tests.brokerages.watch import Make, Watch, watching
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]


@pytest.mark.toxics("streaming/market-feed-reset")
async def test_coinbase_websocket_reconnect_on_disconnect(rig: Rig, make: Make) -> None:
    """After three ticks the socket is reset: data is back within 5 s, nothing is lost and nothing comes twice.

    The feed waited with the reset until the client had read everything, so that everything is what it must
    have delivered of the first connection.
    """
    async with watching(rig, make, ("ticker", "level2", "market_trades")) as watch:
        reset = await step_done(rig, "reset")
        await watch.data(since=reset.at, within=5, connection=2, name="data after the reset")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    asked = rig.history.select("step_asked", name="reset")[0]
    watch.judge_frames(read_until=asked.at)
    watch.judge_trades()
    resubscribed(watch, 2)
    assert [gap.reason for gap in watch.gaps] == ["lost"]
    assert watch.losses() == {"dropped": 1}
    assert rig.history.select("closed", conn=watch.connections()[0], how="reset")


@pytest.mark.toxics("streaming/market-feed-close")
async def test_a_closed_connection_is_made_again(rig: Rig, make: Make) -> None:
    """A FIN without a close frame is a loss like a reset."""
    async with watching(rig, make, ("ticker", "level2", "market_trades")) as watch:
        closed = await step_done(rig, "close")
        await watch.data(since=closed.at, within=5, connection=2, name="data after the close")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames(read_until=rig.history.select("step_asked", name="close")[0].at)
    watch.judge_trades()
    resubscribed(watch, 2)
    assert watch.losses() == {"dropped": 1}
    assert rig.history.select("closed", conn=watch.connections()[0], how="eof")


@pytest.mark.toxics("streaming/market-feed-down")
async def test_a_link_that_is_down_for_ten_seconds(rig: Rig, make: Make) -> None:
    """The client keeps trying, not too often, and is back within 5 s of the link."""
    async with watching(rig, make) as watch:
        down = await step_done(rig, "down")
        up = await step_healed(rig, "down")
        attempts = watch.client.stats.attempts
        await watch.data(since=up.at, within=5, connection=2, name="data after the link is up")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    resubscribed(watch, 2)
    away = rig.history.select("accepted", listener="market_ws", after=down.at)
    assert away[0].at > up.at
    assert watch.losses()["unreachable"] >= 3
    assert attempts <= 5 * 10


@pytest.mark.toxics("streaming/feed-flaps")
async def test_a_link_that_flaps(rig: Rig, make: Make) -> None:
    """Down for a second, again and again: each time the client is back."""
    async with watching(rig, make) as watch:
        up = await step_healed(rig, "down", nth=5)
        await watch.data(since=up.at, within=5, connection=6, name="data after the last flap")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    resubscribed(watch, 6)
    ended = [rig.history.first("closed", conn=conn) for conn in watch.connections()[:5]]
    for event in ended:
        assert event is not None
        assert event["how"] in ("eof", "reset")  # reset, if a frame left when the link had closed


@pytest.mark.toxics("streaming/seven-resets")
async def test_seven_resets_in_a_row(rig: Rig, make: Make) -> None:
    """Each time the connection had proven itself in between, so each time the first, short wait is enough."""
    async with watching(rig, make) as watch:
        for number in range(1, 8):
            reset = await step_done(rig, "reset", nth=number)
            await watch.data(
                since=reset.at, within=5, connection=number + 1, name=f"data after reset {number}"
            )
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    for connection in range(2, 9):
        resubscribed(watch, connection)
    ended = rig.history.select("closed", how="reset")
    assert {event["conn"] for event in ended} == set(watch.connections()[:7])
    losses = watch.losses()
    losses.pop(
        "unreachable", None
    )  # who comes back quicker than the link finds it closed for a moment
    assert losses == {"dropped": 7}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, marks=pytest.mark.toxics(f"streaming/close-{code}"))
        for code in (1000, 1001, 1006, 1011, 1012)
    ],
)
async def test_every_close_code_is_a_loss(rig: Rig, make: Make, code: int) -> None:
    """A feed has no good reason to end: the client comes back from a normal closure too."""
    async with watching(rig, make) as watch:
        struck = await step_done(rig, "abort" if code == 1006 else "close_code")
        await watch.data(since=struck.at, within=5, connection=2, name=f"data after {code}")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    resubscribed(watch, 2)
    closed = rig.history.first("closed", conn=watch.connections()[0])
    assert closed is not None
    assert closed["by"] == "fault"
    if code == 1006:
        assert watch.losses() == {"dropped": 1}
    else:
        assert closed["code"] == code
        assert watch.losses() == {"closed": 1}


@pytest.mark.toxics("streaming/silent-handshake")
async def test_a_handshake_that_hangs_is_given_up(rig: Rig, make: Make) -> None:
    """Accepted and never answered: each attempt ends by itself, and the first that is answered lives."""
    async with watching(rig, make) as watch:
        healed = await step_healed(rig, "refuse_connections")
        await watch.data(since=healed.at, within=20, connection=2, name="data after the silence")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    resubscribed(watch, 2)
    assert watch.client.stats.losses["open_timeout"] >= 2
    hung = rig.history.select("fault_hit", how="hang")
    upgraded = {event["conn"] for event in rig.history.select("upgraded")}
    assert len(hung) >= 2
    assert not {event["conn"] for event in hung} & upgraded


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(status, marks=pytest.mark.toxics(f"streaming/upgrade-{status}"))
        for status in (429, 503)
    ],
)
async def test_an_upgrade_that_is_refused_for_thirty_seconds(
    rig: Rig, make: Make, status: int
) -> None:
    """The client keeps asking, at a measured pace, and comes back when it is let in."""
    async with watching(rig, make) as watch:
        healed = await step_healed(rig, "refuse_upgrade")
        await watch.data(since=healed.at, within=10, connection=2, name=f"data after {status}")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    resubscribed(watch, 2)
    refused = rig.history.select("refused", status=status)
    assert 3 <= len(refused) <= 2 * 30
    reason = "throttled" if status == 429 else "rejected"
    assert watch.losses()[reason] == len(refused)


@pytest.mark.toxics("streaming/idle-timeout")
async def test_a_proxy_that_ends_an_idle_direction(rig: Rig, make: Make) -> None:
    """What the client sends is lost and then its connection is ended: it comes back."""
    async with watching(rig, make) as watch:
        healed = await step_healed(rig, "timeout")
        await watch.data(since=healed.at, within=10, connection=2, name="data after the timeout")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    resubscribed(watch, len(watch.connections()))
    first = watch.connections()[0]
    started = rig.history.select("step_done", name="timeout")[0]
    closed = rig.history.first("closed", conn=first)
    assert closed is not None
    assert closed.at > started.at
    assert not rig.history.select("frame_received", conn=first, after=started.at)


@pytest.mark.slow
@pytest.mark.toxics("streaming/dead-but-connected")
async def test_coinbase_heartbeat_detects_stale_connection(rig: Rig, make: Make) -> None:
    """Neither data nor heartbeats, but pings are answered: noticed within 30 s, and back when data is."""
    async with watching(rig, make) as watch:
        silent = await step_done(rig, "heartbeat_silence")
        loss = await watch.loss(since=silent.at, within=30, name="the silence is noticed")
        healed = [await step_healed(rig, name) for name in ("data_silence", "heartbeat_silence")]
        back = max(event.at for event in healed)
        await watch.data(since=back, within=5, connection=2, name="data after the silence")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    resubscribed(watch, 2)
    assert set(watch.losses()) == {"silence"}
    first = watch.connections()[0]
    # The connection itself was sound: the exchange kept it, and sent nothing.
    assert not rig.history.select("frame_sent", conn=first, after=silent.at)
    closed = rig.history.first("closed", conn=first)
    assert closed is not None
    assert closed["by"] == "bot"
    assert closed.at - loss.at - rig.stolen(loss.at, closed.at) < rig.scaled(5)


@pytest.mark.toxics("streaming/heartbeat-silence")
async def test_heartbeats_that_stop_while_data_flows(rig: Rig, make: Make) -> None:
    """Without heartbeats nobody can tell a quiet market from a dead feed: a new connection is made."""
    async with watching(rig, make) as watch:
        silent = await step_done(rig, "heartbeat_silence")
        loss = await watch.loss(since=silent.at, within=30, name="the silence is noticed")
        healed = await step_healed(rig, "heartbeat_silence")
        await watch.data(since=healed.at, within=5, connection=2, name="data after the silence")
        beats = watch.client.stats.heartbeats
        await watch.condition(
            lambda: watch.client.stats.heartbeats > beats, within=5, name="a heartbeat"
        )
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    assert set(watch.losses()) == {"heartbeats"}
    first = watch.connections()[0]
    sent = rig.history.select("frame_sent", conn=first, after=silent.at)
    assert {frame["channel"] for frame in sent if frame.at < loss.at} <= {"ticker", "l2_data"}
    assert sent


@pytest.mark.toxics("streaming/data-silence")
async def test_data_that_stops_while_heartbeats_go_on(rig: Rig, make: Make) -> None:
    """A feed that never paused and now says nothing for many seconds hangs, whatever its heartbeats say."""
    async with watching(rig, make) as watch:
        silent = await step_done(rig, "data_silence")
        loss = await watch.loss(since=silent.at, within=30, name="the silence is noticed")
        healed = await step_healed(rig, "data_silence")
        await watch.data(since=healed.at, within=5, connection=2, name="data after the silence")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    assert watch.losses() == {"data": 1}
    first = watch.connections()[0]
    sent = rig.history.select("frame_sent", conn=first, after=silent.at)
    assert {frame["channel"] for frame in sent if frame.at < loss.at} == {"heartbeats"}


@pytest.mark.toxics("streaming/level2-silence")
async def test_one_channel_that_stops_beside_another(rig: Rig, make: Make) -> None:
    """A book that stands still is noticed although tickers go on, and no update is applied to a wrong one."""
    async with watching(rig, make) as watch:
        silent = await step_done(rig, "data_silence")
        loss = await watch.loss(since=silent.at, within=30, name="the silence is noticed")
        healed = await step_healed(rig, "data_silence")
        await watch.until(
            lambda item: isinstance(item, Message) and item.channel == "l2_data",
            within=5,
            since=healed.at,
            name="the book after the silence",
        )
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    assert watch.losses() == {"data": 1}
    first = watch.connections()[0]
    sent = rig.history.select("frame_sent", conn=first, after=silent.at)
    assert {f["channel"] for f in sent if f.at < loss.at} == {"ticker", "heartbeats"}


@pytest.mark.toxics("streaming/market-feed-freeze")
async def test_a_link_that_freezes(rig: Rig, make: Make) -> None:
    """Nothing arrives and nothing ends: noticed within 30 s, and back within 5 s of the thaw."""
    async with watching(rig, make) as watch:
        frozen = await step_done(rig, "freeze")
        await watch.loss(since=frozen.at, within=30, name="the freeze is noticed")
        thawed = await step_healed(rig, "freeze")
        await watch.data(since=thawed.at, within=5, connection=2, name="data after the thaw")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    _nothing_came(watch, frozen.at, stood_until(rig, thawed))
    assert rig.history.select("frame_sent", conn=watch.connections()[0], after=frozen.at)


@pytest.mark.toxics("streaming/market-feed-blackhole")
async def test_a_link_that_loses_everything(rig: Rig, make: Make) -> None:
    """Bytes vanish and nothing ends: noticed within 30 s, and back within 5 s of the end."""
    async with watching(rig, make) as watch:
        hole = await step_done(rig, "blackhole")
        await watch.loss(since=hole.at, within=30, name="the blackhole is noticed")
        ended = await step_healed(rig, "blackhole")
        await watch.data(since=ended.at, within=5, connection=2, name="data after the blackhole")
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames()
    _nothing_came(watch, hole.at, stood_until(rig, ended))
    sent = rig.history.select("frame_sent", conn=watch.connections()[0], after=hole.at)
    assert sent
    assert len(watch.delivered(1)) < len(watch.sent(1))


@pytest.mark.toxics("streaming/short-freeze")
async def test_a_short_freeze_is_sat_out(rig: Rig, make: Make) -> None:
    """Three seconds without a word are no death: everything arrives late, on the same connection."""
    async with watching(rig, make) as watch:
        frozen = await step_done(rig, "freeze")
        thawed = await step_healed(rig, "freeze")
        await watch.data(since=thawed.at, within=5, name="data after the thaw")
        await live_on(watch)
        verdict = await rig.verdict()
    passed(verdict)
    watch.judge_frames(read_until=thawed.at)
    assert watch.losses() == {}
    _nothing_came(watch, frozen.at, stood_until(rig, thawed))
    late = [f for f in watch.sent(1) if frozen.at < f.at < thawed.at]
    assert len(late) > 3


def _nothing_came(watch: Watch, start: float, end: float) -> None:
    """Nothing reached the client between two instants, but for what was on its way at either."""
    margin = watch.rig.scaled(0.75)
    came = [m for m in watch.messages if start + margin < m.received_at < end - margin]
    assert not came
