"""A process that is killed loses nothing of what it was told is kept."""

from __future__ import annotations

import random
import select
import subprocess
import sys
import time
from pathlib import Path

from bot_v2.state.store import StateStore

ROUNDS = 6
ROOT = Path(__file__).parents[3]


async def test_every_acknowledged_change_survives_a_kill(tmp_path: Path) -> None:
    """Killed at random moments, again and again: what was said to be kept is there, and fits together."""
    path = tmp_path / "state.db"
    said: dict[str, str] = {}  # by order, the last that was acknowledged
    chance = random.Random(5)
    for number in range(ROUNDS):
        for line in _killed(path, f"p{number}", chance.uniform(0.0, 0.15)):
            word, name = line.split()
            said[name] = word
        await _check(path, said)
    assert len(said) > ROUNDS
    assert "over" in said.values()


def _killed(path: Path, prefix: str, seconds: float) -> list[str]:
    """Let a process write, kill it so many seconds after its first words, and return all that it said."""
    command = [sys.executable, "-m", "tests.bot_v2.state.writer", str(path), prefix]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        try:
            ready, _, _ = select.select([writer.stdout], [], [], 60)
            assert ready, "the writer wrote nothing"
            time.sleep(seconds)  # the moment of the kill is what is tried
        finally:
            writer.kill()
        output = writer.stdout.read().decode()
    whole, _, _ = output.rpartition("\n")
    return whole.splitlines()


async def _check(path: Path, said: dict[str, str]) -> None:
    store = StateStore.open(path)
    for name, word in said.items():
        intent = await store.find_intent(name)
        assert intent is not None, f"{name} was {word}, and is gone"
        assert (
            intent.state
            in {
                "written": ("refused", "unknown"),  # it may have been sent, unsaid
                "sent": ("unknown", "over"),
                "over": ("over",),
            }[word]
        ), (name, word, intent)
    booked = sum(intent.filled for intent in await store.intents_since(0))
    assert await store.position_belief() in ({"BTC-USD": booked}, {})
    await store.close()
