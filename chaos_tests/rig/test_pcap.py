"""``downtick run --pcap``: what goes over a link is kept, for its owner alone, and no word of it anywhere else."""

from __future__ import annotations

import json
import os
import socket
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from downtick.witness.packets import why_not

pytestmark = pytest.mark.integration

PROFILE = """\
name: tiny-loss
title: The feed is closed once
run: {warm_up: 20s, for: 2s, settle: 1s}
steps:
  - {at: 500ms, link: market_ws, fault: close}
expect: [resubscribes]
"""

BOT = """
import json, ssl, sys, time
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
print(sys.argv[1], flush=True)
trusted = ssl.create_default_context()
while True:
    try:
        with connect(sys.argv[1], ssl=trusted, proxy=None, compression=None) as feed:
            message = {"type": "subscribe", "channel": "ticker", "product_ids": ["BTC-USD"]}
            feed.send(json.dumps(message))
            for frame in feed:
                pass
    except (OSError, WebSocketException):
        time.sleep(0.05)
"""

BOT_COMMAND = ("--", sys.executable, "bot.py", "{market_wss_url}")

FORBIDDING = """
import socket
Allowed = socket.socket
class Forbidding(Allowed):
    def __init__(self, family=-1, *arguments, **named):
        if family == socket.AF_PACKET:
            raise PermissionError(1, "Operation not permitted")
        super().__init__(family, *arguments, **named)
socket.socket = Forbidding
"""


def run(folder: Path, **environment: str) -> str:
    """Play the profile to a bot that speaks TLS, in a folder, and return what is said. It must pass."""
    (folder / "tiny-loss.yaml").write_text(PROFILE, encoding="utf-8")
    (folder / "bot.py").write_text(BOT, encoding="utf-8")
    words = ("tiny-loss.yaml", "--pcap", "--report", "report")
    done = subprocess.run(
        [sys.executable, "-m", "downtick", "run", *words, *BOT_COMMAND],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def packets(capture: bytes) -> Iterator[bytes]:
    """Yield what a capture holds."""
    magic, *_, kind = struct.unpack_from("<IHHIIII", capture)
    assert (magic, kind) == (0xA1B23C4D, 101)
    place = 24
    while place < len(capture):
        seconds, nanoseconds, kept, length = struct.unpack_from("<IIII", capture, place)
        assert seconds > 1_700_000_000
        assert nanoseconds < 1_000_000_000
        assert kept == length
        place += 16
        yield capture[place : place + kept]
        place += kept
    assert place == len(capture)


def ends(packet: bytes) -> set[tuple[str, int]]:
    """Return where a TCP packet comes from and where it goes."""
    assert packet[9] == socket.IPPROTO_TCP
    head = 4 * (packet[0] & 0xF)
    source, destination = struct.unpack_from("!HH", packet, head)
    return {
        (socket.inet_ntoa(packet[12:16]), source),
        (socket.inet_ntoa(packet[16:20]), destination),
    }


def payload(packet: bytes) -> bytes:
    """Return what a TCP packet carries."""
    head = 4 * (packet[0] & 0xF)
    return packet[head + 4 * (packet[head + 12] >> 4) :]


@pytest.mark.skipif(why_not() is not None, reason=f"no capture here: {why_not()}")
def test_each_link_has_its_packets_and_the_keys_to_them_are_there(tmp_path: Path) -> None:
    """Of that link only, on both sides of Toxiproxy, each once; and only their owner may read them."""
    said = run(tmp_path)
    kept = {path.name: path for path in (tmp_path / ".downtick" / "runs").iterdir()}
    secret = {f"tiny-loss.{of}" for of in ("rest.pcap", "market_ws.pcap", "user_ws.pcap")}
    secret.add("tiny-loss.keys.log")
    assert set(kept) == {"tiny-loss.jsonl", "tiny-loss.log"} | secret
    assert {stat.S_IMODE(kept[name].stat().st_mode) for name in secret} == {0o600}
    assert [*packets(kept["tiny-loss.rest.pcap"].read_bytes())] == []  # nobody used it

    found = [*packets(kept["tiny-loss.market_ws.pcap"].read_bytes())]
    numbered = [packet for packet in found if packet[4:6] != b"\0\0"]
    assert len(numbered) == len(set(numbered)) > 50
    address = kept["tiny-loss.log"].read_text(encoding="utf-8").split("/")[2]
    host, port = address.split(":")
    link = (host, int(port))
    before = [packet for packet in found if link in ends(packet)]
    behind = [packet for packet in found if link not in ends(packet)]
    assert before
    assert len(set.intersection(*map(ends, behind))) == 1  # the exchange's own door

    keys = kept["tiny-loss.keys.log"].read_text(encoding="utf-8").splitlines()
    named = [line.split() for line in keys if line.startswith("CLIENT_")]
    greeted = {
        payload(packet)[11:43].hex() for packet in before if payload(packet)[:6:5] == b"\x16\x01"
    }
    assert greeted
    assert greeted <= {random for _, random, _ in named}  # RFC 8446, 4.1.2: of the ClientHello

    history = kept["tiny-loss.jsonl"].read_text(encoding="utf-8")
    page = (tmp_path / "report" / "tiny-loss.html").read_text(encoding="utf-8")
    for text in (history, page, said):
        assert not [key for _, _, key in named if key in text]
    for text in (page, said):
        assert "SECRET" in text
        assert all(name in text for name in secret)
    (ended,) = (event for event in map(json.loads, history.splitlines()) if "counts" in str(event))
    assert f"'market_ws': {{'packets': {len(found)}, 'dropped': 0}}" in str(ended)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody can capture anyway")
def test_without_permission_the_run_goes_on(tmp_path: Path) -> None:
    """It says why there are no captures, and leaves no file of them."""
    (tmp_path / "sitecustomize.py").write_text(FORBIDDING, encoding="utf-8")
    said = run(tmp_path, PYTHONPATH=str(tmp_path))
    reason = "no capture: raw sockets need root or CAP_NET_RAW"
    assert said.count(reason) == 1
    assert reason in (tmp_path / "report" / "tiny-loss.html").read_text(encoding="utf-8")
    kept = {path.suffix for path in (tmp_path / ".downtick" / "runs").iterdir()}
    assert kept == {".jsonl", ".log"}
