"""What a way of getting Toxiproxy is: a function from a `Site` to what it found, or why it found nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import requests

from downtick.links.pin import Pin, load_pin, this_platform

BINARY: Final = "toxiproxy-server"

COMMAND_WITHIN: Final = 600.0
"""Seconds for one command. Go builds Toxiproxy in half a minute on two cores, downloads included."""

_CONNECT_WITHIN: Final = 10.0
_SILENCE_WITHIN: Final = 30.0


@dataclass(frozen=True)
class Found:
    """A Toxiproxy that can be used: a binary to start, or a server that runs.

    Attributes:
        way: how it was had.
        version: the pinned one, or ``git`` for a running server whose build cannot be looked at.
        binary: toxiproxy-server; None for a running server.
        url: of a running server's API; None for a binary.
        warning: what the reader of a history must know about it, or None.
        release: ends what finding it has started, such as a container.
    """

    way: str
    version: str
    binary: Path | None = None
    url: str | None = None
    warning: str | None = None
    release: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.way}: Toxiproxy {self.version}, {self.binary or self.url}"


@dataclass(frozen=True)
class Missing:
    """Why a way had nothing, as one line."""

    reason: str


Outcome = Found | Missing


@dataclass(frozen=True)
class Completed:
    """A command that has ended: its exit code and what it wrote to both streams."""

    code: int
    output: str

    @property
    def last_line(self) -> str:
        """What it said in the end: most often the reason."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        return lines[-1] if lines else f"it said nothing and ended with {self.code}"


def run(command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path) -> Completed:
    """Run a command to its end. A command that cannot be run has failed like any other."""
    try:
        done = subprocess.run(
            command,
            env=environ,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=COMMAND_WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Completed(-1, f"{command[0]} did not end within {COMMAND_WITHIN:g} s")
    except OSError as error:
        return Completed(-1, f"{command[0]}: {error.strerror}")
    return Completed(done.returncode, done.stdout)


def download(url: str, limit: int) -> bytes:
    """Return what stands at an address on the internet.

    The one request of this project that leaves the machine by itself, so the one that follows the
    proxy settings of the environment. Whoever asks compares a checksum.

    Raises:
        OSError: it cannot be had, or is larger than the limit in bytes.
    """
    with requests.get(url, stream=True, timeout=(_CONNECT_WITHIN, _SILENCE_WITHIN)) as response:
        response.raise_for_status()
        content = b""
        for chunk in response.iter_content(1 << 16):
            content += chunk
            if len(content) > limit:
                raise OSError(f"it is larger than {limit} bytes")
        return content


Runner = Callable[[Sequence[str | Path], Mapping[str, str], Path], Completed]
"""Runs a command with an environment in a folder."""


@dataclass(frozen=True)
class Site:
    """All that a way may touch outside itself.

    Attributes:
        cache: the folder that keeps the server.
        report: is told in one line what is being done.
        pin: the version wanted.
        platform: such as ``linux_amd64``.
        environ: of this process.
        run: runs a command.
        download: from an address, at most so many bytes.
    """

    cache: Path
    report: Callable[[str], None]
    pin: Pin = field(default_factory=load_pin)
    platform: str = field(default_factory=this_platform)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    run: Runner = run
    download: Callable[[str, int], bytes] = download

    @property
    def binary(self) -> Path:
        """Where the cache keeps the server."""
        return self.cache / BINARY


Way = Callable[[Site], Outcome]
