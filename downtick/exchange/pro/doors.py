"""The doors of the Exchange dialect: one for REST, one WebSocket for everything."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from downtick.exchange.auth.hmac import HmacVerifier
from downtick.exchange.frames import Body
from downtick.exchange.gateway import Gateway
from downtick.exchange.hub import Hub
from downtick.exchange.ledger import Entry, Order
from downtick.exchange.pro.own_orders import OwnOrders
from downtick.exchange.pro.publisher import BOOK_BATCH, ProPublisher, spot
from downtick.exchange.pro.rest import ProRest
from downtick.exchange.pro.session import ProSession
from downtick.exchange.rate_limits import EXCHANGE, RateLimiter
from downtick.exchange.user_feed import UserFeed


class ProDoors:
    """What speaks the Exchange dialect.

    Args:
        hub: with the venue that is told of.
        user: of the ledger; tells of the user's orders in this dialect too from now on.

    Attributes:
        publisher: makes bodies of the market's events.
        rest: carries out requests.
    """

    def __init__(self, hub: Hub, user: UserFeed) -> None:
        self._hub = hub
        config, venue = hub.config, hub.venue
        verifier = HmacVerifier(config.keys, check=config.check_auth)
        limiter = RateLimiter(EXCHANGE, config.time_scale) if config.rest_limits else None
        self.publisher = ProPublisher(
            venue.market,
            venue.clock,
            hub.wanted,
            lambda: venue.ledger.state.flags,
            config.seed,
            self._books_gather,
        )
        self.rest = ProRest(verifier, limiter, self.publisher.flow, hub.journal.record)
        products = tuple(product.product_id for product in spot(venue.market))
        snapshots, sign_in = self.publisher.snapshots, verifier.subscribe
        self._speak = partial(ProSession, products, snapshots, sign_in=sign_in)
        self._own = OwnOrders(self.publisher.followed, venue.identity)
        user.also.append(self._entered)

    def gateway(self) -> Gateway:
        """Return what takes in the WebSocket connections of one door."""
        return Gateway(self._hub, self._speak)

    def _books_gather(self) -> None:
        """Publish what changed in the books in a while. No timer runs where nobody listens."""
        hub = self._hub
        hub.later(BOOK_BATCH * hub.scale, lambda: hub.publish(self.publisher.books_due()))

    def _entered(self, entry: Entry, order: Order) -> Sequence[Body]:
        bodies = self._own.entered(entry, order)
        if self._own.unopened:
            # Whether the order rests shows once the ledger is done with it.
            self._hub.later(0.0, lambda: self._hub.publish(self._own.rested()))
        return bodies
