"""Error bodies are JSON, bare text or a page, as bots have met them."""

from __future__ import annotations

import json

import pytest

from downtick.exchange.error_bodies import html_error, text_error, v3_error


def test_v3_error_in_full() -> None:
    """An error of API v3 has its code, and its words twice."""
    answer = v3_error(400, "ProductID is invalid")
    assert (answer.status, answer.content_type) == (400, "application/json; charset=utf-8")
    assert answer.body == (
        b'{"error":"INVALID_ARGUMENT","error_details":"ProductID is invalid",'
        b'"message":"ProductID is invalid"}'
    )


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "PERMISSION_DENIED", "Forbidden"),
        (503, "unknown", "Service Unavailable"),
        (599, "unknown", "Error"),
    ],
)
def test_v3_error_by_status(status: int, code: str, words: str) -> None:
    """A status alone gives the code and the words that go with it, also one that HTTP does not name."""
    body = json.loads(v3_error(status).body)
    assert body == {"error": code, "error_details": words, "message": words}


def test_text_error() -> None:
    """Text is the words and a line end."""
    answer = text_error(401)
    assert answer.body == b"Unauthorized\n"
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize(
    ("status", "title"), [(429, b"Coinbase"), (502, b"Coinbase Error"), (503, b"Coinbase Error")]
)
def test_page_is_several_kilobytes_of_no_json(status: int, title: bytes) -> None:
    """A page is HTML with its title and status, several KB long, and no JSON."""
    answer = html_error(status)
    assert answer.content_type == "text/html; charset=utf-8"
    assert b"<title>%b</title>" % title in answer.body
    assert str(status).encode() in answer.body
    assert len(answer.body) > 4096
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)
