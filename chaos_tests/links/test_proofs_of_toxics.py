"""What the witness proves of the toxics that end connections, hold their end back or cut what is sent."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest

from chaos_tests.links.conftest import WireMaker
from chaos_tests.links.wire import Pair, Traffic, Wire, closed, flowing, sent_more, until
from downtick.history import History
from downtick.witness.evidence import WireFault, evidence
from downtick.witness.proofs import prove
from downtick.witness.sightings import WatchedLink
from downtick.witness.watch import INTERVAL, Witness

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

STANDS = 0.4
"""Seconds that a fault stands while nothing happens: long enough for a witness to see that nothing comes."""

MESSAGES = 30
"""Of each feed while a toxic stands that ends nothing."""

CONNECTIONS = 5

BLIND = 0.045
"""Seconds between two looks, one of which is due every 20 ms, from which on a witness may be in doubt."""


@dataclass(frozen=True)
class Scene:
    """A toxic, and what it meets.

    Attributes:
        answer: that is right.
        name: of the toxic.
        attributes: of it.
        traffic: of the connections.
        ends: who ends the connections while it stands: ``link``, ``exchange`` or nobody.
        before: connections that are open when it is added.
        after: connections that are opened afterwards.
    """

    answer: str
    name: str
    attributes: dict[str, Any] = field(default_factory=dict)
    traffic: Traffic = "feed"
    ends: str = ""
    before: int = CONNECTIONS
    after: int = 0
    stream: str = "downstream"
    armed: bool = False

    def __str__(self) -> str:
        """Return a name for the test."""
        values = "-".join(map(str, self.attributes.values()))
        opened = f"{self.before}+{self.after}"
        return (
            f"{self.name}-{values}-{self.stream}-{self.traffic}-{opened}-{self.ends}-{self.armed}"
        )


LIMIT = {"bytes": 250}
SLICES = {"average_size": 10, "size_variation": 0, "delay": 100}
SCENES = [
    Scene("bit", "limit_data", LIMIT, ends="link", before=0, after=5),
    Scene("bit", "limit_data", LIMIT, ends="link", after=5),
    Scene("bit", "limit_data", LIMIT, ends="link", after=5, armed=True),
    Scene("did not bite", "limit_data", LIMIT, "idle", after=5),
    Scene("did not bite", "limit_data", LIMIT, stream="upstream"),
    Scene("did not bite", "limit_data", LIMIT, "idle", ends="exchange"),
    Scene("bit", "slow_close", {"delay": 200}, ends="exchange", after=5),
    Scene("bit", "slow_close", {"delay": 200}, "idle", ends="exchange"),
    Scene("did not bite", "slow_close", {"delay": 200}, "idle", ends="exchange", stream="upstream"),
    Scene("did not bite", "slow_close", {"delay": 200}),
    Scene("bit", "slicer", SLICES),
    Scene("bit", "slicer", SLICES, before=0, after=5),
    Scene("did not bite", "slicer", SLICES, "idle"),
    Scene("did not bite", "slicer", SLICES, stream="upstream"),
    Scene("did not bite", "slicer", {**SLICES, "average_size": 200}),
    Scene("bit", "timeout", {"timeout": 200}, "idle", ends="link"),
    Scene("bit", "timeout", {"timeout": 200}, "idle", ends="link", after=5),
    Scene("bit", "timeout", {"timeout": 200}, ends="link", stream="upstream"),
    Scene("bit otherwise", "timeout", {"timeout": 1000}),
    Scene("did not bite", "timeout", {"timeout": 1000}, "idle"),
    Scene("bit", "timeout", {"timeout": 0}),
    Scene("did not bite", "timeout", {"timeout": 0}, "idle"),
    Scene("bit", "reset_peer", {"timeout": 0}, "idle", ends="link", before=0, after=5),
    Scene("bit", "reset_peer", {"timeout": 150}, ends="link", before=0, after=5),
    Scene("bit", "reset_peer", {"timeout": 150}, ends="link", armed=True),
    Scene("bit otherwise", "reset_peer", {"timeout": 0}, ends="link"),
    Scene("did not bite", "reset_peer", {"timeout": 0}, "idle"),
    Scene("did not bite", "reset_peer", {"timeout": 0}, "idle", armed=True),
    Scene("did not bite", "reset_peer", {"timeout": 0}, stream="upstream"),
    Scene("did not bite", "reset_peer", {"timeout": 0}, "idle", ends="exchange"),
]


@asynccontextmanager
async def _watched(made: Wire) -> AsyncIterator[tuple[History, list[float]]]:
    history, link = History(), made.link
    watched = WatchedLink("market_ws", (link.host, link.port), link.upstream)
    looks: list[float] = []

    def clock() -> float:
        looks.append(time.monotonic())
        return looks[-1]

    witness = Witness([watched], history.extend, clock=clock).open()
    try:
        yield history, looks
        looked = time.monotonic() + 3 * INTERVAL
        await until(lambda: time.monotonic() > looked, "a look after all that")
    finally:
        witness.close()


async def _seen(history: History, kind: str, pairs: Sequence[Pair]) -> None:
    """Wait until the witness has told of both ends of every connection: bot's and exchange's."""
    wanted = 2 * len(pairs) if sys.platform == "linux" else 0

    def told() -> int:
        ends = {e["socket"] for e in history.select("born") if e["end"] in ("bot", "exchange")}
        return sum(event["socket"] in ends for event in history.select(kind))

    await until(lambda: told() >= wanted, f"every socket is {kind}")


async def _stands(scene: Scene, made: Wire, history: History, pairs: list[Pair]) -> None:
    """Let happen what shall while the toxic stands."""
    if scene.ends == "exchange":
        await made.quiet()
        await until(lambda: all(pair.complete for pair in pairs), "every byte delivered")
        for pair in pairs:
            pair.upstream.finish()
    if scene.ends:
        await closed(pairs)
        await _seen(history, "died", pairs)
    elif scene.traffic == "feed":
        timeout = scene.attributes.get("timeout", 0)
        await sent_more(pairs, max(MESSAGES, 2 * timeout // 20))
    else:
        await asyncio.sleep(STANDS)


async def _played(make: WireMaker, scene: Scene) -> tuple[WireFault, History, float]:
    """Let a toxic stand on a link; return it, what a witness told, and for how long nobody could know what was."""
    made = await make(armed=scene.armed)
    async with _watched(made) as (history, looks):
        pairs = await made.connect(scene.traffic, scene.before)
        await flowing(pairs, "idle")
        await _seen(history, "born", pairs)
        asked = time.monotonic()
        await made.link.start(scene.name, scene.attributes, stream=scene.stream)
        done = time.monotonic()
        after = await made.connect(scene.traffic, scene.after)
        pairs += after
        await _stands(scene, made, history, pairs)
        end = time.monotonic()
        await made.link.stop(scene.name, stream=scene.stream)
        await made.quiet()
        if scene.name == "timeout":
            await closed(pairs)
            await _seen(history, "died", pairs)
    fault = WireFault(
        "market_ws", scene.name, asked, done, end, scene.attributes, stream=scene.stream
    )
    return fault, history, max(done - asked, *(b - a for a, b in pairwise(looks)))


@pytest.mark.parametrize("scene", SCENES, ids=str)
async def test_the_kernel_proves_what_a_toxic_did(wire: WireMaker, scene: Scene) -> None:
    """Each answer is right, and of a link that nobody uses it is that nothing bit."""
    fault, history, blind = await _played(wire, scene)
    seen = evidence(history)
    found = prove(fault, seen)
    if found.bite == "unknown" and blind > BLIND:
        return  # a machine so busy that nobody looked, or answered, for a while: doubt is no proof, either way
    assert found.bite == (scene.answer if sys.platform == "linux" else "unknown"), found
    elsewhere = prove(replace(fault, link="rest"), seen)
    assert elsewhere.bite == ("did not bite" if sys.platform == "linux" else "unknown")
