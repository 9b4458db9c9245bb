"""What the frames of one connection mean: frames in; messages, and frames to send, out.

No I/O and no clock in here: whoever owns the socket hands in what came and when, and asks what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot_v2.features.brokerages.coinbase.streaming.backlog import Item
from bot_v2.features.brokerages.coinbase.streaming.dialects import USER, AdvancedTradeWords, Words
from bot_v2.features.brokerages.coinbase.streaming.liveness import AwakeClock, Liveness
from bot_v2.features.brokerages.coinbase.streaming.losses import Loss, Reason
from bot_v2.features.brokerages.coinbase.streaming.messages import (
    ErrorMessage,
    Gap,
    Malformed,
    Message,
)
from bot_v2.features.brokerages.coinbase.streaming.pace import Pace
from bot_v2.features.brokerages.coinbase.streaming.sequence import Sequence
from bot_v2.features.brokerages.coinbase.streaming.settings import StreamingSettings
from bot_v2.features.brokerages.coinbase.streaming.stats import Counters
from bot_v2.features.brokerages.coinbase.streaming.subscriptions import (
    HEARTBEATS,
    SUBSCRIBED_AS,
    Subscriptions,
    Wishes,
)
from bot_v2.features.brokerages.coinbase.streaming.trades import SeenTrades

logger = logging.getLogger(__name__)

BOOK: Final = "l2_data"


class Session:
    """One connection, from its opening to its loss. Every `now` is ``time.monotonic`` seconds."""

    def __init__(
        self,
        number: int,
        wishes: Wishes,
        trades: SeenTrades,
        paces: Mapping[str, Pace],
        settings: StreamingSettings,
        counters: Counters,
        now: float,
        words: Words | None = None,
    ) -> None:
        """Begin at the opening.

        Args:
            number: of the connection, 1 for the first.
            wishes: what to subscribe to; may change at any time.
            trades: those that were delivered, by any connection.
            paces: of each channel, as learnt on any connection.
            settings: in real seconds.
            counters: to count in.
            now: the time.
            words: of this connection; Advanced Trade's if not given.
        """
        self._words = words or AdvancedTradeWords()
        self.number = number
        self.loss: Loss | None = None
        self.healthy = False  # messages came for long enough after that
        self._wishes = wishes
        self._trades = trades
        self._paces = paces
        self._settings = settings
        self._counters = counters
        self._awake = AwakeClock(2 * settings.pulse, now)
        self._liveness = Liveness(settings, paces, 0.0)
        self._sequence = Sequence()
        self._subscriptions = Subscriptions(
            settings.send_window, settings.sends_per_window, self._words.frame
        )
        self.ready = self._subscriptions.complete(wishes)  # everything wished is acknowledged
        self._bookless: set[str] = set()
        self._ready_at: float | None = None
        self._resynced_at = float("-inf")
        self._resync_wanted = False

    def received(self, data: bytes, now: float, total_bytes: int) -> list[Item]:
        """Take one frame; return what the consumer shall see.

        Args:
            data: of the frame.
            now: the time.
            total_bytes: received on this connection so far.
        """
        awake = self._awake.read(now)
        self._liveness.heard_bytes(total_bytes, awake)
        self._liveness.heard_frame()
        try:
            frame = self._words.parse(data, now, self.number)
        except Malformed as problem:
            self._counters.add("malformed")
            logger.warning("connection %d: malformed frame dropped: %s", self.number, problem)
            return []
        if isinstance(frame, ErrorMessage):
            self._complaint(frame)
            return []
        place = self._sequence.place(frame.sequence_num)
        if place.kind in {"duplicate", "late"}:
            self._counters.add("duplicates" if place.kind == "duplicate" else "late")
            return []
        self._liveness.heard_message(awake)
        gap = [self._gap(place.missing, now)] if place.kind == "gap" else []
        return gap + self._dispatch(frame, awake)

    def pulse(self, now: float, total_bytes: int) -> None:
        """Look at the deadlines; `loss` is set if one is missed."""
        awake = self._awake.read(now)
        self._liveness.heard_bytes(total_bytes, awake)
        if self.loss is not None:
            return
        if reason := self._liveness.dead(awake):
            self.loss = Loss(reason, "the peer is taken for dead")
        elif not self._liveness.message_arriving(awake):
            self._check_acknowledgement(awake)

    def next_frame(self, now: float) -> str | None:
        """Return the next message to send, or None if there is none to send now."""
        awake = self._awake.read(now)
        if self._resync_wanted and awake - self._resynced_at >= self._settings.resync_interval:
            self._resync_wanted = False
            self._resynced_at = awake
            self._counters.add("resyncs", self._subscriptions.renew())
        return self._subscriptions.next_frame(self._wishes, awake)

    def resync(self) -> None:
        """Ask for new snapshots: level2 updates are held back until theirs has come."""
        self._resync_wanted = True
        self._bookless.update(self._wishes.by_channel().get("level2", ()))

    def wishes_changed(self) -> None:
        """Compare what is wished with what is acknowledged."""
        self.ready = self._subscriptions.complete(self._wishes)
        self._liveness.expect_only(self._wishes.by_channel())

    def ping_due(self, now: float) -> bool:
        """Tell whether to ping, and take it that the ping is sent if so."""
        awake = self._awake.read(now)
        due = self._liveness.ping_due(awake)
        if due:
            self._liveness.pinged(awake)
        return due

    def ponged(self) -> None:
        """The last ping's pong came."""
        self._liveness.ponged()

    def _check_acknowledgement(self, awake: float) -> None:
        overdue = self._subscriptions.overdue(awake, self._settings.ack_timeout)
        if overdue is not None:
            self.loss = Loss(Reason.UNACKNOWLEDGED, f"{overdue} was not acknowledged in time")

    def _complaint(self, error: ErrorMessage) -> None:
        self._counters.add("errors")
        logger.error("connection %d: the exchange says: %s", self.number, error.text)
        if not self.ready:
            self.loss = Loss(Reason.REFUSED, error.text)

    def _gap(self, missing: int, now: float) -> Gap:
        self._counters.add("gaps")
        self._counters.add("missing", missing)
        logger.warning("connection %d: %d frames are missing", self.number, missing)
        self.resync()
        return Gap("sequence", self.number, now, missing)

    def _dispatch(self, message: Message, awake: float) -> list[Item]:
        if message.channel == HEARTBEATS:
            self._counters.add("heartbeats")
            self._liveness.heard_heartbeat(awake)
        elif message.channel == "subscriptions":
            self._subscriptions.acknowledge(message.events)
            self.wishes_changed()
            if self._ready_at is None and self.ready:
                self._ready_at = awake
        if self._ready_at is not None and awake - self._ready_at >= self._settings.healthy_after:
            self.healthy = True
        if message.channel in {HEARTBEATS, "subscriptions"}:
            return []
        return self._data(message, awake)

    def _data(self, message: Message, awake: float) -> list[Item]:
        channel = SUBSCRIBED_AS.get(message.channel)
        if channel is None:
            self._counters.add("unknown")
            return []
        if not self._wishes.include(channel, message.product_ids):
            self._counters.add("unwanted")
            return []
        if message.type == "update" and channel != USER:  # orders have no pace
            self._liveness.heard_update(channel, awake)
            self._paces[channel].updated(message.received_at)
        if message.channel == BOOK and self._withheld(message):
            return []
        if message.channel == "market_trades":
            return self._without_known_trades(message)
        return [message]

    def _withheld(self, message: Message) -> bool:
        if message.type == "snapshot":
            self._bookless.difference_update(message.product_ids)
            return False
        withheld = not self._bookless.isdisjoint(message.product_ids)
        if withheld:
            self._counters.add("withheld")
        return withheld

    def _without_known_trades(self, message: Message) -> list[Item]:
        events = self._trades.fresh(message.events)
        before = sum(len(event["trades"]) for event in message.events)
        after = sum(len(event["trades"]) for event in events)
        if before == after:
            return [message]
        self._counters.add("duplicate_trades", before - after)
        if not events:
            return []
        return [replace(message, events=events)]
