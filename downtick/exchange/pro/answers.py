"""How the REST API of the Exchange dialect answers: JSON, and ``{"message": ...}`` for what it declines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from downtick.exchange.call import HttpAnswer
from downtick.exchange.error_bodies import JSON, Answer

_encode = msgspec.json.Encoder(decimal_format="number").encode

_LONGEST_ECHO: Final = 100  # characters of a client's own words that an error repeats


class Declined(Exception):
    """A request that cannot be carried out.

    Args:
        status: HTTP status.
        words: the message.
    """

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.answer = message(status, words)


def data(body: Any, headers: Mapping[str, str] | None = None) -> HttpAnswer:
    """Return an answer of JSON, HTTP 200. Decimals in it become JSON numbers: figures in strings come as strings."""
    return HttpAnswer(Answer(200, JSON, _encode(body)), headers or {})


def message(status: int, words: str) -> HttpAnswer:
    """Return an error: ``{"message":"NotFound"}``."""
    shown = words[:_LONGEST_ECHO].encode(errors="replace").decode()
    return HttpAnswer(Answer(status, JSON, msgspec.json.encode({"message": shown})))


def not_found() -> Declined:
    """Return the refusal of what is not there (seen: ccxt, coinbaseexchange)."""
    return Declined(404, "NotFound")


def bad(words: str) -> Declined:
    """Return the refusal of a bad argument."""
    return Declined(400, words)


def fixed(figure: Decimal, places: int) -> str:
    """Return a figure with at least so many places behind the point, as orders and accounts have them."""
    exponent = figure.as_tuple().exponent
    more = -exponent if isinstance(exponent, int) else 0
    return f"{figure:.{max(places, more)}f}"
