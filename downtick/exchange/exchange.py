"""The stub Coinbase: its doors, in two dialects, before one market, one ledger and one journal."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from downtick.errors import ExchangeFailed
from downtick.exchange.advanced_trade import AdvancedTrade
from downtick.exchange.auth.jwt import JwtVerifier
from downtick.exchange.config import Endpoints, ExchangeConfig
from downtick.exchange.driver import Driver
from downtick.exchange.fault_words.parts import LISTENERS
from downtick.exchange.feed_doors import feed_doors
from downtick.exchange.gateway import Gateway
from downtick.exchange.hub import Hub
from downtick.exchange.journal import Journal
from downtick.exchange.listener import Handler, Listener, logged_tls_context, tls_context
from downtick.exchange.market import SeededMarket, TapeMarket
from downtick.exchange.pro.doors import ProDoors
from downtick.exchange.publisher import Publisher
from downtick.exchange.rate_limits import ADVANCED_TRADE, RateLimiter
from downtick.exchange.rest import Rest
from downtick.exchange.tape_file import load_tape
from downtick.exchange.user_feed import UserFeed
from downtick.exchange.venue import open_venue


class Exchange:
    """One exchange, from `start` to `stop`; to be used once.

    Args:
        config: how it behaves.
        journal: gets everything that happens.
    """

    def __init__(self, config: ExchangeConfig, journal: Journal) -> None:
        self._config = config
        self._journal = journal
        self._hub: Hub | None = None
        self._listeners: list[Listener] = []

    async def start(self) -> Endpoints:
        """Open the doors and let the market run.

        Raises:
            InputError: the tape or the certificate cannot be used.
            OSError: the host cannot be bound.
        """
        config = self._config
        market = await self._market()
        venue = open_venue(config, market.openings, self._journal.record)
        hub = self._hub = Hub(config, self._journal, venue)
        publisher = Publisher(venue.market, venue.clock, hub.wanted)
        user = UserFeed(venue, hub, hub.faults)
        hub.settling.append(user.settle)
        verifier = JwtVerifier(config.keys, check=config.check_auth)
        limiter = RateLimiter(ADVANCED_TRADE, config.time_scale) if config.rest_limits else None
        dialect = AdvancedTrade(verifier, limiter, self._journal.record)
        requests, numbers = itertools.count(1), itertools.count(1)
        doors = feed_doors(hub, publisher, user, verifier)
        handlers = {name: Gateway(hub, speak).handle for name, speak in doors.items()}
        handlers["rest"] = Rest(hub, dialect, requests).handle
        pro = ProDoors(hub, user)
        pro_rest = Rest(hub, pro.rest, requests).handle
        tls = _tls(config.certificate, config.private_key, config.key_log)
        next_tls = _tls(config.next_certificate, config.next_private_key, config.key_log)

        def listen(name: str, handler: Handler) -> tuple[str, int]:
            listener = Listener(
                name,
                config.host,
                next_number=lambda: next(numbers),
                handler=handler,
                faults=hub.faults,
                journal=self._journal,
                tls=tls,
                next_tls=next_tls,
                patience=hub.patience,
            )
            address = listener.open()
            self._listeners.append(listener)
            hub.doors.append(listener)
            return address

        if config.dialect == "exchange":
            handlers = {name: pro.gateway().handle for name in doors} | {"rest": pro_rest}
        addresses = {name: listen(name, handlers[name]) for name in LISTENERS}
        if config.dialect == "exchange":
            beside = addresses["rest"], addresses["market_ws"]
        else:
            pro_feed = pro.gateway().handle
            beside = listen("exchange_rest", pro_rest), listen("exchange_ws", pro_feed)
        endpoints = Endpoints(**addresses, exchange_rest=beside[0], exchange_ws=beside[1])
        Driver(market.events(), (publisher, pro.publisher), hub).start()
        return endpoints

    async def start_fault(
        self, name: str, attributes: Mapping[str, Any], selectors: Mapping[str, Any]
    ) -> int:
        """Start a fault and return its handle.

        Args:
            name: one of `downtick.exchange.vocabulary.EXCHANGE_FAULTS`.
            attributes: of the fault; what is missing gets its default.
            selectors: ``once``, ``nth``, ``times``, ``route``, ``product``, ``method``.

        Raises:
            InputError: one of them is unknown, or a required attribute is missing.
        """
        faults = self._opened.faults
        preparation = faults.preparation(name, attributes)
        if preparation is not None:
            await asyncio.to_thread(preparation)
        return faults.start(name, attributes, selectors)

    async def stop_fault(self, handle: int) -> None:
        """Stop a fault. One that is over already is left alone."""
        self._opened.faults.stop(handle)

    async def heal(self) -> None:
        """Stop every fault, and forget every `when`."""
        self._opened.triggers.clear()
        self._opened.faults.stop_all()

    def when(
        self,
        counter: str,
        count: int,
        callback: Callable[[], Awaitable[None]],
        *,
        hold: bool = False,
    ) -> None:
        """Call back once the counter has counted that many from now on, in the same instant as the event.

        Args:
            counter: one of `downtick.exchange.vocabulary.TRIGGERS`.
            count: how many of it.
            callback: what to do then. What it raises is journalled.
            hold: whether no frame leaves any feed connection until every bot has read what was sent and the
                callback is done. A bot that does not answer a ping within 2 s nominal (at least 200 ms real) is
                waited for no longer; ``hold_expired`` says so.

        Raises:
            InputError: an unknown counter, or a count below 1.
        """
        self._opened.triggers.add(counter, count, callback, hold=hold)

    async def stop(self) -> None:
        """End all faults and connections, close the doors, and flush the journal."""
        if self._hub is not None:
            self._hub.faults.stop_all()
            await self._hub.stop()
        for listener in self._listeners:
            await listener.close()
        self._journal.flush()

    @property
    def _opened(self) -> Hub:
        if self._hub is None:
            raise ExchangeFailed("the exchange has not been started")
        return self._hub

    async def _market(self) -> SeededMarket | TapeMarket:
        config = self._config
        if config.tape is not None:
            return await asyncio.to_thread(load_tape, config.tape)
        return SeededMarket(config.seed, config.products, config.tick_rate)


def _tls(
    certificate: Path | None, private_key: Path | None, key_log: Path | None
) -> ssl.SSLContext | None:
    if certificate is None or private_key is None:
        return None
    if key_log is None:
        return tls_context(certificate, private_key)
    return logged_tls_context(certificate, private_key, key_log)
