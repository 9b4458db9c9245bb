from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot_v2.features.brokerages.coinbase.streaming.backlog import Item
from bot_v2.features.brokerages.coinbase.streaming.losses import Reason
from bot_v2.features.brokerages.coinbase.streaming.messages import Gap, Message
from bot_v2.features.brokerages.coinbase.streaming.pace import Pace
from bot_v2.features.brokerages.coinbase.streaming.session import Session
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings
from bot_v2.features.brokerages.coinbase.streaming.stats import Counters, Stats
from bot_v2.features.brokerages.coinbase.streaming.subscriptions import CHANNELS, Wishes
from bot_v2.features.brokerages.coinbase.streaming.trades import SeenTrades

from .frames import book, envelope, error, heartbeat, subscriptions, ticker, trades


class Talk:
    """A session and somebody who talks to it, at a time that passes as told."""

    def __init__(self, *channels: str, products: Sequence[str] = ("BTC-USD",), **settings: Any):
        self.settings = StreamingSettings(**settings)
        self.wishes = Wishes()
        self.wishes.add(channels or ("ticker",), products)
        self.counters = Counters()
        self.trades = SeenTrades()
        self.paces = {channel: Pace(self.settings) for channel in CHANNELS}
        self.now = 1000.0
        self.bytes = 0
        self.connect()

    def connect(self) -> None:
        self.session = Session(
            1, self.wishes, self.trades, self.paces, self.settings, self.counters, self.now
        )
        self.number = 0

    def hear(self, *frames: bytes) -> list[Item]:
        items: list[Item] = []
        for frame in frames:
            self.bytes += len(frame)
            items += self.session.received(frame, self.now, self.bytes)
        return items

    def say(self) -> list[tuple[str, str]]:
        """Return verb and channel of what the session sends now."""
        frames = iter(lambda: self.session.next_frame(self.now), None)
        return [(each["type"], each["channel"]) for each in map(json.loads, frames)]

    def wait(self, seconds: float, *, heartbeats: bool = False) -> None:
        """Let time pass, pulse by pulse."""
        for _ in range(round(seconds / self.settings.pulse)):
            self.now += self.settings.pulse
            self.session.pulse(self.now, self.bytes)
            if heartbeats:
                self.hear(heartbeat(self.next_number()))

    def next_number(self) -> int:
        self.number += 1
        return self.number - 1

    def settle(self) -> None:
        """Subscribe and acknowledge."""
        self.say()
        wished = {c: sorted(p) for c, p in self.wishes.by_channel().items() if p}
        self.hear(subscriptions(self.next_number(), **wished))

    @property
    def stats(self) -> Stats:
        return self.counters.snapshot()


def numbers(items: Sequence[Item]) -> list[int | str]:
    return [item.sequence_num if isinstance(item, Message) else item.reason for item in items]


def test_a_connection_subscribes_is_acknowledged_and_delivers() -> None:
    """Heartbeats and the wish are asked for; the snapshot may come before the acknowledgement."""
    talk = Talk()
    assert talk.say() == [("subscribe", "heartbeats"), ("subscribe", "ticker")]
    assert not talk.session.ready
    items = talk.hear(
        ticker(0, kind="snapshot"), subscriptions(1, ticker=["BTC-USD"]), heartbeat(2), ticker(3)
    )
    assert talk.session.ready
    assert numbers(items) == [0, 3]
    assert talk.stats.heartbeats == 1


def test_health_is_proven_by_messages_over_time() -> None:
    """An acknowledgement alone proves nothing, and neither does time without messages."""
    talk = Talk(healthy_after=2.0)
    talk.settle()
    assert not talk.session.healthy
    talk.wait(2.5)
    assert not talk.session.healthy
    talk.hear(ticker(talk.next_number()))
    assert talk.session.healthy


def test_a_missing_acknowledgement_is_a_loss() -> None:
    """Heartbeats may go on as they like."""
    talk = Talk(ack_timeout=5.0)
    talk.say()
    talk.hear(subscriptions(talk.next_number()))
    talk.wait(4.5, heartbeats=True)
    assert talk.session.loss is None
    talk.wait(1.0, heartbeats=True)
    assert talk.session.loss is not None
    assert talk.session.loss.reason is Reason.UNACKNOWLEDGED


