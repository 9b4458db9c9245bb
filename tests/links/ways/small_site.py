"""A site whose commands and downloads are made up, and a server's binary as small as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from downtick.links.pin import load_pin
from downtick.links.ways.way import Completed, Site

BUILT = b"\x7fELF" + b"".join(load_pin().build_information)
"""What Go would build, as far as anybody looks."""


class Commands:
    """Runs nothing: notes each command and answers with what `answer` returns."""

    def __init__(self, answer: Callable[[list[str], Mapping[str, str], Path], Completed]) -> None:
        self.seen: list[list[str]] = []
        self.environs: list[Mapping[str, str]] = []
        self._answer = answer

    def __call__(
        self, command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path
    ) -> Completed:
        words = [str(word) for word in command]
        self.seen.append(words)
        self.environs.append(environ)
        return self._answer(words, environ, cwd)


def no_command(words: list[str], environ: Mapping[str, str], cwd: Path) -> Completed:
    """Fail."""
    return Completed(1, "no command works here")


def no_download(url: str, limit: int) -> bytes:
    """Fail."""
    raise OSError("no network here")


def site_of(cache: Path, **changes: Any) -> Site:
    """Return a site with this cache where nothing works but what is given."""
    given: dict[str, Any] = {
        "report": lambda line: None,
        "platform": "linux_amd64",
        "environ": {},
        "run": Commands(no_command),
        "download": no_download,
    }
    return Site(cache, **{**given, **changes})
