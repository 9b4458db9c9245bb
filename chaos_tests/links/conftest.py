"""One Toxiproxy server for each worker, a fresh link for each test, and a table of what was seen."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chaos_tests.links.table import Table
from chaos_tests.links.wire import Wire, listen
from downtick.arena.run_folder import RunFolder
from downtick.links.control import Control
from downtick.links.link import Link
from downtick.links.locate import find_server
from downtick.links.server import ToxiproxyServer

WireMaker = Callable[..., Awaitable[Wire]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[str]:
    """A Toxiproxy server of this worker's own, or the one that TOXIPROXY_URL names."""
    found = find_server(lambda line: None)
    if found.binary is None:
        assert found.url is not None
        yield found.url
        found.release()
        return
    controller = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else None
    with RunFolder.create(watch=controller) as run:
        started = await ToxiproxyServer.start(found.binary, run.path, process_group=run.group)
        yield started.url
        await started.stop()


@pytest.fixture(scope="session")
def control(server: str) -> Iterator[Control]:
    """The control plane of that server."""
    with Control(server) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def wire(control: Control, request: pytest.FixtureRequest) -> AsyncIterator[WireMaker]:
    """Make a link with an upstream behind it, armed or not."""
    made: list[Wire] = []

    async def make(*, armed: bool = False) -> Wire:
        listener = listen()
        link = await Link.create(
            control,
            "market_ws",
            listener.getsockname(),
            proxy_name=f"links-{os.getpid()}-{id(request)}-{len(made)}",
            armed=armed,
        )
        made.append(Wire(link, listener))
        return made[-1]

    yield make
    for each in made:
        await each.close()
        await each.link.destroy()


@pytest.fixture(scope="session")
def table() -> Table:
    """Takes a row for everything that was seen; kept in the file that LINKS_TABLE names, if it does."""
    name = os.environ.get("LINKS_TABLE")
    return Table(Path(name) if name else None)
