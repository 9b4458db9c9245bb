"""The seam between a feed connection and the dialect that it speaks.

::

    socket ◀──▶ FeedConnection ──text──▶ Dialogue ──Answer──▶ frames, an error, a word for the journal
                       ▲                    │ topics
    market ──Body──▶  Hub  ◀───────────────-┘

`downtick.exchange.session` speaks Advanced Trade, `downtick.exchange.pro` the older Coinbase Exchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from downtick.exchange.frames import Body
from downtick.exchange.limits import Limits
from downtick.exchange.padding import Padding


class Heard(Protocol):
    """A message that was understood."""

    @property
    def type(self) -> Literal["subscribe", "unsubscribe"]:
        """Which of the two."""

    @property
    def words(self) -> Mapping[str, object]:
        """What the journal tells of it: JSON values."""


class Refusal(Protocol):
    """A message, or the part of one, that is not carried out."""

    @property
    def frames(self) -> Sequence[bytes]:
        """The errors that its client gets."""

    @property
    def reason(self) -> str:
        """What is wrong with it, for the journal."""


@dataclass(frozen=True)
class Answer:
    """What a message leads to.

    Attributes:
        request: what was carried out.
        bodies: frames to send, in order.
        refused: why it was not carried out, or a part of it was not.
    """

    request: Heard | None = None
    bodies: tuple[Body, ...] = ()
    refused: Refusal | None = None


class Dialogue(Protocol):
    """One connection's part of a dialect: what was said so far, without socket and clock."""

    @property
    def limits(self) -> Limits:
        """Its timers and limits."""

    @property
    def active(self) -> Mapping[str, tuple[str, ...]]:
        """Subscribed products by channel, in the dialect's own names."""

    @property
    def topics(self) -> Iterable[tuple[str, str]]:
        """What the hub is to hand over: pairs of a topic (see `Body.topic`) and a product."""

    @property
    def padding(self) -> Padding:
        """How it writes price levels."""

    @property
    def binary(self) -> bytes:
        """The error that a binary message gets."""

    def receive(self, message: str, now: float) -> Answer:
        """Take one text message from the client, at an instant of the clock of its limits."""

    def again(self, channel: str) -> Sequence[Body]:
        """Return the snapshots of a channel, by its name in Advanced Trade, that is subscribed to."""

    def write(self, body: Body, sequence: int) -> bytes:
        """Return a frame as it goes out, the so-manieth of its connection, counted from 0."""
