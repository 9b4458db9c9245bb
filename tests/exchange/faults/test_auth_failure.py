from __future__ import annotations

import pytest

from downtick.exchange.call import Call
from tests.exchange.faults.desk import Desk


@pytest.mark.parametrize(
    ("how", "status", "body"),
    [
        ("text", 401, b"Unauthorized\n"),
        ("json", 401, b'{"error":"UNAUTHORIZED","code":16,"message":"Unauthorized"}'),
        (
            "scopes",
            403,
            b'{"error":"PERMISSION_DENIED","error_details":"Missing required scopes","message":"Missing required scopes"}',
        ),
    ],
)
def test_a_good_key_is_refused(how: str, status: int, body: bytes) -> None:
    """In each of the ways in which clients have met it."""
    desk = Desk()
    desk.start("auth_failure", how=how)
    struck = desk.book.request(desk.asked("POST", "/orders"))
    assert struck is not None
    assert (struck[0].answer.status, struck[0].answer.body) == (status, body)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("/api/v3/brokerage/accounts", True),
        ("/api/v3/brokerage/products/BTC-USD", True),
        ("/api/v3/brokerage/market/products", False),
        ("/api/v3/brokerage/time", False),
        ("/accounts", True),
        ("/products/BTC-USD/book", False),
    ],
)
def test_public_routes_need_no_key(path: str, refused: bool) -> None:
    """In either dialect: nobody looks at a key there."""
    desk = Desk()
    handle = desk.start("auth_failure")
    assert (desk.book.request(Call(1, 1, "GET", path)) is not None) is refused
    assert desk.hits(handle) == refused


@pytest.mark.parametrize(
    ("how", "status", "body"),
    [
        ("text", 401, b"Unauthorized\n"),
        ("json", 401, b'{"message":"Invalid API Key"}'),
        ("scopes", 403, b'{"message":"Forbidden"}'),
    ],
)
def test_the_exchange_dialect_has_words_of_its_own(how: str, status: int, body: bytes) -> None:
    """Its clients read ``message``."""
    desk = Desk()
    desk.start("auth_failure", how=how)
    struck = desk.book.request(Call(1, 1, "GET", "/accounts"))
    assert struck is not None
    assert (struck[0].answer.status, struck[0].answer.body) == (status, body)


def test_a_public_route_that_is_named_is_refused_too() -> None:
    """Who asks for it gets it."""
    desk = Desk()
    desk.start("auth_failure", routes=["GET /time"])
    assert desk.book.request(desk.asked("GET", "/time")) is not None
