"""`downtick incident` plays an incident to a bot in the foreground, and takes everything down with itself."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos_tests.rig.leftovers import Traces

pytestmark = pytest.mark.integration

INCIDENT = [sys.executable, "-c", "from downtick.cli import main; main()", "incident"]

PROFILE = """\
name: tiny
title: A tiny incident of half a minute
incident:
  start: 2024-05-14T04:00Z
  compression: 60
  phases:
    - {at: 2024-05-14T04:00Z, evidence: inferred, what: Calm}
    - {at: 2024-05-14T04:01Z, evidence: reported, what: All fails}
  sources: [nobody]
run: {warm_up: 20s, for: LENGTH, settle: 100ms}
steps:
  - {at: 1s, for: 500ms, exchange: http_error, attributes: {status: 503}}
"""

BOT = """
import os, time, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
print("scale", os.environ["DOWNTICK_TIME_SCALE"], flush=True)
while True:
    try:
        opener.open(os.environ["DOWNTICK_REST_URL"] + "/time").close()
    except urllib.error.HTTPError as error:
        print("answered", error.code, flush=True)
    time.sleep(0.02)
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Return the file of an incident of two seconds."""
    path = tmp_path / "tiny.yaml"
    path.write_text(PROFILE.replace("LENGTH", "2s"), encoding="utf-8")
    return path


@contextlib.contextmanager
def playing(profile: Path, traces: Traces) -> Iterator[subprocess.Popen[str]]:
    """Play a profile to the bot until the block ends."""
    log = profile.with_name("bot.log")
    process = subprocess.Popen(
        [*INCIDENT, str(profile), "--log", str(log), "--", sys.executable, "-c", BOT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(traces.environment),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_an_incident_is_played_to_its_end_by_its_own_clock(
    profile: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Phases, faults, what the bot met; then the bot is asked to end, and nothing is left."""
    traces = Traces(tmp_path_factory.mktemp("incident"))
    with playing(profile, traces) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    lines = out.splitlines()
    assert "tiny: A tiny incident of half a minute (60 times as fast as then)" in lines
    told = [line for line in lines if line.startswith("2024-05-14 04:0")]
    assert told[0] == "2024-05-14 04:00:00Z  phase begins (inferred): Calm"
    assert "2024-05-14 04:01:00Z  phase begins (reported): All fails" in told
    assert [line for line in told if "fault on: http_error (status 503)" in line]
    assert [line for line in told if "fault off: http_error" in line]
    assert "answered 503)" in told[-1]
    assert lines[-1].startswith("the bot ended ")
    assert lines[-1].endswith("after SIGTERM, with exit code 143")
    bot = profile.with_name("bot.log").read_text(encoding="utf-8").splitlines()
    assert bot[0] == "scale 1"
    assert "answered 503" in bot
    traces.gone_after(time.monotonic())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whoever_ends_it_takes_all_down(
    number: signal.Signals, profile: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Ctrl-C in the midst of it, or worse: rig and bot are gone."""
    traces = Traces(tmp_path_factory.mktemp("incident"))
    profile.write_text(PROFILE.replace("LENGTH", "60s"), encoding="utf-8")
    with playing(profile, traces) as process:
        assert process.stdout is not None
        while "Calm" not in process.stdout.readline():
            assert process.poll() is None
        ended = time.monotonic()
        process.send_signal(number)
        process.wait(30)
        traces.gone_after(ended if number == signal.SIGKILL else time.monotonic())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("2024-05-14-outrage",), "did you mean `2024-05-14-outage`?"),
        (("2024-05-14-outage", "--", "no-such-bot"), "no-such-bot: there is no such program"),
    ],
)
def test_bad_input_starts_nothing(
    arguments: tuple[str, ...], told: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One clear message, exit code 2, and no run folder was made."""
    traces = Traces(tmp_path_factory.mktemp("incident"))
    done = subprocess.run(
        [*INCIDENT, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=dict(traces.environment),
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert traces.files() == []
