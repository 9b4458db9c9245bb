"""A capture where there can be none: the run goes on, and the reason is told."""

from __future__ import annotations

import errno
import re
import socket
import sys
from pathlib import Path

import pytest

from downtick.history import Event
from downtick.witness import capture
from downtick.witness.capture import Capture
from downtick.witness.sightings import WatchedLink

LINK = WatchedLink("rest", ("127.1.1.1", 7001), ("127.0.0.1", 8001))


def reason_told(folder: Path) -> str:
    """Try to capture, and return why there is nothing."""
    told: list[Event] = []
    made = Capture(folder / "runs" / "a-run", told.extend)
    made.open([LINK])
    made.close()
    assert made.key_log is None
    (event,) = told
    assert (event.source, event.kind) == ("arena", "no_capture")
    return str(event["reason"])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(errno.EPERM, "no"), "raw sockets need root or CAP_NET_RAW"),
        (OSError(errno.EAFNOSUPPORT, "no such family"), "no raw socket on loopback: .*no such"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no socket is tried")
def test_a_kernel_that_refuses(
    error: OSError, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written, no keys either."""

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(socket, "socket", refuse)
    assert re.match(reason, reason_told(tmp_path))
    assert [*tmp_path.iterdir()] == []


def test_another_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "are Linux's; this is darwin" in reason_told(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No capture without keys."""
    monkeypatch.setattr(capture, "why_not", lambda: None)
    (tmp_path / "runs").touch()
    assert "runs" in reason_told(tmp_path)


def test_the_key_log_is_its_owner_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stood there before, and from the instant that it is made."""
    monkeypatch.setattr(capture, "why_not", lambda: None)
    before = tmp_path / "a-run.keys.log"
    before.write_text("of an earlier run", encoding="utf-8")
    before.chmod(0o644)
    made = Capture(tmp_path / "a-run", lambda _: None)
    assert made.key_log == before
    assert (before.stat().st_mode & 0o777, before.stat().st_size) == (0o600, 0)
