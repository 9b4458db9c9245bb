"""What belongs to whole scenarios: a bot that trades by itself, and that is ended and begun anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos_tests.scenarios.life import Life
from downtick.rig import Rig


@pytest.fixture
def life(rig: Rig, tmp_path: Path) -> Life:
    """Return what begins a bot on this rig, again and again, with one memory."""
    return Life(rig, tmp_path / "bot.sqlite")
