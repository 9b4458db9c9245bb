"""The user's one portfolio. It can be looked at; others can neither be made nor be paid into."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from downtick.exchange.brokerage.request import Asked, bad, data, denied, missing
from downtick.exchange.error_bodies import Answer
from downtick.exchange.venue import Venue

_TYPES: Final = ("UNDEFINED", "DEFAULT", "CONSUMER", "INTX")


class _Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Create Portfolio and of Edit Portfolio."""

    name: str = ""


class _Funds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount to move."""

    value: str = ""
    currency: str = ""


class _Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of Move Portfolio Funds."""

    funds: _Funds | None = None
    source_portfolio_uuid: str = ""
    target_portfolio_uuid: str = ""


def portfolios(asked: Asked) -> Answer:
    """Answer ``/portfolios``."""
    wanted = asked.choice("portfolio_type", _TYPES) in {"", "UNDEFINED", "DEFAULT"}
    return data({"portfolios": [default_portfolio(asked.venue)] if wanted else []})


def create(asked: Asked) -> Answer:
    """Answer ``POST /portfolios``: this user can have no more of them."""
    asked.body(_Name)
    raise denied("portfolio limit reached")


def edit(asked: Asked) -> Answer:
    """Answer ``PUT /portfolios/{portfolio_uuid}``: the default portfolio keeps its name."""
    asked.body(_Name)
    check_portfolio(asked, asked.names[0])
    raise bad("default portfolio cannot be edited")


def delete(asked: Asked) -> Answer:
    """Answer ``DELETE /portfolios/{portfolio_uuid}``: the default portfolio stays."""
    check_portfolio(asked, asked.names[0])
    raise bad("default portfolio cannot be deleted")


def move_funds(asked: Asked) -> Answer:
    """Answer ``POST /portfolios/move_funds``: there is no second portfolio to move them to."""
    form = asked.body(_Move)
    check_portfolio(asked, form.source_portfolio_uuid)
    check_portfolio(asked, form.target_portfolio_uuid)
    raise bad("source and target portfolios must be different")


def check_portfolio(asked: Asked, portfolio_id: str) -> None:
    """Check that a portfolio is the user's.

    Raises:
        Declined: it is not.
    """
    if portfolio_id != asked.venue.identity.portfolio_id:
        raise missing("portfolio not found")


def default_portfolio(venue: Venue) -> dict[str, Any]:
    """Return the one portfolio."""
    return {
        "name": "Default",
        "uuid": venue.identity.portfolio_id,
        "type": "DEFAULT",
        "deleted": False,
    }
