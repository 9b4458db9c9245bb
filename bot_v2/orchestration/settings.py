"""Everything about the orchestration that can be set, in nominal seconds."""

from __future__ import annotations

from dataclasses import dataclass

from bot_v2.scaled import Scaled, duration


@dataclass(frozen=True, kw_only=True)
class OrchestratorSettings(Scaled):
    """How closely the broker is watched, and when it is no longer trusted. Durations are nominal seconds.

    Attributes:
        watch_interval: between two looks at orders, fills and positions while all is well.
        hint_pause: between two of them if something is known to have happened.
        read_timeout: for one answer, retries of the client below included.
        window: in which errors are counted.
        failures_in_a_row: of requests, which are an outage.
        error_share: of all requests in the window, which is one too; at least `min_errors` of them.
        min_errors: see there.
        slow_after: what an answer may take: if most of the last `slow_calls` took longer, the broker is too slow.
        slow_calls: see there.
        probe_first: the longest wait before the first probe of a broker that is out; it doubles with each further.
        probe_cap: the longest such wait.
        probes_needed: sound ones in a row, before the recovery begins.
        stable_after: of trading, from which the next outage begins with short waits again.
        position_max_age: of the last agreement with the broker on what is held, at which an order is placed.
        dispute_asks: how often the broker is asked when it disagrees, before it is believed to mean it.
        dispute_pause: between two such questions.
        settle_first: the longest wait before an unknown order is asked for again; it doubles with each further.
        settle_cap: the longest such wait.
        order_ttl: for which an order may rest until it is cancelled.
        quote_cache: for which a quote is shared between orders.
        entry_pause: for which no order for a product is sent that takes none.
        rate_limit_pause: for which nothing is asked after "too many requests" that came without a time.
        hold_max: the longest such time that is honoured, in real seconds: it is not ours to scale.
        shutdown_sends: until orders under way are left to the next start, in real seconds.
        shutdown_cancels: the same for cancelling open orders.
    """

    watch_interval: float = duration(2.0)
    hint_pause: float = duration(0.25)
    read_timeout: float = duration(5.0)
    window: float = duration(60.0)
    failures_in_a_row: int = 3
    error_share: float = 0.03
    min_errors: int = 3
    slow_after: float = duration(2.5)
    slow_calls: int = 5
    probe_first: float = duration(1.0)
    probe_cap: float = duration(15.0)
    probes_needed: int = 2
    stable_after: float = duration(60.0)
    position_max_age: float = duration(30.0)
    dispute_asks: int = 3
    dispute_pause: float = duration(1.0)
    settle_first: float = duration(1.0)
    settle_cap: float = duration(30.0)
    order_ttl: float = duration(30.0)
    quote_cache: float = duration(0.5)
    entry_pause: float = duration(15.0)
    rate_limit_pause: float = duration(2.0)
    hold_max: float = 300.0
    shutdown_sends: float = 1.0
    shutdown_cancels: float = 1.5
