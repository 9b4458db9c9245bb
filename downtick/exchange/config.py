"""What an exchange is told before it starts, and where it can be reached once it has."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from downtick.errors import InputError

Address = tuple[str, int]


@dataclass(frozen=True)
class ExchangeConfig:
    """How one exchange behaves. All times are nominal: the exchange multiplies them by ``time_scale``.

    The times and limits are Coinbase's own where it documents them
    (docs: Advanced Trade WebSocket overview, channels, rate limits).

    Attributes:
        host: the loopback address that every listener binds.
        seed: of the market.
        time_scale: real seconds per nominal second.
        products: what is traded in the seeded market.
        tick_rate: market events per nominal second, of each product.
        tape: a recorded capture to play instead of the seeded market.
        certificate: PEM chain; with it every port serves TLS beside plain text.
        private_key: PEM key of the certificate.
        send_client_id: whether envelopes carry ``client_id`` (production omits it at times).
        first_subscribe: seconds within which a connection must subscribe; None switches the rule off.
        idle_close: seconds without a frame after which a connection is closed; None for never.
        message_limit: client messages a nominal second and connection; None for no limit.
        connection_limit: upgrades a nominal second and listener; None for no limit.
        queue_limit: frames that wait for a slow reader before it is cut off.
        close_timeout: seconds that a client has to answer a close frame.
    """

    host: str = "127.0.0.1"
    seed: int = 1
    time_scale: float = 1.0
    products: tuple[str, ...] = ("BTC-USD", "ETH-USD")
    tick_rate: float = 10.0
    tape: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    send_client_id: bool = True
    first_subscribe: float | None = 5.0
    idle_close: float | None = 75.0
    message_limit: int | None = None
    connection_limit: int | None = None
    queue_limit: int = 4096
    close_timeout: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            InputError: a number is out of range, or only half of the TLS pair is given.
        """
        if not _is_loopback(self.host):
            raise InputError(
                f"the exchange listens on loopback (127.x.y.z) only, not on {self.host}"
            )
        if (self.certificate is None) != (self.private_key is None):
            raise InputError("TLS needs both a certificate and its private key")
        for name in ("time_scale", "tick_rate", "close_timeout", "queue_limit"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name} must be above zero, not {getattr(self, name)}")
        for name in ("first_subscribe", "idle_close", "message_limit", "connection_limit"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise InputError(f"{name} must be above zero or None, not {value}")
        if not self.products:
            raise InputError("an exchange needs at least one product")


def _is_loopback(host: str) -> bool:
    """Return whether this is an address, not a name, that never leaves the machine."""
    try:
        return IPv4Address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Endpoints:
    """Where the exchange listens. Each address speaks plain text, and TLS if a certificate was given."""

    rest: Address
    market_ws: Address
    user_ws: Address
