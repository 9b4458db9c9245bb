"""The judge judged: a client that is broken in one way fails the very test that is about it.

A test that no broken client fails proves nothing. Here the tests of the streaming client are run with clients
from `broken`, and each must raise the AssertionError that says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from chaos_tests.brokerages import test_coinbase_streaming_data as data
from chaos_tests.brokerages import test_coinbase_streaming_failover as failover
from chaos_tests.brokerages.watch import Make
from chaos_tests.judged import broken
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]

Body = Callable[[Rig, Make], Awaitable[None]]


async def close_with_1000(rig: Rig, make: Make) -> None:
    """Run the test of close codes with the code that means: all is well."""
    await failover.test_every_close_code_is_a_loss(rig, make, 1000)


CASES = (
    (
        "seven-resets",
        failover.test_seven_resets_in_a_row,
        broken.backoff_never_resets,
        "data after reset",
    ),
    (
        "market-feed-reset",
        failover.test_coinbase_websocket_reconnect_on_disconnect,
        broken.no_resubscribe,
        "data after the reset",
    ),
    ("close-1000", close_with_1000, broken.normal_closure_is_the_end, "data after 1000"),
    (
        "silent-handshake",
        failover.test_a_handshake_that_hangs_is_given_up,
        broken.no_handshake_timeout,
        "data after the silence",
    ),
    (
        "dead-but-connected",
        failover.test_coinbase_heartbeat_detects_stale_connection,
        broken.no_liveness,
        "the silence is noticed",
    ),
    (
        "market-feed-freeze",
        failover.test_a_link_that_freezes,
        broken.no_pings,
        "the freeze is noticed",
    ),
    (
        "sequence-gap",
        data.test_a_sequence_gap_is_told_and_the_book_made_anew,
        broken.ignores_gaps,
        "the gap is told",
    ),
    (
        "duplicate-frame",
        data.test_frames_that_come_twice,
        broken.keeps_duplicates,
        "three duplicates",
    ),
    (
        "snapshot-12mib",
        data.test_a_snapshot_of_twelve_mebibytes,
        broken.small_messages_only,
        "the huge snapshot",
    ),
)


@pytest.mark.parametrize(
    ("body", "make", "complaint"),
    [
        pytest.param(
            body,
            make,
            complaint,
            id=make.__name__,
            marks=pytest.mark.toxics(f"streaming/{profile}"),
        )
        for profile, body, make, complaint in CASES
    ],
)
async def test_a_broken_client_fails(rig: Rig, body: Body, make: Make, complaint: str) -> None:
    """The test of the virtue fails the client that lacks it, and says what it lacks."""
    with pytest.raises(AssertionError, match=complaint):
        await body(rig, make)


@pytest.mark.toxics("streaming/seven-resets")
async def test_long_waits_alone_fail_nobody(rig: Rig) -> None:
    """The control: with the same long cap, a back-off that resets passes."""
    await failover.test_seven_resets_in_a_row(rig, broken.patient)
