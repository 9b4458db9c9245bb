from __future__ import annotations

import json

import pytest

from downtick.exchange.auth.outcome import (
    Refusal,
    advanced_trade_answer,
    exchange_answer,
    exchange_error_frame,
    missing_scope,
)

UNKNOWN = Refusal("no such key here", "Invalid API Key")
MISSING = missing_scope("key", frozenset({"view"}), "trade")


def test_advanced_trade_answers_a_bad_login_with_text() -> None:
    """Not with JSON: clients that parse every body break there."""
    answer = advanced_trade_answer(UNKNOWN)
    assert (answer.status, answer.body) == (401, b"Unauthorized\n")
    assert answer.content_type.startswith("text/plain")


def test_advanced_trade_names_a_missing_scope_letter_by_letter() -> None:
    """The official client looks for exactly this text."""
    answer = advanced_trade_answer(MISSING)
    assert answer.status == 403
    assert b'"error_details":"Missing required scopes"' in answer.body
    assert json.loads(answer.body) == {
        "error": "PERMISSION_DENIED",
        "error_details": "Missing required scopes",
        "message": "Missing required scopes",
    }


@pytest.mark.parametrize(
    ("refusal", "status", "message"),
    [(UNKNOWN, 401, "Invalid API Key"), (MISSING, 403, "Forbidden")],
)
def test_the_exchange_dialect_answers_with_a_message(
    refusal: Refusal, status: int, message: str
) -> None:
    """One member, in Coinbase's words."""
    answer = exchange_answer(refusal)
    assert (answer.status, json.loads(answer.body)) == (status, {"message": message})


def test_the_exchange_dialects_feed_answers_with_json_in_json() -> None:
    """As it was seen: the REST body as the reason's text."""
    assert json.loads(exchange_error_frame(UNKNOWN)) == {
        "type": "error",
        "message": "Authentication Failed",
        "reason": '{"message":"Invalid API Key"}',
    }


def test_no_answer_tells_the_reason() -> None:
    """It is for the journal: a client learns no more than Coinbase would tell it."""
    for answer in (advanced_trade_answer(UNKNOWN), exchange_answer(UNKNOWN)):
        assert b"no such key" not in answer.body
    assert b"no such key" not in exchange_error_frame(UNKNOWN)


def test_a_key_without_any_scope_may_do_nothing() -> None:
    """And the reason is a sentence all the same."""
    assert missing_scope("k", frozenset(), "view").reason == "key k may do nothing; this needs view"
