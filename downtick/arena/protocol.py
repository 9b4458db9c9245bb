"""What the test's side and the arena say to each other, and how it travels.

Messages are typed structs in MessagePack, each behind its length in four bytes, on a Unix socket inside the
run folder. One connection is one session: when it closes, however its owner ended, the arena takes down
everything that the session had.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import msgspec

from downtick.arena.paths import path_of_text, path_to_text
from downtick.exchange.auth.secret import Secret
from downtick.exchange.config import ExchangeConfig
from downtick.history import Event
from downtick.links.topology import LinkPlan
from downtick.profiles.schedule import Schedule

_LENGTH = struct.Struct("!I")


class Request(msgspec.Struct, frozen=True, tag=True):
    """Base of what a client asks."""


class Open(Request, frozen=True):
    """Bring up an exchange and its links, and play the schedule if there is one.

    Attributes:
        name: of the run, for proxy names and logs.
        exchange: how the exchange is made; the arena fills in its own address and certificates.
        schedule: what to play, or None.
        topology: which links there are and where they lead.
        armed: links whose closes shall be RST, beyond those that the schedule arms.
        patient: whether an arena that was late is only told of, and no error.
        witness: whether the kernel's view of every link's sockets goes into the history.
        capture: where captures of the links go: an absolute path without suffixes; None for none.
    """

    name: str
    exchange: ExchangeConfig
    topology: tuple[LinkPlan, ...]
    schedule: Schedule | None = None
    armed: tuple[str, ...] = ()
    patient: bool = False
    witness: bool = False
    capture: Path | None = None


class Attach(Request, frozen=True):
    """Act on the session that is already open, from another process."""


class Watch(Request, frozen=True):
    """Take this process for the one under test, whose waits for a processor are told, instead of the one that asks."""

    process: int


class Play(Request, frozen=True):
    """Play another schedule in the session that is open; the history tells its end (``run_ended``)."""

    schedule: Schedule


class EndByHand(Request, frozen=True):
    """Faults that were made by hand are over, and judged up to now; the history tells so (``run_ended``)."""


class Inject(Request, frozen=True):
    """Start a toxic or a link fault on a link."""

    link: str
    fault: str
    attributes: dict[str, Any] = {}
    stream: str = "downstream"
    toxicity: float = 1.0


class Heal(Request, frozen=True):
    """End a toxic or a link fault; without a name, everything on that link."""

    link: str
    fault: str | None = None
    stream: str = "downstream"


class StartExchangeFault(Request, frozen=True):
    """Start an exchange fault. The answer's value is its handle."""

    name: str
    attributes: dict[str, Any] = {}
    selectors: dict[str, Any] = {}


class StopExchangeFault(Request, frozen=True):
    """End an exchange fault."""

    handle: int


class Close(Request, frozen=True):
    """End the session: stop the conductor, heal, take links and exchange down."""


class Answer(msgspec.Struct, frozen=True, tag=True):
    """The arena did what was asked."""

    value: Any = None


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """The arena could not do what was asked.

    Attributes:
        error: name of the class in `downtick.errors`, or of any other exception.
        message: for the reader.
    """

    error: str
    message: str


class Events(msgspec.Struct, frozen=True, tag=True):
    """Things that happened, as they happen."""

    events: list[Event]


class Failure(msgspec.Struct, frozen=True, tag=True):
    """The rig itself failed: the run is an error from here on."""

    error: str
    message: str


class LinkEndpoint(msgspec.Struct, frozen=True):
    """Where the bot connects for one link."""

    name: str
    host: str
    port: int
    armed: bool


class Opened(msgspec.Struct, frozen=True):
    """What a session is made of.

    Attributes:
        links: in the order of the topology.
        ca_file: the certificate authority that signs the exchange's certificate.
        toxiproxy: address of the server's control plane.
        toxiproxy_version: what the server calls itself.
        unwitnessed: why nobody looks into the kernel; None if somebody does.
    """

    links: tuple[LinkEndpoint, ...]
    ca_file: str
    toxiproxy: str
    toxiproxy_version: str
    unwitnessed: str | None = None


AnyRequest = (
    Open
    | Attach
    | Watch
    | Play
    | EndByHand
    | Inject
    | Heal
    | StartExchangeFault
    | StopExchangeFault
    | Close
)
AnyMessage = Answer | Refusal | Events | Failure


def _to_wire(value: object) -> str:
    """Return a path or a secret as it travels to the arena, on a socket in a folder of its owner alone."""
    return value.reveal() if isinstance(value, Secret) else path_to_text(value)


def _from_wire(kind: type, value: Any) -> Any:
    return Secret(value) if kind is Secret else path_of_text(kind, value)


_to_arena = msgspec.msgpack.Encoder(enc_hook=_to_wire)
_from_arena = msgspec.msgpack.Encoder(enc_hook=path_to_text)  # no secret leaves it
_requests: msgspec.msgpack.Decoder[AnyRequest] = msgspec.msgpack.Decoder(
    AnyRequest, dec_hook=_from_wire
)
_messages: msgspec.msgpack.Decoder[AnyMessage] = msgspec.msgpack.Decoder(AnyMessage)

LENGTH_SIZE = _LENGTH.size


def pack(message: Request | AnyMessage) -> bytes:
    """Return a message as it travels, its length before it."""
    encoder = _to_arena if isinstance(message, Request) else _from_arena
    body = encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def body_length(prefix: bytes) -> int:
    """Return the length that the four bytes before a message tell."""
    length: int = _LENGTH.unpack(prefix)[0]
    return length


def unpack_request(body: bytes) -> AnyRequest:
    """Return what a client asked."""
    return _requests.decode(body)


def unpack_message(body: bytes) -> AnyMessage:
    """Return what the arena said."""
    return _messages.decode(body)
