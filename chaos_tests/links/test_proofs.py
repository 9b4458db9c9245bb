from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from typing import Any

import pytest

from chaos_tests.links.conftest import WireMaker
from chaos_tests.links.wire import Traffic, closed, flowing, sent_more, until
from downtick.history import History
from downtick.witness.evidence import WireFault, evidence
from downtick.witness.proofs import prove
from downtick.witness.sightings import WatchedLink
from downtick.witness.watch import INTERVAL, Witness

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]

STANDS = 0.4
"""Seconds that a fault of an idle link stands: long enough for a witness to see that nothing comes."""

MESSAGES = 30
"""Of each feed while a fault stands."""

FAULTS: list[tuple[str, dict[str, Any], bool]] = [
    ("reset", {}, True),
    ("close", {}, False),
    ("down", {}, True),
    ("down", {}, False),
    ("freeze", {}, True),
    ("blackhole", {"end": "reset"}, True),
    ("blackhole", {"end": "close"}, False),
    ("latency", {"latency": 200}, False),
    ("bandwidth", {"rate": 1}, False),
]
INSTANT = ("reset", "close")
CUTS = (*INSTANT, "down")
HOLDS = ("freeze", "latency", "bandwidth")
MISTAKEN = {"reset": "close", "close": "reset", "freeze": "blackhole", "blackhole": "freeze"}


async def _played(
    wire: WireMaker, traffic: Traffic, name: str, attributes: dict[str, Any], *, armed: bool
) -> tuple[WireFault, History]:
    """Let a fault happen to a link with connections; return it, and what a witness told."""
    made, history = await wire(armed=armed), History()
    link = made.link
    watched = WatchedLink("market_ws", (link.host, link.port), link.upstream)
    witness = Witness([watched], history.extend).open()
    try:
        pairs = await made.connect(traffic, 1 if name in ("latency", "bandwidth") else 5)
        await flowing(pairs, "idle")
        ends = 4 * len(pairs) if sys.platform == "linux" else 0
        await until(lambda: len(history.select("born")) >= ends, "every socket is seen")
        asked = time.monotonic()
        await link.start(name, attributes)
        done = end = time.monotonic()
        before = pairs[0].upstream.sent
        if name not in INSTANT:
            if traffic == "feed" and name not in CUTS:
                await sent_more(pairs, MESSAGES)
                rate = attributes.get("rate", 0) * 1000  # more than that, however long it takes
                await until(
                    lambda: (
                        pairs[0].upstream.sent - before > 1.5 * rate * (time.monotonic() - done)
                    ),
                    "more was sent than may come",
                )
            else:
                await asyncio.sleep(STANDS)
            end = time.monotonic()
            await link.stop(name)
        await made.quiet()
        if name in HOLDS:
            await until(lambda: all(pair.complete for pair in pairs), "everything came")
        else:
            await closed(pairs)
            await until(lambda: len(history.select("died")) >= ends, "every death is told")
        looked = time.monotonic() + 3 * INTERVAL
        await until(lambda: time.monotonic() > looked, "a look after all that")
    finally:
        witness.close()
    if sys.platform == "linux":
        assert [e.data for kind in ("no_witness", "lost") for e in history.select(kind)] == []
    return WireFault("market_ws", name, asked, done, end, attributes), history


def _expected(answer: str) -> str:
    """Return it where there is a witness."""
    return answer if sys.platform == "linux" else "unknown"


@pytest.mark.parametrize("traffic", ["feed", "idle"])
@pytest.mark.parametrize(("name", "attributes", "armed"), FAULTS)
async def test_the_kernel_proves_what_a_fault_did(
    wire: WireMaker, traffic: Traffic, name: str, attributes: dict[str, Any], armed: bool
) -> None:
    """A cut bites always, what holds back or loses bytes only where there are some."""
    fault, history = await _played(wire, traffic, name, attributes, armed=armed)
    seen = evidence(history)
    bites = traffic == "feed" or name in CUTS
    found = prove(fault, seen)
    if name == "latency" and "too wide to tell" in found.why:
        return  # a machine so busy that nobody looked for a while: doubt is no proof, either way
    assert found.bite == _expected("bit" if bites else "did not bite"), found
    if name in MISTAKEN and bites:
        other = prove(replace(fault, name=MISTAKEN[name]), seen)
        assert other.bite == _expected("bit otherwise"), other
    elsewhere = prove(replace(fault, link="rest"), seen)
    assert elsewhere.bite == _expected("did not bite"), elsewhere
