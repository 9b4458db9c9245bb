"""`down` and `up`: connections are cut, new ones are refused, and the link comes back on its port."""

from __future__ import annotations

import socket
from contextlib import nullcontext

import pytest

from chaos_tests.links.conftest import WireMaker
from chaos_tests.links.table import Row, Table
from chaos_tests.links.wire import CONNECTIONS, TRAFFIC, Traffic, closed, flowing, tally
from downtick.errors import PortTaken, RigError

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("traffic", TRAFFIC)
@pytest.mark.parametrize("armed", [False, True], ids=["unarmed", "armed"])
async def test_down(wire: WireMaker, table: Table, traffic: Traffic, armed: bool) -> None:
    """Down cuts every open connection and refuses new ones; up listens again on the same port."""
    on = await wire(armed=armed)
    port = on.link.port
    before = await on.connect(traffic)
    await flowing(before, traffic)
    async with on.between_messages() if traffic == "feed" else nullcontext():
        await on.link.down()
    refused = await on.refused()
    await closed(before)
    await on.link.up()
    after = await on.connect(traffic)
    await flowing(after, traffic)
    seen = {tally(p.client for p in before), tally(p.upstream for p in before)}
    if armed:
        assert seen == {"20 RST"}
    elif traffic != "saturated":
        assert seen == {"20 FIN"}
    assert refused == CONNECTIONS
    assert on.link.port == port
    assert tally(end for p in after for end in p.ends) == "40 open"
    fault = "down (armed)" if armed else "down"
    chance = "; FIN or RST by chance" if traffic == "saturated" and not armed else ""
    table.saw(fault, traffic, "before", before, f"what had arrived is intact{chance}")
    table.add(Row(fault, traffic, "while it is down", f"{refused} refused", "nothing", "none"))
    table.saw(fault, traffic, "after up", after, "flow")


async def test_down_twice_and_up_twice(wire: WireMaker) -> None:
    """Down and up are states: asking twice is asking once."""
    on = await wire()
    await on.link.down()
    await on.link.down()
    assert await on.refused() == CONNECTIONS
    await on.link.up()
    await on.link.up()
    await flowing(await on.connect("idle"), "idle")


async def test_port_that_was_taken_meanwhile(wire: WireMaker) -> None:
    """A port that somebody took while the link was down is an error of the rig that names the port."""
    on = await wire()
    await on.link.down()
    with socket.create_server((on.link.host, on.link.port)):
        with pytest.raises(PortTaken, match=str(on.link.port)) as caught:
            await on.link.up()
        assert isinstance(caught.value, RigError)
        with pytest.raises(PortTaken):
            await on.link.heal()
    await on.link.up()
    await flowing(await on.connect("idle"), "idle")
