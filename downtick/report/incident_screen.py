"""Shows an incident that is being played: a screen that changes on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from typing import Final, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from downtick.report.incident import IncidentStory

RECENT: Final = 8
"""Lines of what happened last that the screen keeps."""


class Lines:
    """One line for everything that is told, as it is told."""

    def __init__(self, story: IncidentStory, console: Console) -> None:
        self._story = story
        self._console = console

    def __enter__(self) -> Self:
        for line in self._story.head():
            self._print(line)
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: what was printed stays."""

    def tell(self, lines: Iterable[str]) -> None:
        """Print lines."""
        for line in lines:
            self._print(line)

    def tick(self, now: float) -> None:
        """Print what the clock alone brings about."""
        self.tell(self._story.look(now))

    def _print(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


class Screen:
    """The incident's clock, its phases, the faults that are on, and the last lines; drawn anew with each tick."""

    def __init__(self, story: IncidentStory, console: Console) -> None:
        self._story = story
        self._recent: deque[str] = deque(maxlen=RECENT)
        self._live = Live(console=console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last picture standing."""
        self.tick(time.monotonic())
        self._live.stop()

    def tell(self, lines: Iterable[str]) -> None:
        """Keep lines for the next picture."""
        self._recent.extend(lines)

    def tick(self, now: float) -> None:
        """Draw."""
        self.tell(self._story.look(now))
        self._live.update(self.picture(now), refresh=True)

    def picture(self, now: float) -> RenderableType:
        """Return the picture of an instant."""
        story, incident = self._story, self._story.incident
        clock = Text(f"{story.clock(now):%Y-%m-%d %H:%M:%S} UTC", style="bold")
        where = (
            f"   {story.nominal(now):.0f} s, {incident.compression:g} times as fast as then"
            if story.begun
            else "   waiting for the bot"
        )
        phases = Table.grid(padding=(0, 2, 0, 0))
        for number, phase in enumerate(incident.phases):
            mark, style = ("▶", "bold") if number == story.phase else ("·", "dim")
            if number < story.phase or (story.over and number == story.phase):
                mark, style = "✓", "dim"
            cells = (mark, f"{phase.at:%m-%d %H:%M}", phase.evidence, phase.what)
            phases.add_row(*(Text(cell, style=style) for cell in cells))
        faults = [Text(f"  {words}", style="red") for words in story.faults.values()]
        return Group(
            Text(f"{story.profile.name}: {story.profile.title}", style="bold"),
            clock.append(where, style="dim"),
            phases,
            Text("faults now:" if faults else "faults now: none"),
            *faults,
            Text(f"in this phase: {story.meanwhile}"),
            *(Text(line, style="dim", overflow="ellipsis", no_wrap=True) for line in self._recent),
        )
