"""Everything about market data that can be set, in nominal seconds."""

from __future__ import annotations

from dataclasses import dataclass

from bot_v2.scaled import Scaled, duration


@dataclass(frozen=True, kw_only=True)
class MarketDataSettings(Scaled):
    """How patient the service is, and how much it believes. Durations are nominal seconds unless they say otherwise.

    How the figures belong together: a price that the stream has not told anew for `confirm_age` is asked for
    over REST, once every `poll_every`, so that no price passes their sum while REST answers, whatever the
    stream does. `max_age` lies well above that sum: a price beyond it is one that neither way could renew.

    Attributes:
        max_age: beyond which a price is stale. Once stale, it takes one of half that age to end it.
        confirm_age: of a price, from which REST is asked for it although the stream is trusted.
        slow_lag: between the exchange's own time of a message and its arrival, beyond which the stream is too slow.
            For its return it must be below half of that.
        silence_limit: without a price of a product, from which on the stream is silent about it. A product whose
            price is, as REST says, still the last that the stream told is quiet and not silent.
        patience: for which the stream may be lost, slow or silent about everything until REST takes its place.
        flaw_limit: so many losses and gaps within `flaw_window` are one breakdown, however short each is.
        flaw_window: see there.
        settle_first: for which a stream must be sound about everything before it is trusted again. It doubles
            with each breakdown that comes before `forgive_after`.
        settle_cap: the longest such proof.
        forgive_after: of trust, until the next proof is a short one again.
        poll_every: between two requests for the same product.
        poll_spacing: between any two requests.
        poll_timeout: for an answer, attempts of the broker's own included: a price that takes longer is old.
        polls_in_flight: requests that wait for their answers at once, at most.
        retry_first: the longest wait after a failed request; it doubles with each further one.
        retry_cap: the longest such wait.
        retry_after_max: the longest Retry-After that is honoured, in real seconds: it is not ours to scale.
        clock_every: between two questions for the exchange's time.
        max_skew: how far the exchange's clock is believed to be behind ours, in real seconds.
        jump_bound: the share of the last price believed by which the next may differ, if it is of the same
            `jump_window`; it grows with the square root of the time between them.
        jump_window: see there.
        jump_settle: for which a price beyond that bound must stand until it is believed.
        start_timeout: how long `start` waits for the first prices.
        pulse: how often deadlines are looked at.
    """

    max_age: float = duration(8.0)
    confirm_age: float = duration(3.0)
    slow_lag: float = duration(3.0)
    silence_limit: float = duration(10.0)
    patience: float = duration(3.0)
    flaw_limit: int = 3
    flaw_window: float = duration(20.0)
    settle_first: float = duration(5.0)
    settle_cap: float = duration(120.0)
    forgive_after: float = duration(60.0)
    poll_every: float = duration(1.0)
    poll_spacing: float = duration(0.25)
    poll_timeout: float = duration(4.0)
    polls_in_flight: int = 4
    retry_first: float = duration(1.0)
    retry_cap: float = duration(5.0)
    retry_after_max: float = 60.0
    clock_every: float = duration(30.0)
    max_skew: float = 2.0
    jump_bound: float = 0.03
    jump_settle: float = duration(60.0)
    jump_window: float = duration(60.0)
    start_timeout: float = duration(15.0)
    pulse: float = duration(0.2)

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            ValueError: a figure is not above zero, or two contradict each other.
        """
        super().__post_init__()
        for smaller, larger in (
            ("confirm_age", "max_age"),
            ("retry_first", "retry_cap"),
            ("settle_first", "settle_cap"),
        ):
            if getattr(self, smaller) > getattr(self, larger):
                raise ValueError(f"{smaller} must not be above {larger}")
