"""`reset` and `close`: every open connection is cut with the segment that was asked for, at both ends."""

from __future__ import annotations

import sys

import pytest

from chaos_tests.links.conftest import WireMaker
from chaos_tests.links.table import Table
from chaos_tests.links.wire import (
    CONNECTIONS,
    TRAFFIC,
    Traffic,
    closed,
    flowing,
    tally,
    time_waits,
    until,
)
from downtick.errors import NotArmed, RigError

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("traffic", TRAFFIC)
async def test_reset(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """Reset sends RST to both ends of every open connection, whatever flows; new ones work at once."""
    on = await wire(armed=True)
    earlier = time_waits(on.link)
    before = await on.connect(traffic)
    await flowing(before, traffic)
    await on.link.reset()
    await closed(before)
    after = await on.connect(traffic)
    await flowing(after, traffic)
    assert tally(p.client for p in before) == tally(p.upstream for p in before) == "20 RST"
    assert time_waits(on.link) <= earlier
    assert {end.closing for p in after for end in p.ends} == {None}
    assert all(end.intact for p in before + after for end in p.ends)
    table.saw("reset", traffic, "before", before, "what had arrived is intact")
    table.saw("reset", traffic, "after", after, "flow")


@pytest.mark.parametrize("traffic", ["idle", "feed"])
async def test_close(wire: WireMaker, table: Table, traffic: Traffic) -> None:
    """Close sends FIN to both ends of every open connection; new ones work at once."""
    on = await wire()
    earlier = time_waits(on.link)
    before = await on.connect(traffic)
    await flowing(before, traffic)
    async with on.between_messages():
        await on.link.close()
    await closed(before)
    after = await on.connect(traffic)
    await flowing(after, traffic)
    assert tally(p.client for p in before) == tally(p.upstream for p in before) == "20 FIN"
    if sys.platform == "linux":
        await until(
            lambda: len(time_waits(on.link) - earlier) == CONNECTIONS,
            "every client's FIN left its trace",
        )
    assert {end.closing for p in after for end in p.ends} == {None}
    table.saw("close", traffic, "before", before, "what had arrived is intact")
    table.saw("close", traffic, "after", after, "flow")


async def test_close_of_a_saturated_link(wire: WireMaker, table: Table) -> None:
    """With data under way in both directions some ends may meet a RST: the truth of TCP, not a fault."""
    on = await wire()
    before = await on.connect("saturated")
    await flowing(before, "saturated")
    await on.link.close()
    await closed(before)
    after = await on.connect("saturated")
    await flowing(after, "saturated")
    assert {end.closing for p in before for end in p.ends} <= {"FIN", "RST"}
    assert all(end.intact for p in before + after for end in p.ends)
    table.saw(
        "close", "saturated", "before", before, "what had arrived is intact; FIN or RST by chance"
    )
    table.saw("close", "saturated", "after", after, "flow")


async def test_reset_of_an_unarmed_link(wire: WireMaker) -> None:
    """A reset that could only be a close is refused, and nothing happens to the connections."""
    on = await wire()
    pairs = await on.connect("feed")
    await flowing(pairs, "feed")
    with pytest.raises(NotArmed, match="market_ws is not armed"):
        await on.link.reset()
    assert tally(end for p in pairs for end in p.ends) == "40 open"


async def test_close_of_an_armed_link(wire: WireMaker) -> None:
    """A close that could only be a reset is refused too."""
    on = await wire(armed=True)
    with pytest.raises(RigError, match="every close of it is a RST"):
        await on.link.close()


async def test_cut_of_a_link_that_is_down(wire: WireMaker) -> None:
    """A link that is down has no connection to cut, and a cut does not bring it up."""
    on = await wire(armed=True)
    await on.link.down()
    with pytest.raises(RigError, match="no connection to reset"):
        await on.link.reset()
    assert await on.refused() == CONNECTIONS
