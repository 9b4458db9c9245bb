"""Asks an Advanced Trade sandbox and the stub the same, and prints where their answers differ in shape.

Run as ``make record-sandbox``. It needs the network: the sandbox is Coinbase's own
(docs: Advanced Trade sandbox: no authentication, static answers, accounts and orders only).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import requests

from chaos_tests.brokerages.contracts.calls import Ask, Said, orders
from chaos_tests.brokerages.contracts.notation import Contract, differences
from downtick.exchange.config import ExchangeConfig
from downtick.rig import Rig

SANDBOX: Final = "https://api-sandbox.coinbase.com/api/v3/brokerage"
CONTRACT: Final = Path(__file__).with_name("advanced_trade.yaml")
_TIMEOUT: Final = (5.0, 15.0)  # seconds to connect, and to answer


def asking(base: str, session: requests.Session) -> Ask:
    """Return what asks the API at this base address; answers that are not JSON are given as text."""

    def ask(method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        answer = session.request(method, base + path, json=body, timeout=_TIMEOUT)
        try:
            return answer.status_code, answer.json()
        except requests.JSONDecodeError:
            return answer.status_code, answer.text

    return ask


def compare(ours: Iterator[Said], theirs: Iterator[Said]) -> Iterator[str]:
    """Yield a line for every difference, call by call."""
    contract = Contract(CONTRACT)
    for mine, other in zip(ours, theirs, strict=True):
        yield f"{mine.name}: {mine.status} here, {other.status} there"
        yield from (f"  {line}" for line in sorted(differences(mine.answer, other.answer)))
        for violation in contract.violations(mine.name, other.answer):
            yield f"  contract: {violation}"


def main(say: Callable[[str], object] = print) -> int:
    """Print the differences, and return the process's exit code."""
    with Rig(exchange=ExchangeConfig(check_auth=False)) as rig, requests.Session() as session:
        session.trust_env = False
        ours = orders(asking(rig.endpoints.rest, session), "BTC-USD")
        with requests.Session() as outside:
            try:
                for line in compare(ours, orders(asking(SANDBOX, outside), "BTC-USD")):
                    say(line)
            except (requests.ConnectionError, requests.Timeout) as error:
                say(f"record-sandbox: {SANDBOX} cannot be reached: {error}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
