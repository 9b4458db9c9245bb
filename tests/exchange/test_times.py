"""Instants are written exactly as Coinbase writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.times import go_time, rfc3339_micros, rfc3339_nanos, rfc3339_seconds

NOW = 1_790_735_835_057_778_606
INSTANTS = st.integers(0, 4_000_000_000 * 10**9)


def test_one_instant_in_every_form() -> None:
    """Each form keeps its own number of places."""
    assert rfc3339_nanos(NOW) == "2026-09-30T02:37:15.057778606Z"
    assert rfc3339_micros(NOW) == "2026-09-30T02:37:15.057778Z"
    assert rfc3339_seconds(NOW) == "2026-09-30T02:37:15Z"


def test_go_leaves_out_zeros_of_the_instant_only() -> None:
    """Trailing zeros go from the wall clock's fraction, and stay in the uptime's."""
    second = NOW // 10**9 * 10**9
    assert go_time(NOW, 21_697_195_984_850) == (
        "2026-09-30 02:37:15.057778606 +0000 UTC m=+21697.195984850"
    )
    assert go_time(second + 120_000_000, 5) == ("2026-09-30 02:37:15.12 +0000 UTC m=+0.000000005")
    assert go_time(second, 10**9) == "2026-09-30 02:37:15 +0000 UTC m=+1.000000000"


@given(instants=st.lists(INSTANTS, min_size=1, max_size=5))
@settings(deadline=None)
def test_every_instant_reads_back(instants: list[int]) -> None:
    """Whatever was written before, an instant is written so that it reads back as itself."""
    for now in instants:
        read = datetime.fromisoformat(rfc3339_nanos(now)[:-4] + "Z")
        assert read == datetime.fromisoformat(rfc3339_micros(now))
        assert round(read.timestamp() * 1_000_000) == now // 1000
        assert rfc3339_nanos(now).endswith(f"{now % 1000:03d}Z")
        assert read.tzinfo == UTC
