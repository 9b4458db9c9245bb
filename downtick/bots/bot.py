"""What a run takes for a bot, whatever it is written in."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from downtick.history import Event
from downtick.rig import Rig


class Farewell(NamedTuple):
    """What there is to tell of a bot's end: events for the history, and the same in words."""

    events: tuple[Event, ...] = ()
    words: tuple[str, ...] = ()


class Running(Protocol):
    """A bot at work."""

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it works."""

    def news(self) -> list[Event]:
        """Return what it told of itself since the last call, if it tells anything."""

    def stop(self) -> Farewell:
        """End it, if it has not ended by itself."""


class Bot(Protocol):
    """A bot that can be started."""

    @property
    def words(self) -> tuple[str, ...]:
        """Its command line; empty if it has none."""

    @property
    def failure(self) -> BaseException | None:
        """What it died of, if that is known."""

    def running(self, rig: Rig, log: Path) -> AbstractContextManager[Running]:
        """Start it before the links of a rig; nothing of it is left afterwards.

        Args:
            rig: that is up.
            log: where its output goes, if it has one.

        Raises:
            InputError: it cannot be started.
        """
