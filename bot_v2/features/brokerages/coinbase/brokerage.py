"""Coinbase as a `Broker`, whichever of its APIs is spoken.

::

    CoinbaseBrokerage ──▶ placing.py: how an order is placed and cancelled
            │                 │
            └──▶ Venue: advanced_trade/ or exchange/ ──▶ rest/: RestClient
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot_v2.features.brokerages.broker import Account, Fill, OrderReport, OrderRequest, Quote
from bot_v2.features.brokerages.coinbase import advanced_trade, exchange, placing
from bot_v2.features.brokerages.coinbase.rest import RestClient, RestSettings, Wire
from bot_v2.features.brokerages.coinbase.settings import CoinbaseSettings
from bot_v2.features.brokerages.coinbase.venue import Venue


class CoinbaseBrokerage:
    """See `Broker`. To be used from one event loop.

    What it says of an order is what Coinbase said; nothing is remembered. A balance or a list that is wrong, but
    well formed, is passed on: whoever has a belief of their own compares.

    Args:
        settings: where Coinbase is, and who we are.
        symbols: the products that the bot trades.
        rest: how patient it is, in nominal seconds.
        seed: for the jitter of the back-off.

    Attributes:
        client: of the REST API; its counters tell how it goes.
    """

    def __init__(
        self,
        settings: CoinbaseSettings,
        symbols: Sequence[str],
        rest: RestSettings | None = None,
        *,
        seed: int | None = None,
    ) -> None:
        rest = rest or RestSettings()
        real = rest.real()
        wire = Wire(
            settings.api_endpoint, settings.signer(), real, settings.ca_file, settings.proxy
        )
        spoken = exchange if settings.dialect == "exchange" else advanced_trade
        self.client = RestClient(wire, rest, spoken.RATES, seed)
        self._symbols = tuple(symbols)
        self._venue: Venue = (
            exchange.Exchange(self.client, self._symbols)
            if settings.dialect == "exchange"
            else advanced_trade.AdvancedTrade(self.client)
        )
        self._patience = placing.Patience(real.order_timeout, real.read_timeout)

    async def get_account(self) -> Account:
        """Return the balances; see `Broker`."""
        return await self._venue.account()

    async def get_position(self, symbol: str) -> Decimal:
        """Return what is held of a product; see `Broker`."""
        return (await self._venue.positions((symbol,)))[symbol]

    async def get_positions(self) -> Mapping[str, Decimal]:
        """Return what is held of the products that the bot trades."""
        return await self._venue.positions(self._symbols)

    async def get_quote(self, symbol: str) -> Quote:
        """Return the present price: the middle of the best quotes."""
        return await self._venue.quote(symbol)

    async def get_time(self) -> float:
        """Return the exchange's time in seconds since 1970, to the millisecond.

        Raises:
            NotDone: it could not be read.
        """
        return await self._venue.time()

    async def place_order(self, request: OrderRequest) -> OrderReport:
        """Place an order, or return the one of this name; see `Broker` and `placing`."""
        return await placing.place(self._venue, request, self._patience, self.client.backoff())

    async def cancel_order(self, order_id: str) -> None:
        """Ask for the end of an order; see `Broker` and `placing`."""
        await placing.cancel(self._venue, order_id, self._patience, self.client.backoff())

    async def get_order(self, order_id: str) -> OrderReport | None:
        """Return an order, or None if Coinbase says that there is none. That is no proof: it may show later."""
        return await self._venue.order(order_id)

    async def find_order(self, client_order_id: str, since: float) -> OrderReport | None:
        """Return an order by our name for it, or None if it does not show. That is no proof: it may show later."""
        return await self._venue.order_named(client_order_id, since)

    async def open_orders(self) -> Sequence[OrderReport]:
        """Return the open orders of all products; see `Broker`."""
        return await self._venue.open_orders()

    async def get_fills(self, since: float) -> Sequence[Fill]:
        """Return the fills since an instant, oldest first; see `Broker`."""
        return await self._venue.fills(since)

    async def close(self) -> None:
        """Give up what is under way, and let go of every connection."""
        self.client.close()
