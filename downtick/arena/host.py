"""The arena as a worker holds it: started once, reused by every test with fresh state, replaced if it died."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import IO, Any, Self

import msgspec

from downtick.arena.channel import error_of
from downtick.arena.paths import path_of_text, path_to_text
from downtick.arena.run_folder import RunFolder
from downtick.arena.settings import ArenaSettings, NotReady, Ready
from downtick.errors import ArenaDied, ArenaError
from downtick.links.locate import find_server
from downtick.links.ways.way import Found

START_WITHIN = 60.0
"""Seconds until an arena that does not say that it is ready is given up: imports on a busy machine."""

LOG_LINES = 20

NOBODY = {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
"""The authorities that an arena trusts: it calls nobody, and to read the system's is an eighth of its start."""


class ArenaHost:
    """A running arena process with its run folder.

    Attributes:
        ready: what it said when it could be used.
        folder: of the run.
        pid: of the process.
        warnings: what a reader of a history must know about this Toxiproxy.
    """

    def __init__(
        self, run: RunFolder, process: subprocess.Popen[bytes], ready: Ready, found: Found
    ) -> None:
        self._run = run
        self._process = process
        self.ready = ready
        self.folder = run.path
        self.pid: int = process.pid
        self.warnings = (found.warning,) if found.warning else ()
        self._release = found.release

    @classmethod
    def start(cls, *, toxiproxy_url: str | None = None, watch: int | None = None) -> Self:
        """Find Toxiproxy, start the helper process and wait until it can be used.

        Args:
            toxiproxy_url: a server that runs already; otherwise the arena starts its own.
            watch: another process whose death ends this run too.

        Raises:
            ToxiproxyNotFound: no Toxiproxy could be had.
            ArenaError: the process did not become ready.
        """
        found = find_server(_report, url=toxiproxy_url)
        run = RunFolder.create(watch=watch)
        try:
            settings = ArenaSettings(
                folder=run.path,
                label=uuid.uuid4().hex[:8],
                host=_own_address(),
                group=run.group,
                server=found.binary,
                url=found.url,
            )
            with (run.path / "arena.log").open("wb") as log:
                process = run.popen(
                    [sys.executable, "-m", "downtick.arena"],
                    env={**os.environ, **NOBODY},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                )
            assert process.stdin is not None
            process.stdin.write(msgspec.json.encode(settings, enc_hook=path_to_text) + b"\n")
            process.stdin.flush()
            return cls(run, process, _await_ready(process, run.path), found)
        except BaseException:
            run.close()
            found.release()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def popen(self, argv: list[str], **kwargs: Any) -> subprocess.Popen[Any]:
        """Start a child that ends with this run, however the run ends; see `RunFolder.popen`."""
        return self._run.popen(argv, **kwargs)

    def died(self) -> ArenaDied:
        """Return the error for an arena that is gone, with the end of its log."""
        return ArenaDied(
            f"the arena ended ({self._process.poll()}); its log ends:\n{_tail(self.folder)}"
        )

    def close(self) -> None:
        """End the process and everything it started, and remove the run's folder."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._run.close()
        self._release()


_shared: dict[str | None, ArenaHost] = {}
_sharing = threading.Lock()


def shared_arena(toxiproxy_url: str | None = None, watch: int | None = None) -> ArenaHost:
    """Return this process's arena, started if there is none or if it died."""
    with _sharing:
        host = _shared.get(toxiproxy_url)
        if host is not None and not host.alive:
            host.close()
            host = None
        if host is None:
            host = _shared[toxiproxy_url] = ArenaHost.start(
                toxiproxy_url=toxiproxy_url, watch=watch
            )
        return host


def close_shared_arenas() -> None:
    """End every arena of this process."""
    with _sharing:
        while _shared:
            _shared.popitem()[1].close()


def _own_address() -> str:
    """Return a loopback address that no other worker uses: a link that is down gives its port back."""
    if sys.platform != "linux":
        return "127.0.0.1"
    pid = os.getpid()
    return f"127.{1 + pid // 250 % 250}.{1 + pid % 250}.1"


def _await_ready(process: subprocess.Popen[bytes], folder: Path) -> Ready:
    stream: IO[bytes] | None = process.stdout
    assert stream is not None
    readable, _, _ = select.select([stream], [], [], START_WITHIN)
    line = stream.readline() if readable else b""
    if not line:
        raise ArenaError(f"the arena did not become ready; its log ends:\n{_tail(folder)}")
    with contextlib.suppress(msgspec.ValidationError):
        return msgspec.json.decode(line, type=Ready, dec_hook=path_of_text)
    failed = msgspec.json.decode(line, type=NotReady)
    raise error_of(failed.error, failed.message)


def _tail(folder: Path) -> str:
    with contextlib.suppress(OSError):
        lines = (folder / "arena.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES:]) or "(empty)"
    return "(no log)"


def _report(line: str) -> None:
    print(f"downtick: {line}", file=sys.stderr)  # noqa: T201 - one line for each step of an installation
