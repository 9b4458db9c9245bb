"""The keys of a rig: a bot finds them in its environment, and nothing that is kept has them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import connect

from downtick.arena.host import shared_arena
from downtick.exchange.auth import sign
from downtick.exchange.auth.keys import Keys, make_keys, process_keys
from downtick.exchange.auth.secret import Secret
from downtick.rig import Rig

pytestmark = pytest.mark.integration

A_BOT = """
import json, os, ssl, urllib.request
import requests

url = os.environ["DOWNTICK_REST_TLS_URL"] + "/time"
with urllib.request.urlopen(url) as answer:
    by_openssl = answer.status
by_requests = requests.get(url, timeout=10).status_code
print(json.dumps([by_openssl, by_requests, os.environ["COINBASE_API_KEY"], os.environ["COINBASE_API_SECRET"]]))
"""


OWN = replace(process_keys(), es256=make_keys().es256)


async def test_a_bot_finds_its_keys_and_whom_to_trust_in_its_environment(rig: Rig) -> None:
    """Without a setting of its own: TLS is verified, and the key is the rig's."""
    environment = {"PATH": os.environ["PATH"], **rig.endpoints.environment()}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", A_BOT],
        capture_output=True,
        text=True,
        env=environment,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    key = rig.keys.es256
    assert json.loads(done.stdout) == [200, 200, key.name, key.secret.reveal()]


@pytest.mark.toxics(keys=OWN)
def test_a_rig_can_be_given_keys(rig: Rig) -> None:
    """Those of a bot that cannot be told others."""
    assert rig.keys is OWN
    assert rig.endpoints.environment()["COINBASE_API_KEY"] == OWN.es256.name


async def test_nothing_that_is_kept_has_a_secret_in_it(rig: Rig) -> None:
    """Not the history, nor a log or any other file of the run, whatever a client sends and to which door."""
    keys, planted = rig.keys, "planted-7f3a-secret"
    tokens = [sign.token(key) for key in (keys.es256, keys.ed25519, keys.read_only)]
    mixed_up = sign.token(keys.es256, header={"kid": planted}, claims={"iss": planted})
    login = sign.exchange_subscription(keys.exchange)
    headers: list[dict[str, str]] = [
        *({"Authorization": f"Bearer {token}"} for token in (*tokens, mixed_up, planted)),
        {"Authorization": planted},
        sign.exchange_headers(keys.exchange, "GET", "/api/v3/brokerage/accounts"),
        {**sign.exchange_headers(keys.exchange, "GET", "/x"), "CB-ACCESS-PASSPHRASE": planted},
    ]
    async with aiohttp.ClientSession() as client:
        for header in headers:
            async with client.get(f"{rig.endpoints.rest}/accounts", headers=header) as answer:
                assert planted not in await answer.text()
    subscriptions: list[dict[str, Any]] = [
        *({"channel": "user", "jwt": token} for token in (*tokens, mixed_up, planted)),
        {"channels": ["user"], "product_ids": ["BTC-USD"], **login},
        {"channels": ["user"], "product_ids": ["BTC-USD"], **login, "passphrase": planted},
    ]
    for url in (rig.endpoints.market_ws, rig.endpoints.user_ws):
        async with connect(url, proxy=None) as feed:
            for message in subscriptions:
                await feed.send(json.dumps({"type": "subscribe", **message}))
                assert planted not in str(await feed.recv())
    await rig.until("request", within=20)

    secrets = [planted, *(part for token in (*tokens, mixed_up) for part in token.split(".")[1:])]
    secrets += [login["signature"], *secrets_of(keys)]
    kept = [b"".join(rig.history_lines()), f"{rig.endpoints!r}{rig.keys!r}".encode()]
    folder = shared_arena().folder
    kept += [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(kept) > 4
    assert [text for text in secrets for held in kept if text.encode() in held] == []


def secrets_of(keys: Keys) -> list[str]:
    """Return of every secret text its first characters: those of private keys end with their public half."""
    texts: list[Secret] = [keys.exchange.secret, keys.exchange.passphrase]
    for key in (keys.es256, keys.ed25519, keys.read_only):
        texts += [key.secret, key.pem]
    lines = [line for text in texts for line in text.reveal().splitlines()[:2]]
    return [line[:40] for line in lines if not line.startswith("-----")]
