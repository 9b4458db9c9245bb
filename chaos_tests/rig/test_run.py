"""``downtick run``: bots that know nothing of downtick are played to, and judged by what they did."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from chaos_tests.rig.leftovers import Traces

pytestmark = pytest.mark.integration

PROFILE = """\
name: tiny-loss
title: The feed is closed once
run: {warm_up: 20s, for: 4s, settle: 1s}
steps:
  - {at: 500ms, link: market_ws, fault: close}
expect: [resubscribes, {reconnects: {within: 3s}}]
"""

NO_OP = """\
name: tiny-loss
title: A direction in which nothing flows
run: {warm_up: 20s, for: 4s, settle: 1s}
steps:
  - {at: 500ms, link: market_ws, fault: close}
  - {at: 2s, for: 1s, link: market_ws, toxic: latency, attributes: {latency: 300}, stream: upstream}
expect: [resubscribes]
"""

BOT = """
import json, os, sys, time
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
print(os.environ["DOWNTICK_API_SECRET"].splitlines()[1], os.environ["PLANTED_TOKEN"], flush=True)
subscribes = True
while True:
    try:
        with connect(sys.argv[1], proxy=None, compression=None) as feed:
            if subscribes:
                message = {"type": "subscribe", "channel": "ticker", "product_ids": ["BTC-USD"]}
                feed.send(json.dumps(message))
            for frame in feed:
                pass
    except (OSError, WebSocketException):  # closed, or refused while the link closes
        time.sleep(0.05)
    subscribes = "--forgetful" not in sys.argv
"""


def run(
    folder: Path, traces: Traces, *words: str, profile: str = PROFILE
) -> subprocess.CompletedProcess[str]:
    """Play the profile to the bot, in a folder."""
    (folder / "tiny-loss.yaml").write_text(profile, encoding="utf-8")
    (folder / "bot.py").write_text(BOT, encoding="utf-8")
    command = (sys.executable, "-m", "downtick", "run", "tiny-loss.yaml", "--")
    return subprocess.run(
        [*command, sys.executable, "bot.py", "{market_ws_url}", *words],
        cwd=folder,
        env=dict(traces.environment) | {"PLANTED_TOKEN": "planted in the environment"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_bot_that_does_as_it_should_passes(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Exit code 0, the fault proven; nothing is left of it but history and output, and no secret in either."""
    traces = Traces(tmp_path_factory.mktemp("run"))
    done = run(tmp_path, traces)
    ended = time.monotonic()
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "PASS  tiny-loss" in lines
    assert [line for line in lines if line.startswith("holds          resubscribes: ")]
    assert [line for line in lines if line.startswith("bit            close on market_ws: ")]
    if sys.platform == "linux":
        assert "bit            close on market_ws: of 1 connection: 1 met a FIN" in lines
        assert [line for line in lines if line.startswith("holds          reconnects: ")]
    kept = {path.suffix: path for path in (tmp_path / ".downtick" / "runs").iterdir()}
    assert set(kept) == {".jsonl", ".log"}
    assert kept[".log"].read_text(encoding="utf-8") == "<removed> <removed>\n"
    assert "planted in" not in kept[".jsonl"].read_text(encoding="utf-8") + done.stdout
    assert kept[".jsonl"].stat().st_size > 1000
    traces.gone_after(ended)


def test_a_bot_that_forgets_what_it_subscribed_to_fails(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Exit code 1, and a sentence that says what is missing."""
    done = run(tmp_path, Traces(tmp_path_factory.mktemp("run")), "--forgetful")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL  tiny-loss" in done.stdout
    assert "ticker" in done.stdout.split("FAIL  tiny-loss")[1].splitlines()[1]


def test_a_fault_that_does_nothing_never_bit(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A toxic on the direction in which nothing flows: no PASS, whatever the bot did."""
    done = run(tmp_path, Traces(tmp_path_factory.mktemp("run")), profile=NO_OP)
    assert done.returncode == 3, done.stdout + done.stderr
    faults = [line for line in done.stdout.splitlines() if " latency on market_ws: " in line]
    assert faults
    assert not [line for line in faults if line.startswith("bit ")]
