"""Everything about the streaming client that can be set, in nominal seconds."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any


def _duration(default: float | None) -> Any:
    return field(default=default, metadata={"duration": True})


@dataclass(frozen=True, kw_only=True)
class StreamingSettings:
    """How patient the client is. Durations are nominal seconds, multiplied by `time_scale`.

    How the figures belong together: after the link is back, data is back within ``retry_cap`` (the longest
    wait between two attempts) plus one connect; a dead peer is noticed within ``silence_timeout`` plus one
    ``pulse``; a price is never older than twice ``ping_timeout`` (which is the longer of the two ping times),
    because a pong waits behind the data that is in front of it.

    Attributes:
        time_scale: factor between nominal and real time.
        open_timeout: for TCP connect, TLS and upgrade together.
        close_timeout: for the closing handshake when the client is closed.
        ping_interval: between pings.
        ping_timeout: until a ping without its pong means that the peer is dead or too far behind.
        ack_timeout: until a subscription that was not acknowledged means that the connection is broken.
        silence_timeout: without any message, heartbeats included, until the peer is dead, pongs or not.
        heartbeat_timeout: without a heartbeat, although data flows. Coinbase sends one a second; without
            them nobody can tell a quiet market from a dead feed, so the connection is made anew.
        data_timeout: the longest silence of a channel that had updates on this connection, although
            heartbeats go on. Too short, and a quiet market costs a reconnect; too long, and a feed that
            hangs behind living heartbeats goes unnoticed. So it adapts (`Pace`): three times the
            channel's longest silence, between `data_timeout_busy` and this. None: never.
        data_timeout_busy: the shortest such limit, for a channel that is never silent.
        pace_memory: in which a remembered silence fades to its half.
        message_timeout: for one message that is still arriving, during which the four above do not apply.
        healthy_after: of messages after the acknowledgement, until the back-off starts from anew.
        retry_first: the longest wait before the first retry; it doubles with each further one.
        retry_cap: the longest wait before any retry. Coinbase allows 8 connections a second and address.
        throttled_wait: the longest wait after HTTP 429 without a Retry-After.
        retry_after_max: the longest Retry-After that is honoured, in real seconds: it is not ours to scale.
        resync_interval: between two resynchronisations after sequence gaps.
        send_window: in which at most `sends_per_window` messages are sent. Coinbase allows 8 a second.
        sends_per_window: see there.
        pulse: how often the deadlines are looked at.
        max_size: the largest message in bytes. A BTC-USD level2 snapshot passes 10 MiB.
        queue_limit: how many messages wait for the consumer before some are dropped (`Backlog`).
    """

    time_scale: float = 1.0
    open_timeout: float = _duration(5.0)
    close_timeout: float = _duration(2.0)
    ping_interval: float = _duration(5.0)
    ping_timeout: float = _duration(10.0)
    ack_timeout: float = _duration(5.0)
    silence_timeout: float = _duration(6.0)
    heartbeat_timeout: float = _duration(10.0)
    data_timeout: float | None = _duration(60.0)
    data_timeout_busy: float = _duration(12.0)
    pace_memory: float = _duration(600.0)
    message_timeout: float = _duration(60.0)
    healthy_after: float = _duration(2.0)
    retry_first: float = _duration(0.3)
    retry_cap: float = _duration(2.0)
    throttled_wait: float = _duration(4.0)
    retry_after_max: float = 60.0
    resync_interval: float = _duration(5.0)
    send_window: float = _duration(1.0)
    sends_per_window: int = 6
    pulse: float = _duration(0.25)
    max_size: int = 32 * 2**20
    queue_limit: int = 10_000

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is None and each.name == "data_timeout":
                continue
            if not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"{each.name} must be a number above 0, not {value!r}")
        if self.retry_first > self.retry_cap:
            raise ValueError("retry_first must not be above retry_cap")
        if self.queue_limit < 2:
            raise ValueError("queue_limit must be at least 2")

    def real(self) -> StreamingSettings:
        """Return the same settings in real seconds, with a time scale of 1."""
        scaled = {
            each.name: getattr(self, each.name) * self.time_scale
            for each in fields(self)
            if each.metadata.get("duration") and getattr(self, each.name) is not None
        }
        return replace(self, time_scale=1.0, **scaled)
