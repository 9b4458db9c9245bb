"""A bot that is a command line: told by its environment where to connect, its output kept, stopped politely.

What it prints is kept without the secrets that it was given, and without those of our own environment.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from downtick.errors import InputError
from downtick.history import Event
from downtick.secret_values import Scrubber, secret_names, secret_values

PATIENCE: Final = 5.0
"""Real seconds that a bot has between SIGTERM and SIGKILL."""

_LONGEST_LINE: Final = 1 << 20
_BY_SIGNAL: Final = 128
_SOURCE: Final = "runner"

Start = Callable[..., subprocess.Popen[Any]]
"""Starts a process that ends with the rig, however the rig ends: `Rig.popen`."""


def check(command: Sequence[str]) -> None:
    """See that a command can be started, before anything else is.

    Raises:
        InputError: there is no such program.
    """
    if shutil.which(command[0]) is None:
        raise InputError(f"{command[0]}: there is no such program to start the bot with")


def filled_in(command: Sequence[str], told: Mapping[str, str]) -> list[str]:
    """Return a command whose placeholders are filled in: ``{rest_url}`` stands for ``DOWNTICK_REST_URL``.

    Whatever else stands in braces is the bot's own. Secrets are not filled in: anybody can read a command line.

    Args:
        command: program and arguments.
        told: variables of the bot's environment.
    """
    known = {
        name.removeprefix("DOWNTICK_").lower(): value
        for name, value in told.items()
        if name.startswith("DOWNTICK_") and name not in secret_names(told)
    }
    pattern = re.compile("|".join(rf"\{{{name}\}}" for name in known) or "(?!)")
    return [pattern.sub(lambda found: known[found[0][1:-1]], word) for word in command]


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
        asked: when it was sent SIGTERM, in monotonic seconds; None if it had ended by itself.
        at: when it had ended.
        exit_code: as a shell tells it: 128 and the signal's number for one that ended it.
        killed: whether SIGTERM did not end it within `PATIENCE`.
    """

    asked: float | None
    at: float
    exit_code: int
    killed: bool = False

    def __str__(self) -> str:
        if self.asked is None:
            return f"the bot had ended by itself, with exit code {self.exit_code}"
        if self.killed:
            return f"the bot did not end within {PATIENCE:g} s of SIGTERM, and was killed"
        return f"the bot ended {self.at - self.asked:.1f} s after SIGTERM, with exit code {self.exit_code}"

    def events(self) -> Iterator[Event]:
        """Yield what the history is told of it."""
        if self.asked is not None:
            yield Event(self.asked, _SOURCE, "bot_asked_to_stop", {"signal": "SIGTERM"})
        told = {"exit_code": self.exit_code, "killed": self.killed}
        yield Event(self.at, _SOURCE, "bot_ended", told)


class BotCommand:
    """A running command.

    Attributes:
        log: the file that its output goes to.
    """

    def __init__(self, process: subprocess.Popen[Any], log: Path) -> None:
        self.log = log
        self._process = process

    @property
    def process(self) -> int:
        """Its process's id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs."""
        return self._process.poll()

    def stop(self) -> Ended:
        """Send SIGTERM, and SIGKILL after `PATIENCE`; return what became of it."""
        asked: float | None = None
        killed = False
        if self._process.poll() is None:
            asked = time.monotonic()
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                killed = True
                self.kill()
        code = self._process.returncode
        return Ended(asked, time.monotonic(), code if code >= 0 else _BY_SIGNAL - code, killed)

    def kill(self) -> None:
        """End it at once, if it still runs."""
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def running(
    command: Sequence[str], start: Start, told: Mapping[str, str], log: Path
) -> Iterator[BotCommand]:
    """Run a command; whatever is left of it afterwards is killed.

    Args:
        command: program and arguments.
        start: starts the process.
        told: variables of its environment, beside this process's own.
        log: where its output goes; the file is made anew.

    Raises:
        InputError: the log cannot be written, or the program cannot be started.
    """
    environment = {**os.environ, **told}
    scrubber = Scrubber(secret_values(environment))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("wb", buffering=0)
        process = start(
            filled_in(command, told),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}") from error
    keeping = threading.Thread(target=_keep, args=(process.stdout, output, scrubber), daemon=True)
    keeping.start()
    bot = BotCommand(process, log)
    try:
        yield bot
    finally:
        bot.kill()
        keeping.join(
            PATIENCE
        )  # children of the bot's may hold its output open: they end with the rig


def _keep(said: IO[bytes], output: IO[bytes], scrubber: Scrubber) -> None:
    """Write down what a bot says, line by line, without secrets."""
    with output, said:
        while line := said.readline(_LONGEST_LINE):
            output.write(scrubber.clean(line))
