"""The REST API of the Exchange dialect behind its door: who may ask, how often, and where each request goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from downtick.exchange.auth.hmac import HmacVerifier
from downtick.exchange.auth.outcome import Refusal, exchange_answer
from downtick.exchange.auth.scopes import Scope
from downtick.exchange.call import Call, HttpAnswer
from downtick.exchange.pro import market_routes as market
from downtick.exchange.pro import order_routes as orders
from downtick.exchange.pro import user_routes as user
from downtick.exchange.pro.answers import Declined, message
from downtick.exchange.pro.asked import Asked, Handler
from downtick.exchange.pro.order_flow import OrderFlow
from downtick.exchange.rate_limits import Kind, RateLimiter
from downtick.exchange.rest import Admitted, CarryOut
from downtick.exchange.venue import Venue

_ADVANCED_TRADE: Final = "/api/v3/"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes.

    Attributes:
        scope: what a key must be able to do; None if no key is needed.
        handler: answers.
        name: what the path names, or empty.
        slow: whether it may take so long that it should not run on the loop.
    """

    scope: Scope | None
    handler: Handler
    name: str = ""
    slow: bool = False


def find(method: str, path: str) -> Route | None:
    """Return the route of a request, or None if there is none.

    Args:
        method: such as ``GET``; ``HEAD`` is taken for it.
        path: as it was sent, without the query.
    """
    segments = path.strip("/").split("/")
    match "GET" if method == "HEAD" else method, segments:
        case "GET", ["accounts" | "orders" | "fills" | "fees" | "profiles", *_]:
            return _private(segments)
        case "GET", _:
            return _public(segments)
        case "POST", ["orders"]:
            return Route("trade", orders.place)
        case "DELETE", ["orders"]:
            return Route("trade", orders.cancel_all)
        case "DELETE", ["orders", name]:
            return Route("trade", orders.cancel, name)
    return None


def _public(segments: list[str]) -> Route | None:
    match segments:
        case ["time"]:
            return Route(None, market.server_time)
        case ["currencies"]:
            return Route(None, market.currencies)
        case ["currencies", name]:
            return Route(None, market.currency, name)
        case ["products"]:
            return Route(None, market.products)
        case ["products", "spark-lines"]:
            return Route(None, market.spark_lines, slow=True)
        case ["products", name]:
            return Route(None, market.product, name)
        case ["products", name, "book"]:
            return Route(None, market.book, name)
        case ["products", name, "ticker"]:
            return Route(None, market.ticker, name)
        case ["products", name, "trades"]:
            return Route(None, market.trades, name)
        case ["products", name, "stats"]:
            return Route(None, market.stats, name)
        case ["products", name, "candles"]:
            # Years of candles may be drawn for one request.
            return Route(None, market.candles, name, slow=True)
    return None


def _private(segments: list[str]) -> Route | None:
    match segments:
        case ["accounts"]:
            return Route("view", user.accounts)
        case ["accounts", name]:
            return Route("view", user.account, name)
        case ["orders"]:
            return Route("view", orders.orders)
        case ["orders", name]:
            return Route("view", orders.order, name)
        case ["fills"]:
            return Route("view", user.fills)
        case ["fees"]:
            return Route("view", user.fees)
        case ["profiles"]:
            return Route("view", user.profiles)
        case ["profiles", name]:
            return Route("view", user.profile, name)
    return None


class ProRest:
    """Lets requests in, and carries them out.

    Args:
        verifier: of signatures.
        limiter: of the rate of requests, or None for no limit.
        flow: returns the orders of a product.
        record: journals why a request was not let in.
    """

    def __init__(
        self,
        verifier: HmacVerifier,
        limiter: RateLimiter | None,
        flow: Callable[[str], OrderFlow],
        record: Callable[..., None],
    ) -> None:
        self._verifier = verifier
        self._limiter = limiter
        self._flow = flow
        self._record = record

    def admit(self, call: Call) -> Admitted | HttpAnswer:
        """Return how a request is carried out, or why it is not."""
        route = find(call.method, call.path)
        if route is None:
            self._note_dialect(call)
            return message(404, "Route not found")
        if route.scope is not None:
            outcome = self._verifier.request(
                call.method, call.target, call.body, call.headers, route.scope
            )
            if isinstance(outcome, Refusal):
                self._record(
                    "auth_refused", conn=call.conn, request=call.number, reason=outcome.reason
                )
                return HttpAnswer(exchange_answer(outcome))
        return self._within_limits(call, route) or Admitted(self._at(route))

    def _within_limits(self, call: Call, route: Route) -> HttpAnswer | None:
        """Count a request, and return the answer to one too many."""
        if self._limiter is None:
            return None
        if route.scope is None:
            taken = self._limiter.take("public", call.peer, monotonic())
        else:
            kind: Kind = "fills" if route.handler is user.fills else "private"
            taken = self._limiter.take(kind, "user", monotonic())
        return None if taken.allowed else message(429, taken.words)

    def _note_dialect(self, call: Call) -> None:
        if call.path.startswith(_ADVANCED_TRADE):
            reason = "a path of Advanced Trade: this door speaks the Exchange dialect"
            self._record("wrong_dialect", conn=call.conn, request=call.number, reason=reason)

    def _at(self, route: Route) -> CarryOut:
        def answer(call: Call, venue: Venue) -> HttpAnswer:
            try:
                return route.handler(Asked(call, venue, self._flow, route.name))
            except Declined as declined:
                return declined.answer

        async def carry_out(call: Call, venue: Venue) -> HttpAnswer:
            if route.slow:  # not on the loop, where the feed would wait for it
                return await asyncio.to_thread(answer, call, venue)
            return answer(call, venue)

        return carry_out
