"""`blackhole`: bytes are lost while connections stay open, and it ends in the cut that was asked for."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from chaos_tests.links.conftest import WireMaker
from chaos_tests.links.table import Table
from chaos_tests.links.wire import (
    CONNECTIONS,
    TRAFFIC,
    Traffic,
    closed,
    flowing,
    sent_more,
    still,
    tally,
)
from downtick.errors import NotArmed, RigError

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("traffic", TRAFFIC)
@pytest.mark.parametrize("end", ["reset", "close"])
async def test_blackhole(wire: WireMaker, table: Table, traffic: Traffic, end: str) -> None:
    """In a blackhole every byte is lost and nothing closes; its end cuts, and new connections work."""
    on = await wire(armed=end == "reset")
    before = await on.connect(traffic)
    await flowing(before, traffic)
    await on.link.blackhole(end)
    during = await on.connect(traffic)
    ends = [each for p in before + during for each in p.ends]
    await still(lambda: sum(each.received for each in ends), "what arrives")
    arrived = [each.received for each in ends]
    if traffic == "feed":
        await sent_more(before + during, 10)
    assert [each.received for each in ends] == arrived
    assert not any(each.received for p in during for each in p.ends)
    assert tally(ends) == "80 open"
    async with on.between_messages() if traffic == "feed" else nullcontext():
        await on.link.end_blackhole()
    await closed(before + during)
    after = await on.connect(traffic)
    await flowing(after, traffic)
    segment = "RST" if end == "reset" else "FIN"
    if end == "reset" or traffic != "saturated":
        assert tally(ends) == f"80 {segment}"
    assert [each.received for each in ends] == arrived
    assert all(each.intact for each in ends)
    if traffic != "idle":
        assert not any(p.complete for p in before)
    fault = f"blackhole, ends in {end}"
    chance = "; FIN or RST by chance" if end == "close" and traffic == "saturated" else ""
    table.saw(fault, traffic, "before", before, f"none from then on, never made up{chance}")
    table.saw(fault, traffic, "inside it", during, f"none, never made up{chance}")
    table.saw(fault, traffic, "after", after, "flow")


async def test_end_that_the_link_cannot_have(wire: WireMaker) -> None:
    """Only an armed link's blackhole can end in a reset, and only an unarmed one's in a close."""
    unarmed, armed = await wire(), await wire(armed=True)
    with pytest.raises(NotArmed, match="cannot end in a reset"):
        await unarmed.link.blackhole()
    with pytest.raises(RigError, match="cannot end a blackhole in a close"):
        await armed.link.blackhole("close")
    with pytest.raises(RigError, match="end must be"):
        await armed.link.blackhole("fade")
    await flowing(await unarmed.connect("idle"), "idle")


async def test_end_of_a_blackhole_while_down(wire: WireMaker) -> None:
    """A link that was taken down inside a blackhole stays down when the blackhole ends."""
    on = await wire()
    await on.link.blackhole("close")
    await on.link.down()
    await on.link.end_blackhole()
    assert await on.refused() == CONNECTIONS
    await on.link.up()
    await flowing(await on.connect("idle"), "idle")
