"""What to do about an order that the broker does not show. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from bot_v2.state.intent import Intent
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.recovery.standing import Stand

Step = Literal["ask", "place", "lost"]
"""``ask``: again, later. ``place``: again, under the same name. ``lost``: it does not exist."""

Wanted = Callable[[Intent, float], bool]
"""Tells whether an order of so many real seconds of age is still wanted."""


def never(intent: Intent, age: float) -> bool:
    """Want no order a second time: where one name may become two orders (Coinbase Exchange), or to be careful."""
    return False


def fresh(settings: RecoverySettings) -> Wanted:
    """Want orders that are young, and that have a limit price: it bounds what an older price can do.

    Only where the same name is the same order, however often it is sent (Advanced Trade, docs: Create Order).
    """
    limit = settings.real().wanted_for
    return lambda intent, age: intent.limit_price is not None and age <= limit


def next_step(
    intent: Intent, stand: Stand, resends: int, wanted: bool, settings: RecoverySettings
) -> Step:
    """Decide.

    Args:
        intent: of the order.
        stand: for how long it has been absent.
        resends: how often it was placed again already.
        wanted: whether it is still wanted.
        settings: in real seconds.
    """
    if intent.state in {"written", "sent"}:
        return "ask"  # its answer may still come
    if stand.holds(settings.absent_looks, settings.absent_for):
        return "lost"
    again = intent.state == "unknown" and wanted and resends < settings.resend_times
    if again and stand.holds(settings.resend_looks, settings.resend_after):
        return "place"
    return "ask"
