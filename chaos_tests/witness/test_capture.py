"""Captures on plain sockets: what a file holds, and how it ends before its time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chaos_tests.witness.scene import WITHIN, Scene
from downtick.history import Event, History, matching
from downtick.witness import capture
from downtick.witness.capture import Capture
from downtick.witness.packets import why_not
from downtick.witness.sightings import WatchedLink

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(why_not() is not None, reason=f"no capture here: {why_not()}"),
]

NOWHERE = ("127.255.255.254", 9)


async def test_what_was_sent_until_the_end_is_in_the_file(scene: Scene, tmp_path: Path) -> None:
    """Also what the kernel still held when the capture ended, and nothing of a neighbour."""
    history = History()
    made = Capture(tmp_path / "a-run", history.extend)
    made.open([WatchedLink("rest", scene.place, NOWHERE)])
    neighbour = Scene()
    for each, words in ((scene, b"of this link"), (neighbour, b"of another")):
        bot, link = each.connect()
        bot.sendall(words)
        link.close()
        bot.close()
    made.close()
    made.close()
    neighbour.close()
    written = (tmp_path / "a-run.rest.pcap").read_bytes()
    assert written.count(b"of this link") == 1
    assert b"of another" not in written
    (ended,) = history.select("captured")
    assert ended["counts"]["rest"]["packets"] >= 5
    assert ended["counts"]["rest"]["dropped"] == 0


async def test_a_file_that_grows_too_large(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more is captured and that is told; what there is stays."""
    monkeypatch.setattr(capture, "_MOST", 50)
    history = History()
    stopped = asyncio.Event()

    def hear(told: list[Event]) -> None:
        history.extend(told)
        if any(map(matching("captured"), told)):
            stopped.set()

    made = Capture(tmp_path / "a-run", hear)
    made.open([WatchedLink("rest", scene.place, NOWHERE)])
    bot, link = scene.connect()
    async with asyncio.timeout(WITHIN):
        await stopped.wait()
    bot.close()
    link.close()
    made.close()
    assert [event.kind for event in history] == ["capturing", "no_capture", "captured"]
    assert history[1]["reason"] == "a capture has reached 50 bytes"
    assert (tmp_path / "a-run.rest.pcap").stat().st_size > 50
