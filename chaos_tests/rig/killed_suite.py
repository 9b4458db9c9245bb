"""What `killing` kills: rigs that play a profile again and again, under pytest or alone.

The file named by `NOTES` tells when they are up and where they listen, so that somebody can look there afterwards.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chaos_tests.rig.feed_client import subscribed
from downtick.arena.host import shared_arena
from downtick.rig import Rig

PROFILE = "streaming/market-feed-freeze"
NOTES = "DOWNTICK_TEST_NOTES"


def note_ports(rig: Rig) -> None:
    """Note where the rig listens, and its Toxiproxy."""
    toxiproxy = urlsplit(shared_arena().ready.toxiproxy)
    ports = [*rig.endpoints.addresses.values(), (toxiproxy.hostname, toxiproxy.port)]
    with Path(os.environ[NOTES]).open("a", encoding="utf-8") as notes:
        notes.writelines(f"{host} {port}\n" for host, port in ports)


async def play(rig: Rig) -> None:
    """Play the rig's profile with a client that subscribes."""
    note_ports(rig)
    async with subscribed(rig.endpoints.market_ws):
        await rig.until("run_ended", within=300)


@pytest.mark.toxics(PROFILE)
@pytest.mark.parametrize("number", range(100))
async def test_play(rig: Rig, number: int) -> None:
    """The profile is played to its end, unless somebody kills the run."""
    await play(rig)


def test_idle() -> None:
    """A worker that has no rig yet waits until somebody kills the run."""
    Path(os.environ[NOTES]).write_text("\n", encoding="utf-8")
    threading.Event().wait()


async def main() -> None:
    """Be a run without pytest that lasts until it is killed."""
    for _ in itertools.count():
        async with Rig.playing(PROFILE, time_scale=0.1) as rig:
            await play(rig)


if __name__ == "__main__":
    asyncio.run(main())
