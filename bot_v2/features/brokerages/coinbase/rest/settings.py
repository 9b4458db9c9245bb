"""Everything about the REST client that can be set, in nominal seconds."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any


def _duration(default: float) -> Any:
    return field(default=default, metadata={"duration": True})


@dataclass(frozen=True, kw_only=True)
class RestSettings:
    """How patient the client is. Durations are nominal seconds, multiplied by `time_scale`.

    How the figures belong together: one attempt takes at most ``answer_timeout``, whatever the peer does
    (hang, drip, or send its head byte by byte); all attempts of one call take at most ``call_timeout``, or
    ``order_timeout`` if it places or cancels an order, because an order that leaves late trades on an old price.

    Attributes:
        time_scale: factor between nominal and real time.
        connect_timeout: for the TCP connect, and again for the TLS handshake.
        read_timeout: for the next byte of an answer.
        answer_timeout: for one attempt, from its beginning to the last byte of its answer.
        call_timeout: for everything that one read takes, retries and waits included.
        order_timeout: the same for placing or cancelling an order.
        retry_first: the longest wait before the first retry; it doubles with each further one.
        retry_cap: the longest wait before any retry.
        throttled_wait: how long nothing is asked after an answer 429 without a Retry-After.
        retry_after_max: the longest Retry-After that is honoured, in real seconds: it is not ours to scale.
        clock_margin: by how much our clock and the exchange's may differ, in real seconds.
        max_body: the longest answer in bytes.
        page: how many orders or fills to ask for at once.
        max_pages: the longest list that is read to its end; a longer one is an error, never cut.
        threads: how many requests are on their way at once; half of them are kept for orders and cancels.
    """

    time_scale: float = 1.0
    connect_timeout: float = _duration(3.0)
    read_timeout: float = _duration(5.0)
    answer_timeout: float = _duration(6.0)
    call_timeout: float = _duration(15.0)
    order_timeout: float = _duration(10.0)
    retry_first: float = _duration(0.25)
    retry_cap: float = _duration(2.0)
    throttled_wait: float = _duration(1.0)
    retry_after_max: float = 60.0
    clock_margin: float = 60.0
    max_body: int = 16 * 2**20
    page: int = 250
    max_pages: int = 200
    threads: int = 8

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"{each.name} must be a number above 0, not {value!r}")
        if self.retry_first > self.retry_cap:
            raise ValueError("retry_first must not be above retry_cap")
        if self.threads < 2:
            raise ValueError("threads must be at least 2")

    def real(self) -> RestSettings:
        """Return the same settings in real seconds, with a time scale of 1."""
        scaled = {
            each.name: getattr(self, each.name) * self.time_scale
            for each in fields(self)
            if each.metadata.get("duration")
        }
        return replace(self, time_scale=1.0, **scaled)
