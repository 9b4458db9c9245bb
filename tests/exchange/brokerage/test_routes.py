"""Every path finds its route, and only its own."""

from __future__ import annotations

import pytest

from downtick.exchange.brokerage import Match, find
from downtick.exchange.brokerage.routes import BASE, ROUTES
from tests.exchange.brokerage.site import Site


@pytest.mark.parametrize("line", ROUTES)
def test_every_line_of_the_table_is_found(line: str) -> None:
    """By its method and a path whose placeholders are filled, with what they were filled with."""
    method, pattern = line.split(" ")
    names = [f"name-{number}" for number in range(pattern.count("{}"))]
    whole = pattern if pattern.startswith("/") else BASE + pattern
    match = find(method, whole.replace("{}", "%s") % tuple(names))
    assert isinstance(match, Match)
    assert match.route is ROUTES[line]
    assert list(match.names) == names


def test_what_needs_no_key() -> None:
    """Of Advanced Trade: the time and the market, and nothing else."""
    ours = {line: route for line, route in ROUTES.items() if " /" not in line}
    assert {line for line, route in ours.items() if route.scope is None} == {
        line for line in ours if line == "GET time" or line.startswith("GET market/")
    }


@pytest.mark.parametrize(
    ("line", "scope"),
    [
        ("POST orders", "trade"),
        ("POST orders/edit", "trade"),
        ("POST orders/batch_cancel", "trade"),
        ("POST orders/close_position", "trade"),
        ("POST orders/preview", "view"),
        ("POST portfolios/move_funds", "transfer"),
        ("GET accounts", "view"),
        ("GET products", "view"),
    ],
)
def test_what_a_key_must_be_able_to_do(line: str, scope: str) -> None:
    """To look, to trade, to transfer."""
    assert ROUTES[line].scope == scope


def test_only_candles_are_slow() -> None:
    """What may take long runs off the loop: it must not touch the ledger there."""
    slow = {line for line, route in ROUTES.items() if route.slow}
    assert slow == {"GET products/{}/candles", "GET market/products/{}/candles"}


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "nothing", "orders/historical", "accounts/a/b", "v2/accounts"),
        *("products//ticker/x", "convert/quote", "market/accounts", "intx/positions/a/b/c"),
    ],
)
def test_an_unknown_path(path: str) -> None:
    """Coinbase's own 404, whatever the method."""
    for method in ("GET", "POST", "BREW"):
        told = Site().ask(f"{method} /{path}", status=404)
        assert told == {"error": "unknown", "error_details": "Not Found", "message": "Not Found"}


@pytest.mark.parametrize(
    "path", ["/", "/api/v3/brokerag", "/v2/orders", "/api/v3/brokerageX/time", "", "time"]
)
def test_a_path_of_another_api(path: str) -> None:
    """404 too."""
    found = find("GET", path)
    assert not isinstance(found, Match)
    assert found.status == 404


@pytest.mark.parametrize("path", ["accounts/{}", "products/{}/ticker", "orders/historical/{}"])
def test_braces_are_a_name_like_any(path: str) -> None:
    """What the table writes for a placeholder is nothing special in a request."""
    Site().ask(f"GET /{path}", status=404)


@pytest.mark.parametrize(
    "line", ["GET /orders", "DELETE /orders", "POST /accounts", "PATCH /portfolios/x", "POST /time"]
)
def test_another_method(line: str) -> None:
    """405."""
    assert Site().ask(line, status=405)["message"] == "Method Not Allowed"


def test_a_slash_at_the_end_is_nothing() -> None:
    """Some clients write one."""
    assert find("POST", f"{BASE}orders/") == find("POST", f"{BASE}orders")


def test_head_is_get() -> None:
    """Who asks for the head is answered like who asks for all."""
    assert find("HEAD", f"{BASE}time") == find("GET", f"{BASE}time")


def test_plain_names_come_before_placeholders() -> None:
    """The list of fills is no order whose id is ``fills``."""
    for name in ("batch", "fills"):
        match = find("GET", f"{BASE}orders/historical/{name}")
        assert isinstance(match, Match)
        assert match.names == ()


def test_no_payment_methods() -> None:
    """The user has none."""
    assert Site().ask("GET /payment_methods") == {"payment_methods": []}
    Site().ask("GET /payment_methods/any", status=404)
