"""The Toxiproxy server as a process: ready at once, its log kept, its death told."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from downtick.errors import TopologyError, ToxiproxyDied, ToxiproxyError
from downtick.links import server as module
from downtick.links.locate import find_server
from downtick.links.server import ToxiproxyServer

pytestmark = pytest.mark.integration


@pytest.fixture
def binary(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server's binary."""
    monkeypatch.delenv("TOXIPROXY_URL", raising=False)
    found = find_server(lambda line: None).binary
    assert found is not None
    return found


async def test_ready_at_once(binary: Path, tmp_path: Path) -> None:
    """A started server answers; of five starts the quickest takes less than 100 ms."""
    taken = []
    for _ in range(5):
        start = time.monotonic()
        server = await ToxiproxyServer.start(binary, tmp_path)
        taken.append(time.monotonic() - start)
        assert server.version in ("2.12.0", "git")
        await server.stop()
    assert min(taken) < 0.1


async def test_two_servers_side_by_side(binary: Path, tmp_path: Path) -> None:
    """Each has a port and a log of its own."""
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    servers = await asyncio.gather(*(ToxiproxyServer.start(binary, f) for f in folders))
    assert servers[0].url != servers[1].url
    assert all("Starting Toxiproxy" in server.log_tail() for server in servers)
    for server in servers:
        await server.stop()


async def test_a_port_that_is_taken(
    binary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that another Toxiproxy took in between is not mistaken for the own one's."""
    (tmp_path / "first").mkdir()
    first = await ToxiproxyServer.start(binary, tmp_path / "first")
    taken = urlsplit(first.url).port
    assert taken is not None
    free = module.free_port("127.0.0.1")
    ports = iter([taken, free])
    monkeypatch.setattr(module, "free_port", lambda host: next(ports))
    second = await ToxiproxyServer.start(binary, tmp_path)
    assert second.url == f"http://127.0.0.1:{free}"
    await second.stop()
    first.check()
    await first.stop()


async def test_death_is_told_with_the_end_of_the_log(binary: Path, tmp_path: Path) -> None:
    """A server that is killed is told to whoever waits for it, and by every check afterwards."""
    server = await ToxiproxyServer.start(binary, tmp_path)
    died = asyncio.create_task(server.died())
    os.kill(server.pid, signal.SIGKILL)
    error = await asyncio.wait_for(died, 5)
    assert isinstance(error, ToxiproxyDied)
    assert "ended by itself (-9)" in str(error)
    assert "Starting Toxiproxy HTTP server" in str(error)
    with pytest.raises(ToxiproxyDied):
        server.check()
    await server.stop()


async def test_a_crash_is_told_with_its_reason(binary: Path, tmp_path: Path) -> None:
    """A bandwidth below 0 kills the server; the log says how."""
    server = await ToxiproxyServer.start(binary, tmp_path)
    address = urlsplit(server.url)
    upstream = socket.create_server(("127.0.0.1", 0))
    host, port = upstream.getsockname()

    def crash() -> str:
        api = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        api.request(
            "POST",
            "/proxies",
            f'{{"name": "p", "listen": "127.0.0.1:0", "upstream": "{host}:{port}"}}',
        )
        listen = api.getresponse().read().decode().split('"listen":"')[1].split('"')[0]
        api.request(
            "POST", "/proxies/p/toxics", '{"type": "bandwidth", "attributes": {"rate": -1}}'
        )
        api.getresponse().read()
        api.close()
        return listen

    listen = await asyncio.to_thread(crash)
    host, port = listen.split(":")
    with upstream, socket.create_connection((host, int(port))), upstream.accept()[0] as end:
        end.sendall(b"x" * 100)
        error = await asyncio.wait_for(server.died(), 20)
    assert "ended by itself" in str(error)
    assert "slice bounds out of range" in server.log.read_text(errors="replace")
    await server.stop()


async def test_stop_is_no_death(binary: Path, tmp_path: Path) -> None:
    """After a stop, and a second one, nobody is told of a death, and the process is gone."""
    server = await ToxiproxyServer.start(binary, tmp_path)
    died = asyncio.create_task(server.died())
    await server.stop()
    await server.stop()
    server.check()
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)
    await asyncio.sleep(0)
    assert not died.done()
    died.cancel()


@pytest.mark.parametrize("content", [None, "#!/bin/sh\necho no flags here; exit 3\n"])
async def test_what_is_no_server(tmp_path: Path, content: str | None) -> None:
    """A binary that is not there, or that ends at once, is told with what it said."""
    path = tmp_path / "toxiproxy-server"
    if content is not None:
        path.write_text(content)
        path.chmod(0o755)
    with pytest.raises(ToxiproxyError) as caught:
        await ToxiproxyServer.start(path, tmp_path)
    assert ("no flags here" if content else "could not be started") in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com"])
async def test_a_server_elsewhere(tmp_path: Path, host: str) -> None:
    """A server that would listen off loopback is not started."""
    with pytest.raises(TopologyError):
        await ToxiproxyServer.start(tmp_path / "none", tmp_path, host=host)
