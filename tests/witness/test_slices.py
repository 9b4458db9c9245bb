from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.witness.played import Played, busy, fault, feed, idle, proof


def slicer(size: int = 10, variation: int = 0, stream: str = "downstream") -> Any:
    """Return the fault."""
    return fault("slicer", stream=stream, average_size=size, size_variation=variation, delay=0)


def sliced(pieces: int, **more: Any) -> Callable[[Played], None]:
    """Play a feed of which each message of 100 bytes came in so many segments from 3 on."""

    def cut(at: float) -> int:
        return 60 + (feed(at) - 6000) // 100 * pieces if at > 3.0 else feed(at) // 100

    return lambda played: played.connection(feed, feed, cut=cut, **more)


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        *((10, "bit"), (16, "bit"), (5, "bit otherwise"), (50, "bit otherwise")),
        *((1, "did not bite"), (2, "bit otherwise")),
    ],
)
def test_slices_are_many_segments_of_what_was_sent_in_few(pieces: int, answer: str) -> None:
    """None larger than they may be, and no more than its size explains."""
    assert proof(slicer(), sliced(pieces)).bite == answer


def test_slices_of_varying_size_are_slices_too() -> None:
    """From half of the least to the largest."""
    assert proof(slicer(30, 20), sliced(3)).bite == "bit"
    assert proof(slicer(30, 5), sliced(2)).bite == "bit otherwise"


def test_a_slicer_that_cuts_nothing_did_not_bite() -> None:
    """Messages smaller than a slice, an idle link, the other direction."""
    assert proof(slicer(200), busy).bite == "did not bite"
    assert proof(slicer(), idle).why == "an idle link: nothing came downstream while it stood"
    assert proof(slicer(), busy).bite == "did not bite"


def test_a_slicer_that_spared_a_connection_is_something_else() -> None:
    """All were meant."""
    assert proof(slicer(), sliced(10, born=0.0), sliced(10)).bite == "bit"
    assert proof(slicer(), sliced(10), busy).bite == "bit otherwise"


def test_slices_as_large_as_tcps_own_prove_nothing() -> None:
    """TCP itself may have cut them."""
    cut = lambda at: 60 + (feed(at) - 6000) // 50 if at > 3.0 else feed(at) // 100  # noqa: E731
    assert proof(slicer(500, 100), lambda p: p.connection(feed, feed, cut=cut)).bite != "bit"


def test_nothing_is_proven_by_ends_that_nobody_sees() -> None:
    """Nobody knows in how many segments it was sent, or came."""
    assert proof(slicer(), sliced(10, unseen="exchange")).bite == "unknown"
    assert proof(slicer(), sliced(10, unseen="bot")).bite != "bit"
