from __future__ import annotations

from downtick.exchange.call import Call
from tests.exchange.faults.desk import Desk


def test_the_documented_answer_has_the_limits_headers() -> None:
    """429 in the words of the documentation, once."""
    desk = Desk()
    handle = desk.start("rate_limited", {"once": True}, retry_after=1)
    struck = desk.book.request(desk.asked("GET", "/accounts"))
    assert struck is not None
    answer = struck[0]
    assert answer.answer.status == 429
    assert b'"id":"rate_limit_exceeded"' in answer.answer.body
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert desk.book.request(desk.asked("GET", "/accounts")) is None
    assert desk.hits(handle) == 1


def test_the_exchange_dialect_answers_with_a_message() -> None:
    """Without headers: it has none (docs: Exchange REST rate limits)."""
    desk = Desk()
    desk.start("rate_limited", retry_after=1)
    struck = desk.book.request(Call(1, 1, "GET", "/orders"))
    assert struck is not None
    assert struck[0].answer.body == b'{"message":"Private rate limit exceeded"}'
    assert struck[0].headers == {"Retry-After": "1"}


def test_the_edge_answers_with_a_page_and_no_limits() -> None:
    """As users got it in 2025."""
    desk = Desk()
    desk.start("rate_limited", body="html")
    struck = desk.book.request(desk.asked("POST", "/orders"))
    assert struck is not None
    assert struck[0].answer.content_type.startswith("text/html")
    assert struck[0].headers == {}
