"""``downtick run``: bots that know nothing of downtick are played to, and judged by what they did."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from chaos_tests.rig.leftovers import Traces
from downtick.history import History

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

TICKS = """\
name: tiny-loss
title: A frame comes twice, and the feed is closed once
run: {warm_up: 20s, for: 5s, settle: 2s}
steps:
  - {at: 500ms, exchange: duplicate_frame}
  - {at: 3s, link: market_ws, fault: close}
expect: [no_lost_or_doubled_ticks]
"""

TALKER = """
import json, os, sys, time
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

def tell(**event):
    with open(os.environ["DOWNTICK_EVENTS"], "a") as events:
        events.write(json.dumps({"at": time.monotonic(), **event}) + "\\n")

tell(event="note", text="my key is " + os.environ["PLANTED_TOKEN"])
tell(event="mode_changed", mode="trading")
if "--mumbles" in sys.argv:
    tell(event="mumble")
while True:
    try:
        with connect(sys.argv[1], proxy=None, compression=None) as feed:
            products = ["BTC-USD", "ETH-USD"]
            message = {"type": "subscribe", "channel": "ticker", "product_ids": products}
            feed.send(json.dumps(message))
            last = -1
            for frame in map(json.loads, feed):
                number, channel = frame["sequence_num"], frame["channel"]
                if channel != "ticker" or (number <= last and "--doubles" not in sys.argv):
                    continue
                last = number
                if "--loses" in sys.argv and number % 5 == 0:
                    continue
                for ticker in frame["events"][0]["tickers"]:
                    product = ticker["product_id"]
                    tell(event="tick", channel=channel, product_id=product, sequence_num=number)
    except (OSError, WebSocketException):
        time.sleep(0.05)
"""


def run(
    folder: Path, traces: Traces, *words: str, profile: str = PROFILE, bot: str = BOT
) -> subprocess.CompletedProcess[str]:
    """Play the profile to the bot, in a folder."""
    (folder / "tiny-loss.yaml").write_text(profile, encoding="utf-8")
    (folder / "bot.py").write_text(bot, encoding="utf-8")
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


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 0, "-USD were processed, each once"),
        (("--doubles",), 1, "-USD was processed twice"),
        (("--mumbles",), 3, "some of the bot's events could not be read, and may say more"),
    ],
)
def test_a_bot_that_tells_of_its_ticks_is_held_to_them(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    """Its events stand in the history with everything else, and no secret among them."""
    traces = Traces(tmp_path_factory.mktemp("run"))
    done = run(tmp_path, traces, *words, profile=TICKS, bot=TALKER)
    ended = time.monotonic()
    assert done.returncode == code, done.stdout + done.stderr
    findings = [line for line in done.stdout.splitlines() if "_doubled_ticks: " in line]
    assert said in findings[-1]
    assert ("event: found 'mumble'; allowed: tick," in done.stdout) == ("--mumbles" in words)
    _, history = History.from_jsonl(
        (tmp_path / ".downtick" / "runs" / "tiny-loss.jsonl").read_bytes()
    )
    told = [event for event in history if event.source == "bot"]
    assert [event.kind for event in told[:2]] == ["note", "mode_changed"]
    assert told[0]["text"] == "my key is <removed>"
    assert len([event for event in told if event.kind == "tick"]) > 10
    assert [event.at for event in told] == sorted(event.at for event in told)
    traces.gone_after(ended)


@pytest.mark.skipif(sys.platform != "linux", reason="nobody sees here what a bot has read")
def test_a_bot_that_loses_what_it_read_fails(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The kernel saw that it had read them."""
    traces = Traces(tmp_path_factory.mktemp("run"))
    done = run(tmp_path, traces, "--loses", profile=TICKS, bot=TALKER)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "-USD was read and never processed" in done.stdout
