"""A bot that is started by a command, with what it must know in its environment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from downtick.bots.bot import Farewell
from downtick.bots.command import BotCommand, running
from downtick.bots.events import BotEvents, following
from downtick.bots.metrics import PLACEHOLDER, USUAL, VARIABLE, MetricsPage
from downtick.history import Event
from downtick.links.server import free_port
from downtick.rig import Rig


@dataclass(frozen=True)
class CommandLine:
    """A bot in whatever language.

    Attributes:
        words: program and arguments.
        metrics: address of its page for Prometheus; None for the usual one, where it need not have any.
    """

    words: tuple[str, ...]
    metrics: str | None = None

    @property
    def failure(self) -> None:
        """What it died of: nobody knows."""

    @contextlib.contextmanager
    def running(self, rig: Rig, log: Path) -> Iterator[Process]:
        """Start it before the links of a rig; whatever is left of it afterwards is killed.

        Raises:
            InputError: the log cannot be written, or the program cannot be started.
        """
        told = rig.endpoints.environment()
        told["DOWNTICK_TIME_SCALE"] = f"{rig.time_scale:g}"
        told[VARIABLE] = str(free_port("127.0.0.1"))
        page = MetricsPage(
            (self.metrics or USUAL).replace(PLACEHOLDER, told[VARIABLE]),
            expected=self.metrics is not None,
        )
        folder = Path(rig.endpoints.ca_file).parent  # the run's own: it goes with the run
        with (
            following(folder, told) as events,
            running(self.words, rig.popen, events.environment, log) as command,
            page,
        ):
            rig.is_tested(command.process)
            yield Process(command, events, page)


class Process:
    """A command that runs, and what it tells of itself."""

    def __init__(self, command: BotCommand, events: BotEvents, page: MetricsPage) -> None:
        self._command = command
        self._events = events
        self._page = page

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs."""
        return self._command.exit_code

    def news(self) -> list[Event]:
        """Return what it told of itself since the last call."""
        return [*self._events.news(), *self._page.news()]

    def stop(self) -> Farewell:
        """Send SIGTERM, and SIGKILL if that does not help; tell how it ended, and what it had told till then."""
        ended = self._command.stop()
        told = (*self._events.rest(), *self._page.news(), *ended.events())
        words = (str(ended), str(self._events), str(self._page))
        return Farewell(told, tuple(filter(None, words)))
