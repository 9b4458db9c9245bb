"""What neither exchange nor conductor tells of a run: arena, witness, whoever started the bot, and the bot itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from downtick.checks.run import Process, Refusal, Run
from downtick.history import Event


class Bystanders:
    """Reads their events into a run.

    Attributes:
        tell: what takes an event, by its kind.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._watched = False
        self._to_stop: tuple[int, float] | None = None
        self.tell: Mapping[str, Callable[[int, Event], None]] = {
            "late": self._idle,
            "starved": self._idle,
            "watching": self._watching,
            "no_witness": self._no_witness,
            "lost": self._uncounted,
            "refused": self._refused,
            "bot_asked_to_stop": self._asked_to_stop,
            "bot_ended": self._bot_ended,
            "tick": self._tick,
            "events_incomplete": self._unheard,
        }

    def _idle(self, number: int, event: Event) -> None:
        self._run.idle.append((event.at - event["seconds"], event.at))

    def _watching(self, number: int, event: Event) -> None:
        self._watched = self._run.counted = True

    def _no_witness(self, number: int, event: Event) -> None:
        if self._watched:  # one that was lost; where there never was any, faults are unknown
            self._run.errors.append(number)

    def _uncounted(self, number: int, event: Event) -> None:
        self._run.counted = False

    def _refused(self, number: int, event: Event) -> None:
        if event.source == "witness":  # the exchange refuses upgrades
            links = (event["link"],) if event.get("link") else event["links"]
            self._run.refusals.append(Refusal(number, event.at, tuple(links)))

    def _asked_to_stop(self, number: int, event: Event) -> None:
        self._to_stop = number, event.at

    def _bot_ended(self, number: int, event: Event) -> None:
        numbers = (number,) if self._to_stop is None else (self._to_stop[0], number)
        asked = None if self._to_stop is None else self._to_stop[1]
        self._run.process = Process(numbers, asked, event.at, event["exit_code"], event["killed"])

    def _tick(self, number: int, event: Event) -> None:
        self._run.ticks.append((number, event))

    def _unheard(self, number: int, event: Event) -> None:
        self._run.unheard = number
