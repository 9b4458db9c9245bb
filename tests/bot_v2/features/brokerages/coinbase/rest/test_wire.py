from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import requests
import responses

from bot_v2.features.brokerages.coinbase.rest.attempt import Attempt
from bot_v2.features.brokerages.coinbase.rest.call import Answer, Call
from bot_v2.features.brokerages.coinbase.rest.settings import RestSettings
from bot_v2.features.brokerages.coinbase.rest.wire import Lost, Untrusted, Wire

HOST = "https://api.coinbase.com"
READ = Call("GET", "/api/v3/brokerage/accounts", (("limit", "2"), ("cursor", "a b&=")))
ORDER = Call("POST", "/orders", body={"size": "0.1", "note": "ü"})


class Recorder:
    """Signs with what it was asked to sign."""

    def __init__(self) -> None:
        self.signed: list[tuple[str, str, str, bytes]] = []

    def headers(
        self, method: str, host: str, target: str, body: bytes, now: float
    ) -> Mapping[str, str]:
        self.signed.append((method, host, target, body))
        return {"Authorization": "Bearer planted"}

    def login(self, now: float) -> Mapping[str, Any]:
        return {}


@pytest.fixture
def site() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def carry(call: Call, recorder: Recorder | None = None, **settings: Any) -> Answer:
    wire = Wire(HOST, recorder or Recorder(), RestSettings(**settings))
    return wire.carry(call, Attempt())


def test_what_is_signed_is_what_is_sent(site: responses.RequestsMock) -> None:
    """Letter by letter: target with its query, and body."""
    site.add(responses.GET, f"{HOST}{READ.path}", json={})
    site.add(responses.POST, f"{HOST}/orders", json={})
    recorder = Recorder()
    for call in (READ, ORDER):
        carry(call, recorder)
    for signed, made in zip(recorder.signed, site.calls, strict=True):
        method, host, target, body = signed
        assert (made.request.method, f"{HOST}{target}") == (method, made.request.url)
        assert host == "api.coinbase.com"
        assert (made.request.body or b"") == body
        assert made.request.headers["Authorization"] == "Bearer planted"
    assert json.loads(recorder.signed[1][3]) == ORDER.body
    assert recorder.signed[0][2].endswith("?limit=2&cursor=a+b%26%3D")


def test_what_anybody_may_ask_is_not_signed(site: responses.RequestsMock) -> None:
    """A key is shown only where it is needed."""
    site.add(responses.GET, f"{HOST}/time", json={})
    recorder = Recorder()
    carry(Call("GET", "/time", public=True), recorder)
    assert recorder.signed == []
    assert "Authorization" not in site.calls[0].request.headers
    assert site.calls[0].request.headers["Accept-Encoding"] == "identity"
    assert site.calls[0].request.headers["Cache-Control"] == "no-cache"


def test_figures_become_decimals(site: responses.RequestsMock) -> None:
    """Not one digit passes through a float."""
    site.add(responses.GET, f"{HOST}{READ.path}", body='{"a": 0.1234567890123456789, "b": 7}')
    answer = carry(READ)
    assert answer.data == {"a": Decimal("0.1234567890123456789"), "b": 7}
    assert not any(isinstance(value, float) for value in answer.data.values())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><title>Coinbase</title></html>",
        b'{"accounts": [',
        b"Unauthorized\n",
        b'{"price": NaN}',
        b"\xff\xfe",
        b"null",
        b"12",
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_whatever_is_no_json_is_a_status_without_data(
    site: responses.RequestsMock, body: bytes
) -> None:
    """A page, half of an answer, a word, too deep, too long: never an exception of the parser."""
    site.add(responses.GET, f"{HOST}{READ.path}", body=body, status=502)
    answer = carry(READ)
    assert (answer.status, answer.data) == (502, None)
    assert answer.problem


