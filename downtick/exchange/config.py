"""What an exchange is told before it starts, and where it can be reached once it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final, Literal, get_args

from downtick.errors import InputError
from downtick.exchange.auth.keys import KeyRing, process_ring

Address = tuple[str, int]

Dialect = Literal["advanced_trade", "exchange"]
"""How clients speak to Coinbase: to its Advanced Trade API, or to Coinbase Exchange, which was Coinbase Pro."""

_BALANCES: Final = {
    "USD": Decimal(100_000),
    "USDC": Decimal(100_000),
    "BTC": Decimal(2),
    "ETH": Decimal(20),
}


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
        next_certificate: another chain under the same authority, for a restart that changes the certificate.
        next_private_key: its key.
        key_log: where the keys of its TLS connections are appended, for whoever shall read them in a capture.
        keys: those that it knows; this process's if not given.
        dialect: what its three doors speak. The Exchange dialect has two doors of its own beside those of Advanced
            Trade; with ``exchange`` it takes their place, and nobody speaks Advanced Trade.
        check_auth: whether it looks at tokens and signatures; False lets everybody in.
        rest_limits: whether the documented rates of REST requests are enforced.
        balances: what the user has at the start, by currency.
        volume_30d: what the user traded before, in US dollars; decides the fee tier.
        duplicate_client_order_id: whether an order under a name that was used before is answered with the order
            of that name, as Coinbase documents, or rejected.
        request_timeout: seconds that a client may take to send one whole request; at least 1 s real.
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
    next_certificate: Path | None = None
    next_private_key: Path | None = None
    key_log: Path | None = None
    keys: KeyRing = field(default_factory=process_ring)
    dialect: Dialect = "advanced_trade"
    check_auth: bool = True
    rest_limits: bool = False
    balances: Mapping[str, Decimal] = field(default_factory=lambda: dict(_BALANCES))
    volume_30d: Decimal = Decimal(0)
    duplicate_client_order_id: Literal["return", "reject"] = "return"
    request_timeout: float = 20.0
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
        for chain, key in (
            (self.certificate, self.private_key),
            (self.next_certificate, self.next_private_key),
        ):
            if (chain is None) != (key is None):
                raise InputError("TLS needs both a certificate and its private key")
        for name in ("time_scale", "tick_rate", "close_timeout", "request_timeout", "queue_limit"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name} must be above zero, not {getattr(self, name)}")
        for name in ("first_subscribe", "idle_close", "message_limit", "connection_limit"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise InputError(f"{name} must be above zero or None, not {value}")
        for currency, amount in self.balances.items():
            if not amount.is_finite() or amount < 0:
                raise InputError(f"balances: {currency} must be zero or more, not {amount}")
        if self.dialect not in get_args(Dialect):
            raise InputError(f"dialect {self.dialect!r}: expected {' or '.join(get_args(Dialect))}")
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
    """Where the exchange listens. Each address speaks plain text, and TLS if a certificate was given.

    Attributes:
        rest: the API of the configured dialect.
        market_ws: market data in that dialect.
        user_ws: the user's orders in that dialect.
        exchange_rest: the API of the Exchange dialect.
        exchange_ws: everything in the Exchange dialect.
    """

    rest: Address
    market_ws: Address
    user_ws: Address
    exchange_rest: Address
    exchange_ws: Address
