"""What came of a request to be let in, and how each door says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from downtick.exchange.auth.scopes import EVERY_SCOPE, Scope
from downtick.exchange.error_bodies import JSON, Answer, text_error, v3_error

_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403


@dataclass(frozen=True)
class Granted:
    """It may.

    Attributes:
        key: name of the key.
        scopes: all that the key may do.
    """

    key: str
    scopes: frozenset[Scope]


UNCHECKED: Final = Granted("unchecked", EVERY_SCOPE)
"""What everybody gets of an exchange that checks nothing."""


@dataclass(frozen=True)
class Refusal:
    """It may not.

    Attributes:
        reason: in plain words, for the journal. Never holds any part of a token or a signature.
        words: the message of the Exchange dialect for this.
        forbidden: whether the key is known and lacks a permission.
    """

    reason: str
    words: str = "Unauthorized."
    forbidden: bool = False


def missing_scope(key: str, has: frozenset[Scope], needs: Scope) -> Refusal:
    """Return the refusal for a key that is known and may do less."""
    reason = f"key {key} may {', '.join(sorted(has)) or 'do nothing'}; this needs {needs}"
    return Refusal(reason, words="Forbidden", forbidden=True)


def advanced_trade_answer(refusal: Refusal) -> Answer:
    """Return how the REST API of Advanced Trade refuses.

    Bare text for a login that fails; clients look for the 403's details letter by letter (coinbase-advanced-py,
    rest_base.py).
    """
    if refusal.forbidden:
        return v3_error(_FORBIDDEN, "Missing required scopes")
    return text_error(_UNAUTHORIZED)


def exchange_answer(refusal: Refusal) -> Answer:
    """Return how the REST API of the Exchange dialect refuses.

    ``{"message":"Invalid API Key"}`` with 401 (seen: ccxt issues 7237 and 8587, exchange-scripts-py issue 16; until
    2019 the status was 400).
    """
    status = _FORBIDDEN if refusal.forbidden else _UNAUTHORIZED
    return Answer(status, JSON, msgspec.json.encode({"message": refusal.words}))


def exchange_error_frame(refusal: Refusal) -> bytes:
    """Return how the WebSocket of the Exchange dialect refuses: its reason is the REST body, as text."""
    reason = msgspec.json.encode({"message": refusal.words}).decode()
    error = {"type": "error", "message": "Authentication Failed", "reason": reason}
    return msgspec.json.encode(error)
