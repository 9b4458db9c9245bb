"""``python -m bot_v2`` survives each profile of the library. ``make survival`` runs it: it takes many minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos_tests.scenarios.survival import rig_playing, survive
from downtick.profiles.library import library_names

pytestmark = [
    pytest.mark.integration,
    pytest.mark.scenario,
    pytest.mark.slow,
    pytest.mark.timeout(1200),
]


@pytest.mark.parametrize("name", library_names())
async def test_the_bot_survives(name: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Its process runs to the end and reads again, its books are the ledger's, and it ends when it is told to."""
    scale = float(pytestconfig.getoption("downtick_time_scale") or 1.0)
    async with rig_playing(name, scale) as rig:
        how = await survive(rig, tmp_path)
    assert how.fine, how
