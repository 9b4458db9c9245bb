"""How long an exchange with TLS takes to come up and go down, and what its authentication costs.

Run as ``python -m benchmarks.start``. Absolute times belong to the machine. Keys and certificates are made once in
a process; their rows show what that saves.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import Row, show
from downtick.arena.certificates import Authority
from downtick.exchange.auth import sign
from downtick.exchange.auth.hmac import HmacVerifier
from downtick.exchange.auth.jwt import JwtVerifier
from downtick.exchange.auth.keys import make_keys, process_keys
from downtick.exchange.auth.outcome import Granted
from downtick.exchange.config import ExchangeConfig
from downtick.exchange.exchange import Exchange
from downtick.exchange.journal import Journal

ROUNDS = 100
CALLS = 2_000
_URI = "GET /api/v3/brokerage/accounts"


async def starts(config: ExchangeConfig) -> list[float]:
    """Return the seconds of each start."""
    taken = []
    for _ in range(ROUNDS + 1):
        exchange = Exchange(config, Journal(lambda events: None))
        start = time.perf_counter()
        await exchange.start()
        taken.append(time.perf_counter() - start)
        await exchange.stop()
    return taken[1:]  # the first one warms the process


def timed(call: Callable[[], object], count: int) -> list[float]:
    """Return the seconds of each call."""
    call()
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return taken


def checks() -> dict[str, Callable[[], object]]:
    """Return what is done for each request that needs a login."""
    keys = process_keys()
    tokens, signatures = JwtVerifier(keys.ring), HmacVerifier(keys.ring)
    headers = sign.exchange_headers(keys.exchange, "GET", "/accounts")

    def token(text: str) -> Callable[[], object]:
        return lambda: tokens.verify(text, uri=_URI, scope="view")

    calls: dict[str, Callable[[], object]] = {
        "JWT, ES256": token(sign.token(keys.es256)),
        "JWT, EdDSA": token(sign.token(keys.ed25519)),
        "HMAC": lambda: signatures.request("GET", "/accounts", b"", headers, "view"),
    }
    for name, call in calls.items():
        assert isinstance(call(), Granted), name
    return calls


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        certificate, private_key = authority.issue("exchange", "127.0.0.1")
        tls = ExchangeConfig(certificate=certificate, private_key=private_key)
        show(
            "start of an exchange, warm process (ms)",
            [
                Row.of("with TLS", asyncio.run(starts(tls)), 1000),
                Row.of("plain text only", asyncio.run(starts(ExchangeConfig())), 1000),
            ],
        )
        show(
            "made once in a process (ms)",
            [
                Row.of("keys", timed(make_keys, ROUNDS), 1000),
                Row.of(
                    "authority, certificate",
                    timed(lambda: Authority(Path(folder)).issue("other"), ROUNDS),
                    1000,
                ),
            ],
        )
    show(
        "a login is checked (µs)",
        [Row.of(name, timed(call, CALLS), 1e6) for name, call in checks().items()],
    )


if __name__ == "__main__":
    main()