def test_an_error_before_the_acknowledgement_is_a_loss() -> None:
    """The subscription is tried again on a new connection, after the back-off."""
    talk = Talk()
    talk.say()
    talk.hear(error("failure to subscribe"))
    assert talk.session.loss is not None
    assert talk.session.loss.reason is Reason.REFUSED
    assert talk.session.loss.detail == "failure to subscribe"


def test_an_error_while_all_is_acknowledged_is_counted_only() -> None:
    """Data goes on; if it does not, liveness will notice."""
    talk = Talk()
    talk.settle()
    assert talk.hear(error("internal error")) == []
    assert talk.session.loss is None
    assert talk.stats.errors == 1


def test_a_gap_is_told_and_the_channels_are_joined_again() -> None:
    """The gap stands before the message that showed it."""
    talk = Talk("ticker", "market_trades")
    talk.settle()
    talk.wait(1.0)
    items = talk.hear(ticker(1), ticker(5), ticker(6))
    assert numbers(items) == [1, "sequence", 5, 6]
    gap = items[1]
    assert isinstance(gap, Gap)
    assert gap.missing == 3
    assert talk.say() == [
        ("unsubscribe", "market_trades"),
        ("unsubscribe", "ticker"),
        ("subscribe", "market_trades"),
        ("subscribe", "ticker"),
    ]
    assert (talk.stats.gaps, talk.stats.missing, talk.stats.resyncs) == (1, 3, 2)


def test_many_gaps_are_resynchronised_at_an_interval() -> None:
    """A lossy feed does not make the client flood the exchange."""
    talk = Talk(resync_interval=5.0)
    talk.settle()
    talk.hear(ticker(2), ticker(4))
    assert len(talk.say()) == 2
    talk.hear(ticker(6))
    assert talk.say() == []
    talk.number = 7
    talk.hear(subscriptions(talk.next_number(), ticker=["BTC-USD"]))
    talk.wait(5.0, heartbeats=True)
    assert len(talk.say()) == 2


def test_a_book_with_a_gap_is_withheld_until_its_snapshot() -> None:
    """No update is delivered that builds on something missing."""
    talk = Talk("level2", products=("BTC-USD", "ETH-USD"))
    talk.settle()
    talk.hear(book(1, kind="snapshot"), book(2, "ETH-USD", kind="snapshot"))
    items = talk.hear(book(4), book(5, "ETH-USD"), book(6, kind="snapshot"), book(7))
    assert numbers(items) == ["sequence", 6, 7]
    assert numbers(talk.hear(book(8, "ETH-USD"))) == []
    assert talk.stats.withheld == 3


def test_duplicates_and_late_frames_are_dropped() -> None:
    """Neither reaches the consumer, both are counted."""
    talk = Talk()
    talk.settle()
    items = talk.hear(ticker(1), ticker(1), ticker(3), ticker(2), ticker(4))
    assert numbers(items) == [1, "sequence", 3, 4]
    assert (talk.stats.duplicates, talk.stats.late) == (1, 1)


def test_frames_that_only_repeat_keep_nobody_alive() -> None:
    """A peer whose numbers never go on is silent."""
    talk = Talk(silence_timeout=6.0)
    talk.settle()
    talk.hear(ticker(1))
    for _ in range(30):
        talk.wait(0.25)
        talk.hear(ticker(1))
    assert talk.session.loss is not None
    assert talk.session.loss.reason is Reason.SILENCE


def test_garbage_is_survived_and_counted() -> None:
    """Text that is not JSON, other JSON, and channels nobody knows."""
    talk = Talk()
    talk.settle()
    items = talk.hear(
        b'{"channel":"tic', b"\xff\x00", b"[]", envelope("futures", 1, {"type": "x"}), ticker(2)
    )
    assert numbers(items) == [2]
    assert (talk.stats.malformed, talk.stats.unknown, talk.stats.gaps) == (3, 1, 0)


