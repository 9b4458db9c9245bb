"""The REST API of Advanced Trade behind its door: who may ask, how often, and the table of routes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic

from downtick.exchange import brokerage
from downtick.exchange.auth.jwt import JwtVerifier
from downtick.exchange.auth.outcome import UNCHECKED, Granted, Refusal, advanced_trade_answer
from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.error_bodies import Answer, v3_error
from downtick.exchange.pro.rest import find as find_in_exchange
from downtick.exchange.rate_limits import RateLimiter
from downtick.exchange.rest import Admitted, CarryOut
from downtick.exchange.venue import Venue


class AdvancedTrade:
    """Lets requests in, and carries them out.

    Args:
        verifier: of tokens.
        limiter: of the rate of requests, or None for no limit.
        record: journals why a request was not let in.
    """

    def __init__(
        self, verifier: JwtVerifier, limiter: RateLimiter | None, record: Callable[..., None]
    ) -> None:
        self._verifier = verifier
        self._limiter = limiter
        self._record = record

    def admit(self, call: Call) -> Admitted | HttpAnswer:
        """Return how a request is carried out, or why it is not."""
        found = brokerage.find(call.method, call.path)
        if isinstance(found, Answer):
            if find_in_exchange(call.method, call.path) is not None:
                reason = "a path of the Exchange dialect: this door speaks Advanced Trade"
                self._record("wrong_dialect", conn=call.conn, request=call.number, reason=reason)
            return HttpAnswer(found)
        granted, scope = UNCHECKED, found.route.scope
        if scope is not None:
            outcome = self._verifier.request(call.method, call.path, call.headers, scope)
            if isinstance(outcome, Refusal):
                self._record(
                    "auth_refused", conn=call.conn, request=call.number, reason=outcome.reason
                )
                return HttpAnswer(advanced_trade_answer(outcome))
            granted = outcome
        headers: Mapping[str, str] = {}
        if self._limiter is not None:
            now = monotonic()
            if scope is None:
                taken = self._limiter.take("public", call.peer, now)
            else:
                taken = self._limiter.take("private", "user", now)
            if not taken.allowed:
                return HttpAnswer(v3_error(429, "Too many requests"), taken.headers)
            headers = taken.headers
        return Admitted(_at(found, granted), headers)


def _at(found: brokerage.Match, granted: Granted) -> CarryOut:
    async def answer(call: Call, venue: Venue) -> HttpAnswer:
        if found.route.slow:  # not on the loop, where the feed would wait for it
            return HttpAnswer(await asyncio.to_thread(found.answer, call, venue, granted))
        return HttpAnswer(found.answer(call, venue, granted))

    return answer
