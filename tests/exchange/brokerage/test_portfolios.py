"""There is one portfolio: it can be looked at, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.brokerage.site import Site

SITE = Site()
OURS = SITE.venue.identity.portfolio_id
DEFAULT = {"name": "Default", "uuid": OURS, "type": "DEFAULT", "deleted": False}


@pytest.mark.parametrize(
    ("query", "found"),
    [("", [DEFAULT]), ("?portfolio_type=DEFAULT", [DEFAULT]), ("?portfolio_type=INTX", [])],
)
def test_the_list(query: str, found: list[Any]) -> None:
    """The default portfolio is all there is."""
    assert SITE.ask(f"GET /portfolios{query}") == {"portfolios": found}


@pytest.mark.parametrize(
    ("line", "body", "status", "message"),
    [
        ("POST /portfolios", {"name": "more"}, 403, "portfolio limit reached"),
        (f"PUT /portfolios/{OURS}", {"name": "x"}, 400, "default portfolio cannot be edited"),
        ("PUT /portfolios/no", {"name": "x"}, 404, "portfolio not found"),
        (f"DELETE /portfolios/{OURS}", None, 400, "default portfolio cannot be deleted"),
        ("DELETE /portfolios/no", None, 404, "portfolio not found"),
        ("GET /portfolios/no", None, 404, "portfolio not found"),
        (
            "POST /portfolios/move_funds",
            {
                "funds": {"value": "1", "currency": "USD"},
                "source_portfolio_uuid": OURS,
                "target_portfolio_uuid": "no",
            },
            404,
            "portfolio not found",
        ),
        (
            "POST /portfolios/move_funds",
            {"source_portfolio_uuid": OURS, "target_portfolio_uuid": OURS},
            400,
            "source and target portfolios must be different",
        ),
        ("POST /portfolios", {"nome": "x"}, 400, 'proto: (line 1:2): unknown field "nome"'),
    ],
)
def test_what_cannot_be_done(line: str, body: Any, status: int, message: str) -> None:
    """Coinbase says so with a status and a sentence."""
    assert SITE.ask(line, body, status)["message"] == message
