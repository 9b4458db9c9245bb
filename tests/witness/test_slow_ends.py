from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.witness.played import Played, busy, fault, feed, idle, proof

SLOW = fault("slow_close", delay=200)


def left(
    over: float | None, by: str = "exchange", how: str = "fin", **more: Any
) -> Callable[[Played], None]:
    """Play a feed that the exchange ended at 3.2, and that was over for the bot later."""
    settings = {"far_over": 3.2, "over": over, "how": how, "by": by, **more}
    return lambda p: p.connection(
        lambda at: feed(min(at, 3.1)), lambda at: feed(min(at, 3.1)), **settings
    )


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize(
    ("over", "answer"),
    [
        *((3.41, "bit"), (3.44, "bit"), (3.21, "did not bite")),
        *((3.3, "bit otherwise"), (3.7, "bit otherwise"), (3.27, "unknown")),
    ],
)
def test_a_slow_close_is_the_time_between_two_ends(over: float, answer: str, how: str) -> None:
    """Of the exchange's and of the bot's."""
    assert proof(SLOW, left(over, how=how)).bite == answer


def test_a_slow_close_that_spared_one_is_something_else() -> None:
    """Both ended at one time for the exchange."""
    assert proof(SLOW, left(3.41), left(3.42)).bite == "bit"
    assert proof(SLOW, left(3.41, born=1.0), left(3.21, born=2.0)).bite == "bit otherwise"
    assert proof(SLOW, left(3.41), left(3.21)).bite == "bit otherwise"


def test_an_end_that_follows_late_bytes_was_not_held_back() -> None:
    """They were."""

    def late(played: Played) -> None:
        played.connection(
            lambda at: feed(min(at, 3.2)),
            lambda at: feed(min(at - 0.2, 3.2)),
            far_over=3.2,
            over=3.41,
            how="fin",
            by="exchange",
        )

    assert proof(SLOW, late).bite == "did not bite"


def test_where_nobody_ends_a_connection_nothing_is_slow() -> None:
    """Nor where it ends in the other direction."""
    assert proof(SLOW, busy).bite == proof(SLOW, idle).bite == "did not bite"
    assert proof(SLOW, left(3.2, by="bot")).bite == "did not bite"
    assert proof(fault("slow_close", stream="upstream", delay=200), left(3.41)).bite == (
        "did not bite"
    )
    assert proof(fault("slow_close", end=3.15, delay=200), left(3.41)).bite == "did not bite"


def test_a_bot_that_leaves_is_seen_leaving_later() -> None:
    """By the exchange, if the toxic is upstream."""

    def leaves(played: Played) -> None:
        played.connection(over=3.2, far_over=3.41, how="fin", by="bot")

    assert proof(fault("slow_close", stream="upstream", delay=200), leaves).bite == "bit"
    assert proof(SLOW, leaves).bite == "did not bite"


def test_what_cannot_be_told_is_unknown() -> None:
    """Too short a time, or ends that nobody sees."""
    assert proof(fault("slow_close", delay=50), left(3.26)).bite == "unknown"
    for unseen in ("bot", "front", "exchange"):
        assert proof(SLOW, left(3.41, unseen=unseen)).bite != "bit"
    assert proof(SLOW, left(3.41), busy).bite == "unknown"  # nobody knows whose end it was
