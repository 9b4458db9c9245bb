from __future__ import annotations

from typing import Any

import pytest

from bot_v2.features.brokerages.broker import (
    BrokerError,
    NotDone,
    RateLimited,
    Rejected,
    Unauthorized,
    Unavailable,
    Unknown,
)
from bot_v2.features.brokerages.coinbase.rest.call import Answer, Call
from bot_v2.features.brokerages.coinbase.rest.verdicts import (
    RULES,
    Fate,
    Refused,
    error_of,
    error_without_answer,
    retry_after,
    rule_of,
)

READ, ORDER, CANCEL = Call("GET", "/accounts"), Call("POST", "/orders"), Call("DELETE", "/orders/1")
V3 = {"error": "INVALID_ARGUMENT", "error_details": "ProductID is invalid", "message": "m"}
APP = {"errors": [{"id": "rate_limit_exceeded", "message": "Too many requests"}]}
EXCHANGE = {"message": "Insufficient funds"}

TABLE: list[tuple[int, Any, type[BrokerError] | None, type[BrokerError] | None]] = [
    # status, JSON of the body (None: HTML, or cut off), of an order, of a read
    (200, {"success": True}, None, None),
    (200, [], None, None),
    (200, None, Unknown, Unavailable),
    (204, None, Unknown, Unavailable),
    (301, None, Unknown, Unavailable),
    (303, {"x": 1}, Unknown, Unavailable),
    (400, V3, Rejected, Rejected),
    (400, EXCHANGE, Rejected, Rejected),
    (400, None, Unknown, Unavailable),
    (400, {"nothing": "of Coinbase's"}, Unknown, Unavailable),
    (401, None, Unauthorized, Unauthorized),
    (401, V3, Unauthorized, Unauthorized),
    (403, V3, Unauthorized, Unauthorized),
    (403, None, Unavailable, Unavailable),
    (404, V3, Rejected, Rejected),
    (404, None, Unknown, Unavailable),
    (408, V3, Unknown, Unavailable),
    (409, V3, Unknown, Unavailable),
    (422, EXCHANGE, Rejected, Rejected),
    (425, None, Unavailable, Unavailable),
    (425, V3, Unavailable, Unavailable),
    (429, APP, RateLimited, RateLimited),
    (429, None, RateLimited, RateLimited),
    *(
        (status, body, Unknown, Unavailable)
        for status in (500, 502, 503, 504, 520, 524)
        for body in (None, V3)
    ),
    (100, None, Unknown, Unavailable),
    (999, None, Unknown, Unavailable),
]


@pytest.mark.parametrize(("status", "data", "of_order", "of_read"), TABLE)
def test_every_answer_has_its_meaning(
    status: int, data: Any, of_order: type[BrokerError] | None, of_read: type[BrokerError] | None
) -> None:
    """Of an order and of a cancel the same; of a read never Unknown."""
    answer = Answer(status, {}, data, "" if data is not None else "the body is no JSON")
    for call, wanted in ((ORDER, of_order), (CANCEL, of_order), (READ, of_read)):
        error = error_of(call, answer)
        if wanted is None:
            assert error is None
        else:
            assert isinstance(error, wanted), error
            assert isinstance(error, NotDone) is (wanted is not Unknown)


def test_every_rule_has_a_reason_and_is_needed() -> None:
    """None stands behind one that takes all that it would take; the last takes whatever is left."""
    bodies = [None, V3, {"x": 1}]
    met = {rule_of(Answer(status, {}, body)).why for status in range(1000) for body in bodies}
    assert met == {rule.why for rule in RULES}
    assert all(len(rule.why) > 20 for rule in RULES)


def test_only_what_was_surely_turned_away_is_not_done() -> None:
    """No 2xx, 3xx or 5xx ever is, whatever its body."""
    for status in (*range(200, 400), *range(500, 600)):
        for body in (None, V3, EXCHANGE, {"x": 1}):
            assert rule_of(Answer(status, {}, body)).fate is not Fate.NOT_DONE


@pytest.mark.parametrize(
    ("body", "reason", "message"),
    [
        (V3, "INVALID_ARGUMENT", "ProductID is invalid"),
        ({"errors": [{"id": "not_found", "message": "x"}]}, "not_found", "x"),
        (EXCHANGE, "Insufficient funds", ""),
    ],
)
def test_a_refusal_has_the_exchanges_own_name(body: Any, reason: str, message: str) -> None:
    """In each of its three dialects of errors."""
    error = error_of(READ, Answer(404, {}, body))
    assert isinstance(error, Refused)
    assert (error.reason, error.message, error.status) == (reason, message, 404)


def test_a_name_without_end_is_cut() -> None:
    """An error of a megabyte goes into no log."""
    error = error_of(ORDER, Answer(400, {}, {"error": "A" * 10**6, "error_details": "b" * 10**6}))
    assert len(str(error)) < 1000


@pytest.mark.parametrize("sent", [True, False])
def test_without_an_answer_it_counts_whether_it_was_sent_whole(sent: bool) -> None:
    """Of an order; of a read nothing was read either way."""
    for call in (ORDER, CANCEL):
        error = error_without_answer(call, sent=sent, why="reset")
        assert isinstance(error, Unknown if sent else Unavailable)
    assert isinstance(error_without_answer(READ, sent=sent, why="reset"), Unavailable)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("3", 3.0),
        (" 0 ", 0.0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 20, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_whole_seconds(written: str, seconds: float | None) -> None:
    """Anything else is as if it were not there."""
    answer = Answer(429, {"retry-after": written})
    assert retry_after(answer) == seconds
    error = error_of(ORDER, answer)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds
