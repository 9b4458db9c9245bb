"""Bots of three languages, a page each, are played to by ``downtick run``, and judged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chaos_tests.clients.running import ROOT, WITHIN

pytestmark = [pytest.mark.integration, pytest.mark.clients]

EXAMPLES = ROOT / "examples"

LOSS = """\
name: loss
title: The feed is closed once
run: {warm_up: 20s, for: 4s, settle: 1s}
steps:
  - {at: 500ms, link: market_ws, fault: close}
expect: [resubscribes, {reconnects: {within: 3s}}, stays_alive, {stops_cleanly: {within: 3s}}]
"""

REFUSAL = """\
name: refusal
title: Every request is answered 503
run: {warm_up: 20s, for: 4s, settle: 3s}
steps:
  - {at: 500ms, for: 1s, exchange: http_error, attributes: {status: 503}}
expect: [stays_alive, {stops_cleanly: {within: 3s}}]
"""


def run(folder: Path, profile: str, *bot: str) -> str:
    """Play a profile to a bot, and return what is said of it. It must pass."""
    (folder / "profile.yaml").write_text(profile, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "downtick", "run", "profile.yaml", "--", *bot],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS" in done.stdout
    (log,) = (folder / ".downtick" / "runs").glob("*.log")
    return log.read_text(encoding="utf-8")


@pytest.mark.clients("examples/feed.mjs")
def test_a_feed_in_node_comes_back(tmp_path: Path) -> None:
    """With Node's own WebSocket."""
    bot = ("node", "--experimental-websocket", str(EXAMPLES / "feed.mjs"), "{market_ws_url}")
    prices(run(tmp_path, LOSS, *bot))


@pytest.mark.clients("examples/poller.go")
def test_a_poller_in_go_lives_through_refusals(tmp_path: Path) -> None:
    """With Go's standard library."""
    poller = str(tmp_path / "poller")
    subprocess.run(["go", "build", "-o", poller, EXAMPLES / "poller.go"], check=True)
    said = run(tmp_path, REFUSAL, poller, "{rest_url}")
    assert "no price: 503" in said
    prices(said)


@pytest.mark.clients("examples/poller.sh")
def test_a_poller_in_shell_lives_through_refusals(tmp_path: Path) -> None:
    """With curl."""
    said = run(tmp_path, REFUSAL, "sh", str(EXAMPLES / "poller.sh"), "{rest_url}")
    assert "503" in said
    prices(said)


def prices(said: str) -> None:
    """See that a bot told prices, before and after."""
    told = [line for line in said.splitlines() if line.replace(".", "", 1).isdigit()]
    assert len(told) > 5
