"""`freeze`: nothing arrives, nothing is lost, nothing closes; all of it arrives when the link thaws."""

from __future__ import annotations

import time

import pytest

from chaos_tests.links.conftest import WireMaker
from chaos_tests.links.table import Table
from chaos_tests.links.wire import TRAFFIC, Traffic, flowing, sent_more, still, tally, until

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_freeze(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """A frozen link passes no byte either way and closes nothing; thawed, it delivers every byte."""
    on = await wire()
    before = await on.connect(traffic)
    await flowing(before, traffic)
    await on.link.freeze()
    during = await on.connect(traffic)
    ends = [end for p in before + during for end in p.ends]
    await still(lambda: sum(end.received for end in ends), "what arrives")
    arrived = [end.received for end in ends]
    if traffic == "feed":
        await sent_more(before + during, 10)
    assert [end.received for end in ends] == arrived
    assert not any(p.client.received for p in during)
    assert tally(ends) == "80 open"
    await on.link.thaw()
    await flowing(during, traffic)
    await on.quiet()
    await until(lambda: all(p.complete for p in before + during), "every byte delivered")
    assert all(end.intact for end in ends)
    assert tally(ends) == "80 open"
    table.saw("freeze", traffic, "before", before, "none while frozen, all after the thaw")
    table.saw("freeze", traffic, "while frozen", during, "none while frozen, all after the thaw")


async def test_freeze_twice_and_thaw_twice(wire: WireMaker) -> None:
    """Frozen is a state: frozen twice is thawed by one thaw, and a second one changes nothing."""
    on = await wire()
    await on.link.freeze()
    await on.link.freeze()
    pairs = await on.connect("idle")
    await on.link.thaw()
    await on.link.thaw()
    await flowing(pairs, "idle")


async def test_reset_while_frozen(wire: WireMaker) -> None:
    """A frozen connection can still be reset, and connections after it are frozen as well."""
    on = await wire(armed=True)
    before = await on.connect("feed")
    await flowing(before, "feed")
    await on.link.freeze()
    await on.link.reset()
    await until(lambda: all(p.client.closing for p in before), "every client cut")
    assert tally(p.client for p in before) == "20 RST"
    after = await on.connect("feed")
    await sent_more(after, 5)
    assert not any(p.client.received for p in after)
    await on.link.thaw()
    await flowing(after, "feed")


async def test_thaw_after_the_clients_have_left(wire: WireMaker) -> None:
    """What is held for clients that gave up delays neither the thaw nor the connections after it."""
    on = await wire()
    for _ in range(2):
        before = await on.connect("feed")
        await flowing(before, "feed")
        await on.link.freeze()
        await sent_more(before, 10)
        for pair in before:
            await pair.client.leave()
        start = time.monotonic()
        await on.link.thaw()
        await flowing(await on.connect("feed"), "feed")
        assert time.monotonic() - start < 4.0


async def test_removal_of_a_bandwidth_toxic_after_the_clients_have_left(wire: WireMaker) -> None:
    """Nor does it delay the removal of a bandwidth toxic that holds data for them."""
    on = await wire()
    before = await on.connect("feed")
    await flowing(before, "feed")
    await on.link.start("bandwidth", {"rate": 0})
    await sent_more(before, 10)
    for pair in before:
        await pair.client.leave()
    start = time.monotonic()
    await on.link.stop("bandwidth")
    await flowing(await on.connect("feed"), "feed")
    assert time.monotonic() - start < 4.0
