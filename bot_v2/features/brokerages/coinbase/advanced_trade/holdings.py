"""What is held of a product: of a spot product its base currency, of a contract the position in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from bot_v2.features.brokerages.broker import Account, Balance
from bot_v2.features.brokerages.coinbase.advanced_trade import words
from bot_v2.features.brokerages.coinbase.advanced_trade.pages import API, entries
from bot_v2.features.brokerages.coinbase.figures import (
    Malformed,
    mapping,
    not_negative,
    sequence,
    text,
)
from bot_v2.features.brokerages.coinbase.rest import Call, RestClient
from bot_v2.features.brokerages.coinbase.venue import believed

Where = Literal["spot", "cfm", "intx"]

_ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class _Product:
    """Where a product's position stands, and its base currency if that is the accounts."""

    where: Where
    base: str


class Holdings:
    """Balances and positions.

    Args:
        client: of the endpoint.
    """

    def __init__(self, client: RestClient) -> None:
        self._client = client
        self._products: dict[str, _Product] = {}  # they never change their kind
        self._portfolio: str | None = None

    async def account(self) -> Account:
        """Return the balances; of a currency with several accounts, their sum.

        Raises:
            NotDone: they could not be read.
        """
        balances: dict[str, Balance] = {}
        async for entry in entries(self._client, "/accounts", "accounts"):
            with believed("GET /accounts"):
                currency = text(entry, "currency")
                before = balances.get(currency, Balance(_ZERO, _ZERO))
                available = _amount(entry, "available_balance") + before.available
                balances[currency] = Balance(available, _amount(entry, "hold") + before.hold)
        return Account(balances)

    async def positions(self, symbols: Sequence[str]) -> Mapping[str, Decimal]:
        """Return what is held of some products.

        Raises:
            NotDone: it could not be read.
        """
        products = {symbol: await self._product(symbol) for symbol in symbols}
        places = {product.where for product in products.values()}
        account = await self.account() if "spot" in places else Account({})
        held = {place: await self._held(place) for place in sorted(places - {"spot"})}
        found = {}
        for symbol, product in products.items():
            if product.where == "spot":
                balance = account.balances.get(product.base)
                found[symbol] = balance.total if balance else _ZERO
            else:
                found[symbol] = held[product.where].get(symbol, _ZERO)
        return found

    async def _held(self, where: str) -> Mapping[str, Decimal]:
        """Return the positions in contracts."""
        size: Callable[[Mapping[str, Any]], Decimal]
        if where == "cfm":
            path, size = "/cfm/positions", words.contracts
        else:
            path, size = f"/intx/positions/{await self._own_portfolio()}", words.net_size
        call = Call("GET", API + path)
        reply = await self._client.read(call)
        with believed(call):
            listed = sequence(mapping(reply.data, "the answer").get("positions"), "positions")
            told = [mapping(position, "a position") for position in listed]
            found = {text(position, "product_id"): size(position) for position in told}
            if len(found) != len(told):
                raise Malformed("two positions in one product")
            return found

    async def _product(self, symbol: str) -> _Product:
        known = self._products.get(symbol)
        if known is not None:
            return known
        call = Call("GET", f"{API}/products/{symbol}")
        reply = await self._client.read(call)
        with believed(call):
            product = self._products[symbol] = _kind(mapping(reply.data, "the answer"), symbol)
        return product

    async def _own_portfolio(self) -> str:
        """Return the portfolio that the key is for."""
        if self._portfolio is None:
            call = Call("GET", f"{API}/key_permissions")
            reply = await self._client.read(call)
            with believed(call):
                self._portfolio = text(mapping(reply.data, "the answer"), "portfolio_uuid")
        return self._portfolio


def _kind(told: Mapping[str, Any], symbol: str) -> _Product:
    if text(told, "product_id") != symbol:
        raise Malformed(f"asked for {symbol}, told of {told['product_id']!r:.40}")
    if text(told, "product_type") == "SPOT":
        return _Product("spot", text(told, "base_currency_id"))
    contract = mapping(told.get("future_product_details"), "future_product_details")
    by_venue = text(contract, "risk_managed_by") == "MANAGED_BY_VENUE"
    return _Product("intx" if by_venue else "cfm", "")


def _amount(entry: Mapping[str, Any], key: str) -> Decimal:
    return not_negative(mapping(entry.get(key), key), "value")
