"""The recorded answers, registered with the library `responses`: whoever uses `requests` meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, urlsplit

import requests
import responses

from tests.bot_v2.recordings.recording import Recorded, kept

HOST: Final = "https://api.coinbase.com"
"""As the test plan has it. Nothing is ever sent there: what is not registered is a connection error."""


def register(mocked: responses.RequestsMock) -> None:
    """Let each recorded request be answered as it was."""
    for each in kept():
        mocked.add(
            each.method,
            HOST + each.path,
            json=each.answer,
            status=each.status,
            match=[_asks_for(each)],
        )


def _asks_for(recorded: Recorded) -> Callable[[requests.PreparedRequest], tuple[bool, str]]:
    def match(request: requests.PreparedRequest) -> tuple[bool, str]:
        states = parse_qs(urlsplit(str(request.url)).query).get("order_status", [])
        body = json.loads(request.body) if request.body else {}
        same = (states, body.get("client_order_id")) == (recorded.order_status, recorded.asked)
        return same, f"recorded for {recorded.order_status} {recorded.asked}"

    return match
