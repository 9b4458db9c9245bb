"""Everything about the recovery that can be set, in nominal seconds."""

from __future__ import annotations

from dataclasses import dataclass

from bot_v2.scaled import Scaled, duration


@dataclass(frozen=True, kw_only=True)
class RecoverySettings(Scaled):
    """How long it asks, and how long something must be said until it is believed. Durations are nominal seconds.

    Accepted orders were "not found" for 0.2 s to 10 minutes (freqtrade issue 6392, hitbtc-api issue 144), and replicas
    were 5 to 60 s behind (Alpaca's status page, 2025-12-15): what would be final is believed only after longer than that.

    Attributes:
        read_timeout: for one answer, retries of the client below included.
        ask_every: between two rounds of questions.
        run_for: how long one recovery lasts at most, the last round's answers on top.
        errors_in_a_row: rounds that fail until the recovery does.
        resend_looks: in which an order must have been absent, before it may be placed again under its name.
        resend_after: for which it must have been.
        resend_times: how often that is tried.
        wanted_for: the age up to which `fresh` still wants an order.
        absent_looks: in which an order must have been absent in a row until it is believed not to exist.
        absent_for: for which it must have been.
        first_looks: that must tell the same position of a product of which nothing is believed yet.
        void_looks: in which fills must have been missing in a row until they are believed to be taken back.
        void_for: for which they must have been.
        look_back: how far back fills are asked for, if broker and store have never agreed.
        clock_margin: by which clocks may differ, in real seconds.
    """

    read_timeout: float = duration(10.0)
    ask_every: float = duration(2.0)
    run_for: float = duration(30.0)
    errors_in_a_row: int = 3
    resend_looks: int = 5
    resend_after: float = duration(15.0)
    resend_times: int = 3
    wanted_for: float = duration(60.0)
    absent_looks: int = 10
    absent_for: float = duration(900.0)
    first_looks: int = 3
    void_looks: int = 5
    void_for: float = duration(120.0)
    look_back: float = duration(3600.0)
    clock_margin: float = 60.0
