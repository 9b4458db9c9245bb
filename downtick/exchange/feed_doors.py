"""The WebSocket doors of Advanced Trade: which channels each serves, and who is let into the private ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from downtick.exchange.auth.jwt import JwtVerifier
from downtick.exchange.frames import Body
from downtick.exchange.gateway import Speak
from downtick.exchange.hub import Hub
from downtick.exchange.messages import PRIVATE_CHANNELS, PUBLIC_CHANNELS
from downtick.exchange.publisher import Publisher
from downtick.exchange.session import Session
from downtick.exchange.user_feed import UserFeed

CHANNELS: Final[Mapping[str, tuple[str, ...]]] = {
    "market_ws": (*PUBLIC_CHANNELS, *PRIVATE_CHANNELS),  # the failover of the other
    "user_ws": ("heartbeats", *PRIVATE_CHANNELS),
}
"""By door (docs: Advanced Trade WebSocket overview, endpoints)."""


def feed_doors(
    hub: Hub, publisher: Publisher, user: UserFeed, verifier: JwtVerifier
) -> Mapping[str, Speak]:
    """Return what begins the dialogues of each door.

    Args:
        hub: with the venue that is told of.
        publisher: of the public channels.
        user: of the private ones.
        verifier: of their tokens.
    """
    config, venue = hub.config, hub.venue
    products = tuple(product.product_id for product in venue.market.products)

    def snapshots(channel: str, wanted: tuple[str, ...]) -> Sequence[Body]:
        if channel in PRIVATE_CHANNELS:
            return user.snapshots(channel, wanted)
        return publisher.snapshots(channel, wanted)

    return {
        door: partial(
            Session,
            products,
            snapshots,
            channels=channels,
            login=verifier.login,
            user_id=venue.identity.user_id,
            client_id=config.send_client_id,
        )
        for door, channels in CHANNELS.items()
    }
