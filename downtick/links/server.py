"""One Toxiproxy server: a process of our own, with its log in a file."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import secrets
import socket
import time
from asyncio.subprocess import Process
from pathlib import Path
from typing import Final

from downtick.errors import ToxiproxyDied, ToxiproxyError
from downtick.links.addresses import Address, listen_address

START_WITHIN: Final = 5.0
"""Seconds until a server that does not answer is given up. It takes 7 to 20 ms on an idle machine."""

STOP_WITHIN: Final = 1.0
"""Seconds between asking a server to stop and killing it."""

_ATTEMPTS: Final = 5
_POLL: Final = 0.001


class ToxiproxyServer:
    """A running Toxiproxy server. Made by `start`, ended by `stop`.

    Attributes:
        url: of its API.
        version: what it calls itself; ``git`` if Go built it.
        log: the file that has what it wrote.
    """

    def __init__(self, process: Process, address: Address, log: Path, version: str) -> None:
        self.url = f"http://{address}"
        self.version = version
        self.log = log
        self._process = process
        self._stopping = False

    @classmethod
    async def start(
        cls,
        binary: Path,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        process_group: int | None = None,
    ) -> ToxiproxyServer:
        """Start a server on a free port and wait until it answers.

        Args:
            binary: toxiproxy-server.
            folder: for its log (``toxiproxy.log``) and its start file.
            host: the loopback address of its API.
            process_group: that it joins; None for the caller's own.

        Raises:
            TopologyError: the host is not a loopback address.
            ToxiproxyDied: it ended before it answered; with the end of its log.
            ToxiproxyError: it could not be started, or did not answer in time.
        """
        host = listen_address(str(Address(host, 0))).host
        log = folder / "toxiproxy.log"
        for _ in range(_ATTEMPTS):
            # Asked for port 0, the server does not tell which it got (Toxiproxy api.go: Listen).
            address = Address(host, free_port(host))
            log.write_bytes(b"")
            mark = f"started-{secrets.token_hex(8)}"
            process = await _spawn(binary, log, address, mark, process_group)
            try:
                version = await _answer(process, address, log, mark)
            except BaseException:
                await _end(process)
                raise
            if version is not None:
                return cls(process, address, log, version)
            await _end(process)
        raise ToxiproxyError(f"no port could be had on {host}: {_ATTEMPTS} were taken in between")

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def check(self) -> None:
        """Raise if the process has ended.

        Raises:
            ToxiproxyDied: with the end of its log.
        """
        if self._process.returncode is not None and not self._stopping:
            raise _died(self._process, self.log)

    async def died(self) -> ToxiproxyDied:
        """Return when the process has ended unasked. After `stop` this waits for ever: cancel it."""
        await self._process.wait()
        if self._stopping:
            await asyncio.Event().wait()
        return _died(self._process, self.log)

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines of its log."""
        return _tail(self.log, lines)

    async def stop(self) -> None:
        """End the process, and wait until it is gone. Twice is once."""
        self._stopping = True
        await _end(self._process)


async def _spawn(
    binary: Path, log: Path, address: Address, mark: str, group: int | None
) -> Process:
    # A proxy that never listens, so that the server which answers is known to be this one.
    proxy = {"name": mark, "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1", "enabled": False}
    config = log.with_name("toxiproxy-start.json")
    config.write_text(json.dumps([proxy]))
    arguments = ("-host", address.host, "-port", str(address.port), "-config", str(config))
    with log.open("ab") as output:
        try:
            return await asyncio.create_subprocess_exec(
                binary,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={"LOG_LEVEL": "info"},
                process_group=group,
            )
        except OSError as error:
            raise ToxiproxyError(f"{binary} could not be started: {error}") from error


async def _answer(process: Process, address: Address, log: Path, mark: str) -> str | None:
    """Wait until the server answers and return its version; None if somebody else has its port."""
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if process.returncode is not None:
            raise _died(process, log)
        with contextlib.suppress(ConnectionRefusedError):
            return await asyncio.to_thread(_greet, address, mark)
        if "address already in use" in _tail(log, 5):
            return None
        await asyncio.sleep(_POLL)
    raise ToxiproxyError(
        f"Toxiproxy did not answer at {address} within {START_WITHIN:g} s; its log ends:\n{_tail(log)}"
    )


def _greet(address: Address, mark: str) -> str | None:
    """Take the mark off the server and return its version; None if it does not bear the mark."""
    with contextlib.closing(
        http.client.HTTPConnection(address.host, address.port, timeout=START_WITHIN)
    ) as connection:
        try:
            connection.request("DELETE", f"/proxies/{mark}")
            response = connection.getresponse()
            response.read()
            if response.status != http.HTTPStatus.NO_CONTENT:
                return None
            connection.request("GET", "/version")
            return str(json.loads(connection.getresponse().read())["version"])
        except ConnectionRefusedError:
            raise
        except (OSError, http.client.HTTPException, ValueError):
            return None


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    # The process may end in between.
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _died(process: Process, log: Path) -> ToxiproxyDied:
    return ToxiproxyDied(
        f"the Toxiproxy server ended by itself ({process.returncode}); its log ends:\n{_tail(log)}"
    )


def _tail(log: Path, lines: int = 20) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) or "(empty)"
    except OSError as error:
        return f"(no log: {error.strerror})"


def free_port(host: str) -> int:
    """Return a TCP port of a loopback host that nobody has at this moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
