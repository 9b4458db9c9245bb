"""A certificate authority for one run, and certificates that say what a bot dials."""

from __future__ import annotations

from pathlib import Path

import trustme

HOST_NAMES = (
    "api.coinbase.com",
    "advanced-trade-ws.coinbase.com",
    "advanced-trade-ws-user.coinbase.com",
    "api-sandbox.coinbase.com",
    "api.exchange.coinbase.com",
    "ws-feed.exchange.coinbase.com",
    "ws-direct.exchange.coinbase.com",
    "api-public.sandbox.exchange.coinbase.com",
    "ws-feed-public.sandbox.exchange.coinbase.com",
    "ws-direct.sandbox.exchange.coinbase.com",
    "localhost",
    "127.0.0.1",
    "::1",
)
"""Names in a certificate, so that a bot with Coinbase's own addresses built in can be led here by a hosts file."""


class Authority:
    """A certificate authority. Its own key is never written down.

    Args:
        folder: of the run, where the certificates are written.

    Attributes:
        ca_file: the authority's certificate, to be trusted.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = trustme.CA(organization_name="downtick")
        self.ca_file = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(self.ca_file)

    def issue(self, name: str, *hosts: str) -> tuple[Path, Path]:
        """Make another certificate, with Coinbase's names and these, and return the files of its chain and its key.

        Args:
            name: of the files.
            hosts: addresses at which a bot may be led to the exchange.
        """
        leaf = self._authority.issue_cert(*dict.fromkeys((*HOST_NAMES, *hosts)))
        chain, key = (self._folder / f"{name}.{suffix}" for suffix in ("pem", "key"))
        chain.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
        key.touch(mode=0o600)
        leaf.private_key_pem.write_to_path(key)
        return chain, key