def test_json_under_a_wrong_name_is_json_and_html_under_json_s_is_none(
    site: responses.RequestsMock,
) -> None:
    """What is in it counts, not what it is called."""
    site.add(responses.GET, f"{HOST}{READ.path}", body=b"[1]", content_type="text/html")
    site.add(responses.GET, f"{HOST}{READ.path}", body=b"<p>", content_type="application/json")
    assert carry(READ).data == [1]
    assert carry(READ).data is None


def test_a_redirect_is_not_followed(site: responses.RequestsMock) -> None:
    """Its status comes back, and nobody else is shown the key."""
    site.add(
        responses.POST, f"{HOST}/orders", status=307, headers={"Location": "https://evil.test/"}
    )
    assert carry(ORDER).status == 307
    assert len(site.calls) == 1


def test_a_body_without_end_is_not_read_to_it(site: responses.RequestsMock) -> None:
    """At the limit reading stops."""
    site.add(responses.GET, f"{HOST}{READ.path}", body=json.dumps(["x" * 5000]))
    assert "longer than 4999" in carry(READ, max_body=4999).problem
    assert carry(READ, max_body=6000).data


def test_a_compressed_body_is_not_unpacked(site: responses.RequestsMock) -> None:
    """A small one can become a very large one, and nobody asked for it."""
    site.add(responses.GET, f"{HOST}{READ.path}", body=b"[1]", headers={"Content-Encoding": "gzip"})
    assert "compressed" in carry(READ).problem


def test_cookies_are_not_kept(site: responses.RequestsMock) -> None:
    """Each request stands for itself."""
    site.add(responses.GET, f"{HOST}{READ.path}", json={}, headers={"Set-Cookie": "a=b"})
    wire = Wire(HOST, Recorder(), RestSettings())
    for _ in range(2):
        wire.carry(READ, Attempt())
    assert "Cookie" not in site.calls[1].request.headers


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("reset"),
        requests.ReadTimeout("read"),
        requests.exceptions.ChunkedEncodingError("half"),
        OSError("bare"),
        RuntimeError("a bug of a library"),
    ],
)
def test_whatever_is_raised_below_is_one_error(
    site: responses.RequestsMock, error: Exception
) -> None:
    """And as no connection of ours told how far it came, it may have left."""
    site.add(responses.POST, f"{HOST}/orders", body=error)
    attempt = Attempt()
    with pytest.raises(Lost, match=type(error).__name__) as lost:
        Wire(HOST, Recorder(), RestSettings()).carry(ORDER, attempt)
    assert attempt.may_have_left
    assert "planted" not in str(lost.value)


def test_a_certificate_that_is_not_trusted_is_told_apart(site: responses.RequestsMock) -> None:
    """However deep in a library's errors it stands."""
    refused = ssl.SSLCertVerificationError("it names somebody else")
    site.add(responses.GET, f"{HOST}{READ.path}", body=requests.exceptions.SSLError(refused))
    with pytest.raises(Untrusted, match="somebody else"):
        Wire(HOST, Recorder(), RestSettings()).carry(READ, Attempt())


def test_what_cannot_be_signed_did_not_leave(site: responses.RequestsMock) -> None:
    """An error before anything is handed over is surely not done."""

    class Broken(Recorder):
        def headers(self, *_: Any) -> Mapping[str, str]:
            raise ValueError("no key")

    attempt = Attempt()
    with pytest.raises(Lost):
        Wire(HOST, Broken(), RestSettings()).carry(ORDER, attempt)
    assert not attempt.may_have_left
    assert len(site.calls) == 0


def test_what_was_given_up_is_not_handed_over(site: responses.RequestsMock) -> None:
    """Its thread came too late."""
    attempt = Attempt()
    attempt.give_up()
    with pytest.raises(Lost):
        Wire(HOST, Recorder(), RestSettings()).carry(ORDER, attempt)
    assert not attempt.may_have_left
    assert len(site.calls) == 0
