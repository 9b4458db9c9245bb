from __future__ import annotations

import pytest

from downtick.exchange.call import Call
from tests.exchange.faults.desk import Desk


@pytest.mark.parametrize(("body", "type_"), [("json", "json"), ("text", "plain"), ("html", "html")])
def test_an_http_error_has_the_body_asked_for(body: str, type_: str) -> None:
    """On its routes, with Retry-After if one was given."""
    desk = Desk()
    desk.start("http_error", status=429, body=body, retry_after=2, routes=["GET /products"])
    struck = desk.book.request(desk.asked("GET", "/products"))
    assert struck is not None
    assert (struck[0].answer.status, struck[0].headers) == (429, {"Retry-After": "2"})
    assert type_ in struck[0].answer.content_type
    assert desk.book.request(desk.asked("GET", "/time")) is None


def test_the_exchange_dialect_has_its_own_json() -> None:
    """One member, the message."""
    desk = Desk()
    desk.start("http_error", status=503)
    struck = desk.book.request(Call(1, 1, "GET", "/products/BTC-USD/book"))
    assert struck is not None
    assert struck[0].answer.body == b'{"message":"Service Unavailable"}'


def _struck(desk: Desk, count: int) -> list[bool]:
    return [
        desk.book.request(desk.asked("GET", "/time", number=n)) is not None for n in range(count)
    ]


def test_a_share_of_requests_repeats_with_the_seed() -> None:
    """The same requests of two runs; each that was struck is a hit, the others are none."""
    runs = []
    for seed in (1, 1, 2):
        desk = Desk()
        desk.seed = seed
        handle = desk.start("http_error", status=503, share=0.3)
        struck = _struck(desk, 100)
        assert desk.hits(handle) == sum(struck)
        runs.append(struck)
    assert runs[0] == runs[1] != runs[2]
    assert 10 < sum(runs[0]) < 60


def test_the_first_n_and_the_share_go_together() -> None:
    """Selectors count those that are drawn."""
    desk = Desk()
    handle = desk.start("http_error", {"times": 4}, status=503, share=0.5)
    struck = _struck(desk, 100)
    assert sum(struck) == 4
    assert desk.hits(handle) == 4
    assert True not in struck[struck.index(True) + 40 :]


def test_too_early_is_an_error_like_any() -> None:
    """425 means to wait (Polymarket, every Monday): Coinbase's JSON, with the words for it."""
    desk = Desk()
    desk.start("http_error", status=425, retry_after=1)
    struck = desk.book.request(desk.asked("POST", "/orders"))
    assert struck is not None
    assert (struck[0].answer.status, struck[0].headers) == (425, {"Retry-After": "1"})
    assert b"Too Early" in struck[0].answer.body
