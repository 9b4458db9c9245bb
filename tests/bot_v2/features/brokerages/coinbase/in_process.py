"""The stub's own routes behind the bot's REST client, without sockets: bot and stub cannot drift apart unseen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from bot_v2.features.brokerages.coinbase.rest.attempt import Attempt
from bot_v2.features.brokerages.coinbase.rest.call import Answer, Call
from bot_v2.features.brokerages.coinbase.rest.client import RestClient
from bot_v2.features.brokerages.coinbase.rest.pace import Rate
from bot_v2.features.brokerages.coinbase.rest.settings import RestSettings
from tests.exchange.brokerage.site import BASE, Site
from tests.exchange.pro.floor import Floor

Told = tuple[int, Mapping[str, str], bytes]
Ask = Callable[[str, Any], Told]
Twist = Callable[[Any], Any]


def of_site(site: Site) -> Ask:
    """Return what asks Advanced Trade."""

    def ask(line: str, body: Any) -> Told:
        told = site.answer(line.replace(BASE, "", 1), body)
        return told.status, {}, told.body

    return ask


def of_floor(floor: Floor) -> Ask:
    """Return what asks the Exchange dialect."""

    def ask(line: str, body: Any) -> Told:
        told = floor.answer(line, body)
        return told.answer.status, told.headers, told.answer.body

    return ask


class InProcess:
    """Carries requests to the stub's routes.

    Args:
        ask: the routes.

    Attributes:
        lines: what was asked: ``GET /orders?limit=1``.
        instead: answers in the stub's place, by the beginning of the line; each is used up.
        twists: change the JSON of an answer, by the beginning of the line.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.lines: list[str] = []
        self.instead: list[tuple[str, Answer]] = []
        self.twists: dict[str, Twist] = {}

    def carry(self, call: Call, attempt: Attempt) -> Answer:
        """Ask."""
        query = f"?{urlencode(call.query)}" if call.query else ""
        line = f"{call.method} {call.path}{query}"
        self.lines.append(line)
        for n, (start, answer) in enumerate(self.instead):
            if line.startswith(start):
                del self.instead[n]
                return answer
        status, headers, body = self._ask(line, call.body)
        data = json.loads(body, parse_float=Decimal)
        for start, twist in self.twists.items():
            if line.startswith(start):
                data = twist(data)
        return Answer(status, {name.lower(): value for name, value in headers.items()}, data)

    def close(self) -> None:
        """Nothing is open."""


def client(wire: InProcess, **settings: Any) -> RestClient:
    """Return a client that is impatient: what fails here fails at once."""
    enough = Rate(10**6, 10**6)
    patience = {"call_timeout": 0.5, "retry_first": 0.4, "retry_cap": 0.4, **settings}
    return RestClient(wire, RestSettings(**patience), {"private": enough, "public": enough}, seed=1)


def without(key: str) -> Twist:
    """Return what takes a member away, wherever it stands."""

    def twist(data: Any) -> Any:
        if isinstance(data, list):
            return [twist(each) for each in data]
        if isinstance(data, dict):
            return {name: twist(value) for name, value in data.items() if name != key}
        return data

    return twist
