"""Runs on a terminal while they are played: a line each, drawn anew as it changes; verdicts stay above it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from downtick.history import Event
from downtick.report.judged_run import JudgedRun
from downtick.report.run_story import RunStory
from downtick.runs.audience import Kept, verdict
from downtick.runs.plan import Plan

COLUMNS: Final = ("run", "", "faults now", "connections", "price age", "orders", "REST")


class Board:
    """The runs that are being played, as a table.

    Args:
        console: a terminal.
    """

    def __init__(self, console: Console) -> None:
        self._stories: dict[str, RunStory] = {}
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the verdicts, which were printed above."""
        self._live.stop()

    def begins(self, plan: Plan) -> None:
        """Add a line."""
        with self._one_at_a_time:
            self._stories[plan.name] = RunStory(plan.seconds)

    def hears(self, plan: Plan, news: Sequence[Event]) -> None:
        """Draw what has changed."""
        with self._one_at_a_time:
            self._stories[plan.name].hear(news)
            self._live.update(picture(self._stories, time.monotonic()), refresh=True)

    def says(self, plan: Plan, words: str) -> None:
        """Print it above the table."""
        self._print([f"{plan.name}: {words}"])

    def ends(self, plan: Plan, judged: JudgedRun, kept: Kept) -> None:
        """Print the verdict above the table, and take the line off."""
        with self._one_at_a_time:
            del self._stories[plan.name]
        self._print(["", *verdict(judged, kept)])

    def _print(self, lines: Sequence[str]) -> None:
        with self._one_at_a_time:
            self._live.update(picture(self._stories, time.monotonic()))
            for line in lines:
                self._live.console.print(Text(line), soft_wrap=True)


def picture(stories: dict[str, RunStory], now: float) -> Table:
    """Return the table at a monotonic instant."""
    table = Table(*COLUMNS, box=None, pad_edge=False, header_style="dim")
    for name, story in stories.items():
        age = story.price_age(now)
        table.add_row(
            Text(name, style="bold"),
            story.phase(now),
            Text(", ".join(story.faults.values()) or "none", style="red" if story.faults else ""),
            ", ".join(f"{link} {count}" for link, count in sorted(story.open.items()) if count)
            or "none",
            "none yet" if age is None else f"{age:.1f} s",
            str(story.orders),
            f"{story.requests}, {story.failed} refused" if story.failed else str(story.requests),
        )
    return table
