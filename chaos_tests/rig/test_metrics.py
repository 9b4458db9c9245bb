"""A bot's page for Prometheus is read while a profile is played to it, and stops no run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from chaos_tests.rig.test_run import BOT
from downtick.rig import Rig

pytestmark = pytest.mark.integration

PROFILE = """\
name: tiny-loss
title: The feed is closed once
run: {warm_up: 30s, for: 10s, settle: 2s}
steps:
  - {at: 500ms, link: market_ws, fault: close}
expect: [resubscribes]
"""

COUNTS = """
import http.server, itertools, threading, time
class Page(http.server.BaseHTTPRequestHandler):
    asked = itertools.count(1)
    def do_GET(self):
        if "--hangs" in sys.argv:
            time.sleep(3600)
        page = f'asked_total{{key="{os.environ["PLANTED_TOKEN"]}"}} {next(self.asked)}\\nmode 1\\n'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
    def log_message(self, *words):
        pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()
"""


@pytest.fixture
def bot(tmp_path: Path) -> str:
    """Return a bot that has a page."""
    script = tmp_path / "bot.py"
    begins, goes_on = BOT.split("subscribes = True\n", 1)
    script.write_text(f"{begins}{COUNTS}subscribes = True\n{goes_on}", encoding="utf-8")
    return str(script)


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """Return a profile: the feed is closed once."""
    file = tmp_path / "tiny-loss.yaml"
    file.write_text(PROFILE, encoding="utf-8")
    return str(file)


async def test_what_a_bot_counts_stands_in_the_history(
    rig: Rig, profile: str, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has changed at each reading, and no secret."""
    monkeypatch.setenv("PLANTED_TOKEN", "planted in the environment")
    command = (sys.executable, bot, "{market_ws_url}", "{metrics_port}")
    judged = await rig.run(profile, command)
    judged.assert_pass()
    told = [event["values"] for event in judged.history if event.kind == "metrics"]
    name = 'asked_total{key="<removed>"}'
    assert told[0] == {name: 1.0, "mode": 1.0}
    assert told[1:] == [{name: n + 2.0} for n in range(len(told) - 1)]
    assert len(told) > 2


async def test_a_page_that_hangs_holds_nobody_up(
    rig: Rig, profile: str, bot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot is judged as if it had none."""
    monkeypatch.setenv("PLANTED_TOKEN", "planted in the environment")
    judged = await rig.run(
        profile, (sys.executable, bot, "{market_ws_url}", "{metrics_port}", "--hangs")
    )
    judged.assert_pass()
    assert not [event for event in judged.history if event.kind == "metrics"]
