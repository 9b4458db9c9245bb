"""What the stub answers over REST, against what Coinbase is known to answer: names, kinds, spellings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from chaos_tests.brokerages.contracts import calls
from chaos_tests.brokerages.contracts.notation import Contract
from chaos_tests.brokerages.contracts.record_sandbox import CONTRACT, asking, compare
from downtick.exchange.auth.sign import bearer
from downtick.rig import Rig

pytestmark = [pytest.mark.integration, pytest.mark.brokerages]

PRODUCT = "BTC-USD"
FUTURE = "BIT-26DEC26-CDE"


class _Signed(requests.auth.AuthBase):
    """Signs each request with the rig's key."""

    def __init__(self, rig: Rig) -> None:
        self._key = rig.keys.es256

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        assert request.method
        assert request.url
        path = urlsplit(request.url).path
        request.headers.update(bearer(self._key, request.method, path))
        return request


@pytest.fixture
def ask(rig: Rig) -> Iterator[calls.Ask]:
    """Return what asks the stub through the link, over TLS, with a token for each request."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = rig.endpoints.ca_file
        session.auth = _Signed(rig)
        yield asking(rig.endpoints.rest_tls, session)


@pytest.mark.toxics(exchange={"products": (PRODUCT, FUTURE)})
def test_every_answer_is_like_coinbases(ask: calls.Ask) -> None:
    """One session that lists, places, edits, cancels and looks up sees every answer of the contract, and no other."""
    contract = Contract(CONTRACT)
    said = [
        *calls.public(ask, PRODUCT),
        calls.candles(ask, PRODUCT),
        *calls.orders(ask, PRODUCT),
        *calls.futures(ask, FUTURE),
    ]
    violations = {
        f"{one.name} ({one.asked}): {one.status}": found
        for one in said
        if (found := contract.violations(one.name, one.answer))
    }
    assert not violations
    assert {one.name for one in said} == set(contract.names)
    assert {one.status for one in said if one.name != "GET /unknown"} == {200}


def test_the_session_did_what_it_asked_for(ask: calls.Ask, rig: Rig) -> None:
    """The contract is about orders that were really placed, edited, cancelled and matched."""
    said = list(calls.orders(ask, PRODUCT))
    fills = said[-1].answer["fills"]
    assert {fill["side"] for fill in fills} == {"BUY", "SELL"}
    assert [one.answer["success"] for one in said if one.name == "POST /orders"] == [
        True,
        True,
        True,
        False,
    ]
    changes = [event["change"] for event in rig.history.select("ledger")]
    assert changes.count("accepted") == 3
    assert changes.count("edited") == 1
    assert changes.count("matched") == len(fills)


def test_the_sandbox_is_compared_field_by_field(ask: calls.Ask) -> None:
    """A sandbox that answers otherwise is told apart: here it is the stub with a member taken away and one changed."""

    def other(method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        status, answer = ask(method, path, body)
        if path.startswith("/accounts?"):
            del answer["accounts"][0]["ready"]
            answer["size"] = str(answer["size"])
        return status, answer

    lines = list(compare(calls.orders(ask, PRODUCT), calls.orders(other, PRODUCT)))
    assert "  $.accounts[0].ready: only the stub has it" in lines
    assert "  $.size: integer here, number there" in lines
    assert len([line for line in lines if line.startswith("  $")]) == 2
