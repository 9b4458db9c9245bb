"""What a bot tells of itself: a JSON object a line, in a file that ``DOWNTICK_EVENTS`` names, read while the bot runs.

``{"event": "tick", "channel": "ticker", "product_id": "BTC-USD", "sequence_num": 12, "at": 1234.5}``

A bot need not tell anything, and what it tells wrongly is counted and left out: nothing of it stops a run.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec

from downtick.history import Event
from downtick.secret_values import Scrubber, secret_values

VARIABLE: Final = "DOWNTICK_EVENTS"
SOURCE: Final = "bot"

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "tick": ("channel", "product_id"),
    "mode_changed": ("mode",),
    "order": ("client_order_id",),
    "note": ("text",),
}
"""What may be told, each with the texts that belong to it. A tick has its ``sequence_num`` or ``trade_id`` besides.

A closed list: no bot can tell what only the exchange or the conductor tells.
"""

LONGEST_LINE: Final = 1 << 16
MOST: Final = 1 << 26
"""Bytes that are read of a bot's events; what it tells after that is left out."""

_Value = str | Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | float | bool | None
_decode: Final = msgspec.json.Decoder(dict[str, _Value]).decode
_SHORT: Final = 40
_DIGITS: Final = 18


class BotEvents:
    """Reads what a bot writes.

    Args:
        path: of the file, which is there.
        told: variables of the bot's environment, beside this process's own; the values of secret ones are kept out.
        most: bytes that are read.

    Attributes:
        bad: how many lines could not be read.
        why: what was wrong with the first of them, and which it was; empty as long as there is none.
        cut: whether more was written than is read.
    """

    def __init__(self, path: Path, told: Mapping[str, str], most: int = MOST) -> None:
        self.bad = 0
        self.why = ""
        self.cut = False
        self._path = path
        self._told = told
        self._scrubber = Scrubber(secret_values({**os.environ, **told}))
        self._began = time.monotonic()
        self._offset = 0
        self._left = most
        self._lines = 0
        self._half = b""
        self._skips = False

    @property
    def environment(self) -> dict[str, str]:
        """What the bot is told by its environment, the file's name included."""
        return {**self._told, VARIABLE: str(self._path)}

    def news(self) -> list[Event]:
        """Return what was told since the last call, in the order of time."""
        text = self._half + self._unread()
        *lines, self._half = text.split(b"\n")
        if self._skips and lines:
            lines, self._skips = lines[1:], False
        found = self._read(lines)
        if len(self._half) > LONGEST_LINE:
            self._half, skipped = b"", self._skips
            self._skips = True
            if not skipped:
                self._lines += 1
                self._is_bad("it is too long")
        return found

    def rest(self) -> list[Event]:
        """Return what is left once the bot has ended: its last line may lack an end. Says what could not be read."""
        found = self.news()
        last, self._half = self._half, b""
        if last and not self._skips:
            found += self._read([last])
        if self.bad or self.cut:
            told = {"bad": self.bad, "why": self.why, "cut": self.cut}
            found.append(Event(time.monotonic(), "runner", "events_incomplete", told))
        return found

    def __str__(self) -> str:
        """Say what could not be read; empty if all could."""
        said = []
        if self.bad:
            said.append(f"{self.bad} lines of the bot's events were left out ({self.why})")
        if self.cut:
            said.append("the bot's events were too many to be read to their end")
        return "; ".join(said)

    def _unread(self) -> bytes:
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if size < self._offset:  # begun anew
                self._offset, self._half, self._skips = 0, b"", False
            file.seek(self._offset)
            text = file.read(min(size - self._offset, self._left))
            self.cut = self.cut or size - self._offset > self._left
            self._offset += len(text)
            self._left -= len(text)
            return text
        return b""  # the bot took it away: it has no more to tell

    def _read(self, lines: list[bytes]) -> list[Event]:
        now, found = time.monotonic(), []
        for line in lines:
            self._lines += 1
            if not line.strip():
                continue
            try:
                found.append(self._event(line, now))
            except ValueError as error:
                self._is_bad(str(error))
        return sorted(found, key=lambda event: event.at)

    def _event(self, line: bytes, now: float) -> Event:
        """Return what a line tells.

        Raises:
            ValueError: it tells nothing that can be understood; the message says why.
        """
        if len(line) > LONGEST_LINE:
            raise ValueError("it is too long")
        said = _decode(self._scrubber.clean(line))
        word, at = said.pop("event", None), said.pop("at", None)
        if not isinstance(word, str) or word not in WORDS:
            raise ValueError(f"event: found {word!r:.{_SHORT}}; allowed: {', '.join(WORDS)}")
        for name in WORDS[word]:
            if not isinstance(said.get(name), str):
                raise ValueError(f"{word}: its {name} must be a text")
        if word == "tick" and not _numbered(said):
            raise ValueError("tick: its sequence_num or trade_id must be a number")
        if isinstance(at, bool) or not isinstance(at, int | float):
            at = None
        known = at is not None and self._began <= at <= now  # else it is of another clock
        return Event(float(at) if at is not None and known else now, SOURCE, word, said)

    def _is_bad(self, why: str) -> None:
        if not self.bad:
            self.why = f"line {self._lines}: {why}"
        self.bad += 1


def _numbered(tick: Mapping[str, object]) -> bool:
    """Whether a tick says which it is. A trade's number may be written as a text, as Coinbase does."""
    sequence, trade = tick.get("sequence_num"), tick.get("trade_id")
    if isinstance(trade, str):
        return trade.isdecimal() and len(trade) <= _DIGITS
    return any(isinstance(n, int) and not isinstance(n, bool) for n in (sequence, trade))


@contextlib.contextmanager
def following(folder: Path, told: Mapping[str, str]) -> Iterator[BotEvents]:
    """Make a file for a bot's events, which is gone afterwards.

    Args:
        folder: where; for its owner alone, as what a bot writes there may hold secrets.
        told: variables of the bot's environment.

    Raises:
        OSError: it cannot be made.
    """
    handle, name = tempfile.mkstemp(".jsonl", "bot-events-", folder)
    os.close(handle)
    path = Path(name)
    try:
        yield BotEvents(path, told)
    finally:
        path.unlink(missing_ok=True)
