"""What a run takes for a bot, whatever it is written in."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from downtick.bots.command import Ended
from downtick.rig import Rig


class Running(Protocol):
    """A bot at work."""

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it works."""

    def stop(self) -> Ended | None:
        """End it, if it has not ended by itself; return what became of it, None if there is nothing to tell."""


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
