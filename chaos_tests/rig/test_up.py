"""`downtick up` holds a rig for a person, and `downtick inject` acts on it from another terminal."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos_tests.rig.feed_client import next_frame, subscribed
from chaos_tests.rig.leftovers import eventually

pytestmark = pytest.mark.integration

DOWNTICK = [sys.executable, "-c", "from downtick.cli import main; main()"]


@contextlib.contextmanager
def held(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run `downtick up` until the block ends; yields the process and what it exports."""
    process = subprocess.Popen(
        [*DOWNTICK, "up", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(folder), **_cache()},
    )
    assert process.stdout is not None
    exported: dict[str, str] = {}
    try:
        for line in process.stdout:
            if match := re.fullmatch(r"export (\w+)=(.*)\n", line):
                exported[match[1]] = match[2]
            if "Ctrl-C" in line:
                break
        yield process, exported
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            process.kill()
            process.stdout.close()
            assert process.stderr is not None
            process.stderr.close()


def inject(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DOWNTICK, "inject", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(folder)},
    )


def _cache() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in {"HOME", "XDG_CACHE_HOME", "DOWNTICK_CACHE", "TOXIPROXY_URL", "PATH"}
    }


async def test_a_person_holds_a_rig_and_acts_on_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Endpoints as `export` lines; a frozen link stops the feed; Ctrl-C leaves nothing behind."""
    folder = tmp_path_factory.mktemp("up")
    with held(folder) as (process, exported):
        async with subscribed(exported["DOWNTICK_MARKET_WS_URL"]) as client:
            await next_frame(client, "ticker")
            done = inject(folder, "market_ws", "freeze")
            assert done.returncode == 0, done.stderr
            assert "freeze is on" in done.stdout
            done = inject(folder, "market_ws", "heal")
            assert done.returncode == 0, done.stderr
            await next_frame(client, "ticker")
    assert process.returncode == 0
    eventually(lambda: not list(folder.glob("downtick-*")), time.monotonic())


def test_what_cannot_be_done_honestly_is_refused_with_the_reason(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A reset on a link that was not armed would be a FIN: exit code 4, and the way out."""
    folder = tmp_path_factory.mktemp("up")
    with held(folder):
        done = inject(folder, "market_ws", "reset")
        assert done.returncode == 4
        assert "arm" in done.stderr
        assert "Traceback" not in done.stderr


def test_without_a_rig_inject_says_so(tmp_path: Path) -> None:
    """Exit code 2, and the command that helps."""
    done = inject(tmp_path, "market_ws", "freeze")
    assert done.returncode == 2
    assert "downtick up" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--arm", "market"), "market_ws"),
        (("--profile", "streaming/market-feed-reste"), "market-feed-reset"),
        (("--time-scale", "0"), "0"),
    ],
)
def test_bad_input_starts_nothing(arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    """One clear message, exit code 2, and no run folder was made."""
    done = subprocess.run(
        [*DOWNTICK, "up", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), **_cache()},
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
