"""The arena's own process: exchange, conductor and links for one worker, beside its Toxiproxy server.

It lives as long as its standard input is open. The judge and the judged never share an interpreter: whatever
a bot does to its own, no frame and no step here is late for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Callable

import msgspec

from downtick.arena import protocol
from downtick.arena.certificates import Authority
from downtick.arena.paths import path_of_text, path_to_text
from downtick.arena.session import Session
from downtick.arena.settings import ArenaSettings, NotReady, Ready
from downtick.errors import DowntickError, InputError
from downtick.history import Event
from downtick.links.control import Control
from downtick.links.server import ToxiproxyServer

FLUSH_AFTER = 0.002
"""Seconds that an event waits for others before it is sent: so few that a test sees it at once."""

PRIORITY = -10
"""Niceness of the arena and its Toxiproxy, where the machine allows it: they go before what they judge."""

log = logging.getLogger("downtick.arena")


class Client:
    """One connection to the arena: the session's owner, or somebody attached to it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._events: list[Event] = []
        self._loop = asyncio.get_running_loop()

    def tell(self, events: list[Event]) -> None:
        """Send events, soon, together with others."""
        if not self._events:
            self._loop.call_later(FLUSH_AFTER, self._flush)
        self._events += events

    def send(self, message: protocol.AnyMessage) -> None:
        """Send a message now, after the events that happened before it."""
        self._flush()
        self._writer.write(protocol.pack(message))

    def _flush(self) -> None:
        if self._events:
            events, self._events = self._events, []
            self._writer.write(protocol.pack(protocol.Events(events)))


class Arena:
    """Serves sessions, one connection each, until its lifeline is cut."""

    def __init__(
        self,
        settings: ArenaSettings,
        control: Control,
        opened: protocol.Opened,
    ) -> None:
        self._settings = settings
        self._control = control
        self._opened = opened
        self._sessions: dict[Client, Session] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it leaves, then take down what it opened."""
        client = Client(writer)
        try:
            while True:
                prefix = await reader.readexactly(protocol.LENGTH_SIZE)
                body = await reader.readexactly(protocol.body_length(prefix))
                client.send(await self._answer(client, protocol.unpack_request(body)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client left, in whatever way
        finally:
            if (session := self._sessions.pop(client, None)) is not None:
                with contextlib.suppress(Exception):
                    await session.close()
            writer.close()

    def fail(self, error: BaseException) -> None:
        """Tell every session that the rig itself failed."""
        for client in self._sessions:
            client.send(protocol.Failure(type(error).__name__, str(error)))

    async def _answer(
        self, client: Client, request: protocol.AnyRequest
    ) -> protocol.Answer | protocol.Refusal:
        try:
            return protocol.Answer(await self._do(client, request))
        except DowntickError as error:
            return protocol.Refusal(type(error).__name__, str(error))
        except Exception as error:
            log.exception("%s failed", type(request).__name__)
            return protocol.Refusal(type(error).__name__, str(error))

    async def _do(self, client: Client, request: protocol.AnyRequest) -> object:
        match request:
            case protocol.Open():
                session = Session(self._settings, self._control, client.tell, _failing(client))
                links = await session.open(request)
                self._sessions[client] = session
                return msgspec.structs.replace(
                    self._opened, links=links, unwitnessed=session.unwitnessed
                )
            case protocol.Attach():
                if len(self._sessions) != 1:
                    raise InputError(f"{len(self._sessions)} sessions are open here, not one")
                (session,) = self._sessions.values()
                return list(session.links)
            case protocol.Close():
                if (ended := self._sessions.pop(client, None)) is not None:
                    await ended.close()
                return None
            case _:
                own = self._sessions.get(client) or next(iter(self._sessions.values()), None)
                if own is None:
                    raise InputError("no session is open here")
                return await own.act(request)


def _failing(client: Client) -> Callable[[BaseException], None]:
    return lambda error: client.send(protocol.Failure(type(error).__name__, str(error)))


async def run(settings: ArenaSettings) -> None:
    """Be an arena until standard input ends or the Toxiproxy server does.

    Raises:
        ToxiproxyError: the server does not start or does not answer.
    """
    authority = Authority(settings.folder)
    certificate, private_key = authority.issue("exchange", settings.host)
    next_certificate, next_private_key = authority.issue("next", settings.host)
    settings = msgspec.structs.replace(
        settings,
        certificate=certificate,
        private_key=private_key,
        next_certificate=next_certificate,
        next_private_key=next_private_key,
    )
    async with contextlib.AsyncExitStack() as stack:
        toxiproxy: ToxiproxyServer | None = None
        if settings.server is not None:
            toxiproxy = await ToxiproxyServer.start(
                settings.server, settings.folder, process_group=settings.group
            )
            stack.push_async_callback(toxiproxy.stop)
        url = toxiproxy.url if toxiproxy else settings.url
        assert url is not None
        control = Control(url)
        version = await asyncio.to_thread(control.version)
        opened = protocol.Opened((), str(authority.ca_file), url, version)
        arena = Arena(settings, control, opened)
        path = settings.folder / "arena.sock"
        server = await asyncio.start_unix_server(arena.serve, path)
        stack.callback(server.close)
        gc.freeze()
        _say(Ready(path, authority.ca_file, url, version))
        lifeline = asyncio.create_task(_end_of_input())
        if toxiproxy is None:
            await lifeline
            return
        died = asyncio.create_task(toxiproxy.died())
        await asyncio.wait({lifeline, died}, return_when=asyncio.FIRST_COMPLETED)
        if died.done():
            arena.fail(
                died.result()
            )  # and end: an arena without Toxiproxy is of no use to the next test


async def _end_of_input() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await reader.read()


def _say(message: Ready | NotReady) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message, enc_hook=path_to_text) + b"\n")
    sys.stdout.flush()


def main() -> None:
    """Read the settings, be an arena."""
    with contextlib.suppress(OSError):  # only some users may
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = msgspec.json.decode(
        sys.stdin.buffer.readline(), type=ArenaSettings, dec_hook=path_of_text
    )
    try:
        asyncio.run(run(settings))
    except DowntickError as error:
        _say(NotReady(type(error).__name__, str(error)))
        sys.exit(error.exit_code)
