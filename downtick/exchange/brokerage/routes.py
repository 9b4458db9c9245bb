"""The table of routes (docs: Advanced Trade REST API; coinbase-advanced-py, rest/*.py), and the way to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from downtick.exchange.auth.outcome import Granted
from downtick.exchange.auth.scopes import Scope
from downtick.exchange.brokerage import (
    accounts,
    app,
    breakdown,
    cfm,
    fees,
    history,
    intx,
    orders,
    payments,
    portfolios,
    prices,
    products,
)
from downtick.exchange.brokerage.proto_json import ProtoError
from downtick.exchange.brokerage.request import Asked, Declined, Handler, unreadable
from downtick.exchange.call import Call
from downtick.exchange.error_bodies import Answer, v3_error
from downtick.exchange.venue import Venue

BASE: Final = "/api/v3/brokerage/"


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table.

    Attributes:
        scope: what a key must be able to do; None if no key is needed.
        handler: answers.
        slow: whether it may take so long that it should not run on the loop.
    """

    scope: Scope | None
    handler: Handler
    slow: bool = False


# fmt: off
# Paths are below `BASE`, except those that begin with a slash: another API of Coinbase on the same host.
ROUTES: Final[Mapping[str, Route]] = {
    "GET time": Route(None, prices.server_time),
    "GET market/products": Route(None, products.products),
    "GET market/products/{}": Route(None, products.product),
    "GET market/products/{}/ticker": Route(None, prices.trades),
    # Years of candles may be drawn for one request.
    "GET market/products/{}/candles": Route(None, prices.candles, slow=True),
    "GET market/product_book": Route(None, prices.product_book),

    "GET products": Route("view", products.products),
    "GET products/{}": Route("view", products.product),
    "GET products/{}/ticker": Route("view", prices.trades),
    "GET products/{}/candles": Route("view", prices.candles, slow=True),
    "GET product_book": Route("view", prices.product_book),
    "GET best_bid_ask": Route("view", prices.best_bid_ask),

    "GET accounts": Route("view", accounts.accounts),
    "GET accounts/{}": Route("view", accounts.account),
    "GET transaction_summary": Route("view", fees.transaction_summary),
    "GET key_permissions": Route("view", fees.key_permissions),
    "GET payment_methods": Route("view", payments.payment_methods),
    "GET payment_methods/{}": Route("view", payments.payment_method),

    "POST orders": Route("trade", orders.create),
    "POST orders/preview": Route("view", orders.preview),
    "POST orders/edit": Route("trade", orders.edit),
    "POST orders/edit_preview": Route("view", orders.edit_preview),
    "POST orders/batch_cancel": Route("trade", orders.batch_cancel),
    "POST orders/close_position": Route("trade", orders.close_position),
    "GET orders/historical/batch": Route("view", history.batch),
    "GET orders/historical/fills": Route("view", history.fills),
    "GET orders/historical/{}": Route("view", history.one),

    "GET portfolios": Route("view", portfolios.portfolios),
    "POST portfolios": Route("trade", portfolios.create),
    "POST portfolios/move_funds": Route("transfer", portfolios.move_funds),
    "GET portfolios/{}": Route("view", breakdown.breakdown),
    "PUT portfolios/{}": Route("trade", portfolios.edit),
    "DELETE portfolios/{}": Route("trade", portfolios.delete),

    "GET cfm/balance_summary": Route("view", cfm.balance_summary),
    "GET cfm/positions": Route("view", cfm.positions),
    "GET cfm/positions/{}": Route("view", cfm.position),
    "GET cfm/sweeps": Route("view", cfm.sweeps),
    "DELETE cfm/sweeps": Route("transfer", cfm.cancel_sweep),
    "POST cfm/sweeps/schedule": Route("transfer", cfm.schedule_sweep),
    "GET cfm/intraday/margin_setting": Route("view", cfm.margin_setting),
    "POST cfm/intraday/margin_setting": Route("trade", cfm.set_margin_setting),
    "GET cfm/intraday/current_margin_window": Route("view", cfm.margin_window),

    "GET intx/portfolio/{}": Route("view", intx.portfolio),
    "GET intx/positions/{}": Route("view", intx.positions),
    "GET intx/positions/{}/{}": Route("view", intx.position),
    "GET intx/balances/{}": Route("view", intx.balances),
    "POST intx/allocate": Route("transfer", intx.allocate),
    "POST intx/multi_asset_collateral": Route("trade", intx.collateral),

    "GET /v2/time": Route(None, app.server_time),
    "GET /v2/currencies": Route(None, app.currencies),
    "GET /v2/currencies/crypto": Route(None, app.crypto_currencies),
    "GET /v2/exchange-rates": Route(None, app.exchange_rates),
    "GET /v2/prices/{}/{}": Route(None, app.price),
    "GET /v2/user": Route("view", app.user),
    "GET /v2/accounts": Route("view", app.accounts),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and what stands in the placeholders of its path."""

    route: Route
    names: tuple[str, ...]

    def answer(self, call: Call, venue: Venue, granted: Granted) -> Answer:
        """Answer a request. Whatever a client sends, this raises nothing.

        Args:
            call: the request.
            venue: where it is carried out; read from another one, and it answers like a replica.
            granted: who asks. Whether they may was the caller's to check.
        """
        try:
            return self.route.handler(Asked(call, venue, granted, self.names))
        except Declined as refusal:
            return refusal.answer
        except ProtoError as error:
            return unreadable(error)


def find(method: str, path: str) -> Match | Answer:
    """Return the route of a request, or the answer to a path or a method that there is not.

    Args:
        method: such as ``GET``; ``HEAD`` is taken for it.
        path: as it was sent, without the query.
    """
    whole = path.rstrip("/")
    plain = _PLAIN.get(whole)
    methods, names = _by_pattern(whole.split("/")) if plain is None else (plain, ())
    route = methods.get("GET" if method == "HEAD" else method)
    if route is None:
        return _WRONG_METHOD if methods else _NOT_FOUND
    return Match(route, names)


def answer(call: Call, venue: Venue, granted: Granted) -> Answer:
    """Answer a request, without asking whether it may be made."""
    found = find(call.method, call.path)
    return found.answer(call, venue, granted) if isinstance(found, Match) else found


_NOT_FOUND: Final = v3_error(404, "Not Found", error="unknown")
_WRONG_METHOD: Final = v3_error(405)
_Methods = Mapping[str, Route]


def _by_path() -> dict[str, dict[str, Route]]:
    paths: dict[str, dict[str, Route]] = {}
    for line, route in ROUTES.items():
        method, path = line.split(" ")
        paths.setdefault(path if path.startswith("/") else BASE + path, {})[method] = route
    return paths


_PATHS: Final[Mapping[str, _Methods]] = _by_path()
_PLAIN: Final = {path: methods for path, methods in _PATHS.items() if "{}" not in path}
_PATTERNS: Final = [(path.split("/"), methods) for path, methods in _PATHS.items() if "{}" in path]


def _by_pattern(segments: list[str]) -> tuple[_Methods, tuple[str, ...]]:
    """Return what a path with placeholders can be asked, and what stands in them; nothing if there is no such path."""
    for pattern, methods in _PATTERNS:
        if len(pattern) == len(segments):
            pairs = list(zip(pattern, segments, strict=True))
            if all(expected in {"{}", segment} for expected, segment in pairs):
                return methods, tuple(segment for expected, segment in pairs if expected == "{}")
    return {}, ()
