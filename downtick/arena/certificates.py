"""A certificate authority for one run, and a certificate that says what a bot dials."""

from __future__ import annotations

from pathlib import Path

import trustme

HOST_NAMES = (
    "api.coinbase.com",
    "advanced-trade-ws.coinbase.com",
    "advanced-trade-ws-user.coinbase.com",
    "api-sandbox.coinbase.com",
    "api-public.sandbox.exchange.coinbase.com",
    "ws-feed-public.sandbox.exchange.coinbase.com",
    "localhost",
    "127.0.0.1",
    "::1",
)
"""Names in the certificate, so that a bot with Coinbase's own addresses built in can be led here by a hosts file."""


def make_certificates(folder: Path, host: str) -> tuple[Path, Path, Path]:
    """Make an authority and one certificate in a run's folder, good for its links' address too.

    Returns:
        The authority's certificate, the exchange's chain and its private key. The authority's own key is
        never written down.
    """
    authority = trustme.CA(organization_name="downtick")
    leaf = authority.issue_cert(*dict.fromkeys((*HOST_NAMES, host)))
    ca_file, chain, key = (folder / name for name in ("ca.pem", "exchange.pem", "exchange.key"))
    authority.cert_pem.write_to_path(ca_file)
    for pem in leaf.cert_chain_pems:
        pem.write_to_path(chain, append=True)
    key.touch(mode=0o600)
    leaf.private_key_pem.write_to_path(key)
    return ca_file, chain, key