def test_a_malformed_message_shows_as_a_gap() -> None:
    """A frame that we cannot read is a frame that we lost."""
    talk = Talk()
    talk.settle()
    items = talk.hear(envelope("ticker", 1, {"type": "update", "tickers": 5}), ticker(2))
    assert numbers(items) == ["sequence", 2]


def test_what_is_no_longer_wished_is_dropped() -> None:
    """Messages on their way when `unsubscribe` was called do not reach the consumer."""
    talk = Talk("ticker", products=("BTC-USD", "ETH-USD"))
    talk.settle()
    talk.wishes.remove(["ticker"], ["ETH-USD"])
    assert numbers(talk.hear(ticker(1, "ETH-USD"), ticker(2))) == [2]
    assert talk.stats.unwanted == 1
    assert talk.say() == [("unsubscribe", "ticker")]


def test_trades_of_a_snapshot_that_were_delivered_are_not_again() -> None:
    """A new connection's snapshot fills the hole, and repeats nothing."""
    talk = Talk("market_trades")
    talk.settle()
    talk.hear(trades(1, 11, 10))
    talk.connect()
    talk.settle()
    (message,) = talk.hear(trades(1, 13, 12, 11, 10, kind="snapshot"))
    assert isinstance(message, Message)
    assert [t["trade_id"] for t in message.events[0]["trades"]] == ["13", "12"]
    assert talk.hear(trades(2, 12)) == []
    assert talk.stats.duplicate_trades == 3


def test_silence_is_a_loss_though_pings_are_answered() -> None:
    """Pongs come, and nothing else."""
    talk = Talk(silence_timeout=6.0, ping_interval=1.0)
    talk.settle()
    for _ in range(6):
        talk.wait(1.0)
        assert talk.session.ping_due(talk.now)
        talk.session.ponged()
    assert talk.session.loss is None
    talk.wait(0.5)
    assert talk.session.loss is not None
    assert talk.session.loss.reason is Reason.SILENCE


def test_a_channel_that_was_left_is_expected_no_longer() -> None:
    """Its silence after `unsubscribe` is what was asked for."""
    talk = Talk("ticker", "market_trades", data_timeout_busy=12.0)
    talk.settle()
    talk.hear(ticker(1), trades(2, 10))
    talk.number = 3
    talk.wishes.remove(["market_trades"], ["BTC-USD"])
    talk.session.wishes_changed()
    for _ in range(60):
        talk.wait(0.25, heartbeats=True)
        talk.hear(ticker(talk.next_number()))
    assert talk.session.loss is None


def test_one_silent_channel_is_noticed_beside_a_living_one() -> None:
    """Tickers that go on do not hide a book that stands still."""
    talk = Talk("ticker", "level2", data_timeout_busy=12.0)
    talk.settle()
    talk.hear(book(1, kind="snapshot"), book(2))
    talk.number = 3
    for _ in range(52):
        talk.wait(0.25, heartbeats=True)
        talk.hear(ticker(talk.next_number()))
    assert talk.session.loss is not None
    assert talk.session.loss.reason is Reason.DATA


def test_a_ping_is_asked_for_once() -> None:
    """Asking takes it as sent."""
    talk = Talk(ping_interval=5.0)
    talk.settle()
    talk.wait(5.0, heartbeats=True)
    assert talk.session.ping_due(talk.now)
    assert not talk.session.ping_due(talk.now)


def test_our_own_absence_kills_nobody() -> None:
    """A process that was blocked for an hour gives its peer the whole limit again."""
    talk = Talk(silence_timeout=6.0)
    talk.settle()
    talk.now += 3600.0
    talk.session.pulse(talk.now, talk.bytes)
    assert talk.session.loss is None
    talk.wait(5.0)
    assert talk.session.loss is None
    talk.wait(1.0)
    assert talk.session.loss is not None


def test_a_snapshot_on_its_way_suspends_the_deadline_of_its_acknowledgement() -> None:
    """The acknowledgement comes after the snapshot, which may take longer than its deadline."""
    talk = Talk("level2", ack_timeout=5.0, silence_timeout=6.0)
    talk.say()
    for _ in range(40):
        talk.bytes += 100_000
        talk.wait(0.5)
    assert talk.session.loss is None
    talk.wait(6.5)
    assert talk.session.loss is not None
