from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from downtick.exchange.auth.hmac import HmacVerifier, signature
from downtick.exchange.auth.keys import HmacKey, KeyRing
from downtick.exchange.auth.secret import Secret
from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.pro.rest import ProRest, find
from downtick.exchange.rate_limits import Limit, RateLimiter, RestLimits
from downtick.exchange.rest import Admitted
from tests.exchange.pro.floor import Floor

KEY = HmacKey("key", Secret("AAECAwQFBgc="), Secret("open sesame"))
VIEWER = HmacKey("viewer", Secret("AAECAwQFBgc="), Secret("look"), frozenset({"view"}))
NOW = 1_700_000_000.0


class Desk:
    """The dialect's door, and what it journalled."""

    def __init__(self, limiter: RateLimiter | None = None, *, check: bool = True) -> None:
        self.journal: list[dict[str, Any]] = []
        ring = KeyRing((), (KEY, VIEWER))
        verifier = HmacVerifier(ring, check=check, clock=lambda: NOW)
        flow = Floor().publisher.flow
        self.rest = ProRest(verifier, limiter, flow, self._record)

    def admit(self, call: Call) -> Admitted | HttpAnswer:
        """Return what becomes of a request."""
        return self.rest.admit(call)

    def refused(self, call: Call) -> tuple[int, str]:
        """Return the status and the message that a request is refused with."""
        outcome = self.admit(call)
        assert isinstance(outcome, HttpAnswer)
        return outcome.answer.status, json.loads(outcome.answer.body)["message"]

    def _record(self, kind: str, **data: Any) -> None:
        self.journal.append({"kind": kind, **data})


def _call(method: str, target: str, body: bytes = b"", headers: Any = ()) -> Call:
    path = target.partition("?")[0]
    return Call(1, 2, method, path, headers=CIMultiDict(headers), body=body, target=target)


def _signed(
    method: str,
    target: str,
    body: bytes = b"",
    key: HmacKey = KEY,
    more: Any = MappingProxyType({}),
) -> Call:
    headers = {
        "CB-ACCESS-KEY": key.key,
        "CB-ACCESS-SIGN": signature(key, str(NOW), method, target, body),
        "CB-ACCESS-TIMESTAMP": str(NOW),
        "CB-ACCESS-PASSPHRASE": key.passphrase.reveal(),
    }
    return _call(method, target, body, {**headers, **more})


@pytest.mark.parametrize(
    "target",
    ["/time", "/products", "/products/X/book?level=2", "/currencies", "/products/X/candles"],
)
def test_what_is_public_needs_no_signature(target: str) -> None:
    """Nor is one looked at."""
    assert isinstance(Desk().admit(_call("GET", target)), Admitted)
    assert isinstance(Desk().admit(_call("HEAD", target)), Admitted)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/accounts"),
        ("GET", "/orders?status=open&status=active"),
        ("GET", "/fills?product_id=BTC-USD"),
        ("GET", "/fees"),
        ("GET", "/profiles"),
        ("POST", "/orders"),
        ("DELETE", "/orders/client:7?product_id=BTC-USD"),
        ("DELETE", "/orders"),
    ],
)
def test_what_is_the_users_needs_a_signature_of_every_letter(method: str, target: str) -> None:
    """Of path and query as they were sent, and of the body."""
    desk = Desk()
    assert isinstance(desk.admit(_signed(method, target, b"{}")), Admitted)
    assert desk.refused(_call(method, target)) == (401, "CB-ACCESS-KEY header is required")
    other = _signed(method, target + "x", b"{}")
    assert desk.refused(_call(method, target, b"{}", other.headers)) == (401, "invalid signature")
    assert [event["kind"] for event in desk.journal] == ["auth_refused"] * 2
    assert isinstance(Desk(check=False).admit(_call(method, target)), Admitted)


@pytest.mark.parametrize(
    ("header", "value", "words"),
    [
        ("CB-ACCESS-KEY", "nobody", "Invalid API Key"),
        ("CB-ACCESS-PASSPHRASE", "open barley", "Invalid Passphrase"),
        ("CB-ACCESS-TIMESTAMP", str(NOW - 31), "request timestamp expired"),
    ],
)
def test_a_wrong_header_has_its_message(header: str, value: str, words: str) -> None:
    """Coinbase's."""
    assert Desk().refused(_signed("GET", "/accounts", more={header: value})) == (401, words)


@pytest.mark.parametrize(
    ("method", "target"), [("POST", "/orders"), ("DELETE", "/orders"), ("DELETE", "/orders/7")]
)
def test_who_may_only_look_may_not_trade(method: str, target: str) -> None:
    """The key is known, and lacks a permission."""
    desk = Desk()
    assert isinstance(desk.admit(_signed("GET", "/orders", key=VIEWER)), Admitted)
    assert desk.refused(_signed(method, target, key=VIEWER)) == (403, "Forbidden")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nowhere"), ("PUT", "/orders"), ("POST", "/accounts"), ("GET", "/")],
)
def test_a_path_that_there_is_not(method: str, path: str) -> None:
    """Also with a method that it does not know."""
    assert Desk().refused(_call(method, path)) == (404, "Route not found")


def test_a_path_of_advanced_trade_is_none_here_and_the_journal_says_why() -> None:
    """The client gets what Coinbase would answer."""
    desk = Desk()
    assert desk.refused(_call("GET", "/api/v3/brokerage/accounts")) == (404, "Route not found")
    (event,) = desk.journal
    assert event["kind"] == "wrong_dialect"
    assert event["reason"] == "a path of Advanced Trade: this door speaks the Exchange dialect"


def test_too_many_requests_are_told_whose_limit_it_is() -> None:
    """Public ones, private ones, and fills, each have their own."""
    limits = RestLimits(private=Limit(0.001, 1), public=Limit(0.001, 1), fills=Limit(0.001, 1))
    desk = Desk(RateLimiter(limits))
    for call, words in (
        (_call("GET", "/time"), "Public rate limit exceeded"),
        (_signed("GET", "/orders"), "Private rate limit exceeded"),
        (_signed("GET", "/fills"), "Private rate limit exceeded"),
    ):
        assert isinstance(desk.admit(call), Admitted)
        assert desk.refused(call) == (429, words)


async def test_an_admitted_request_is_carried_out_where_it_is_asked_to_be() -> None:
    """Also one that is slow, and one that is declined."""
    desk, floor = Desk(check=False), Floor()
    for target, status in (
        ("/products/BTC-USD/candles", 200),
        ("/products/X-Y", 404),
        ("/time", 200),
    ):
        call = _call("GET", target)
        admitted = desk.admit(call)
        assert isinstance(admitted, Admitted)
        answer = await admitted.carry_out(call, floor.venue)
        assert answer.answer.status == status


@given(st.sampled_from(["GET", "POST", "DELETE", "PUT"]), st.lists(st.text(max_size=5), max_size=5))
def test_every_path_has_a_route_or_none(method: str, segments: list[str]) -> None:
    """Nothing else happens."""
    find(method, "/" + "/".join(segments))
