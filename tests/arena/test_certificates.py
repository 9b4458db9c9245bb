from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509

from downtick.arena.certificates import HOST_NAMES, Authority
from downtick.exchange.listener import tls_context


def names(chain: Path) -> set[str]:
    """Return what a certificate is good for."""
    certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> bytes:
    """Carry out a TLS handshake in memory, and return the server's certificate."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    ours = client.wrap_bio(to_client, to_server, server_hostname=host)
    waiting = [ours, theirs]
    while waiting:
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                continue
    found = ours.getpeercert(binary_form=True)
    assert found is not None
    return found


def test_a_certificate_has_coinbases_names_and_the_links_address(tmp_path: Path) -> None:
    """Of both dialects, so that a bot with them built in can be led here."""
    chain, _ = Authority(tmp_path).issue("exchange", "127.4.5.1", "127.0.0.1")
    assert names(chain) == {*HOST_NAMES, "127.4.5.1"}
    assert {"api.coinbase.com", "api.exchange.coinbase.com", "ws-feed.exchange.coinbase.com"} <= (
        names(chain)
    )


@pytest.mark.parametrize(
    "host", ["127.4.5.1", "api.coinbase.com", "ws-direct.exchange.coinbase.com"]
)
def test_who_trusts_the_authority_trusts_each_certificate(tmp_path: Path, host: str) -> None:
    """A restart may change the certificate: it is another, and as good."""
    authority = Authority(tmp_path)
    client = ssl.create_default_context(cafile=authority.ca_file)
    first, second = (
        shake_hands(tls_context(*authority.issue(name, "127.4.5.1")), client, host)
        for name in ("exchange", "next")
    )
    assert first != second


def test_another_authority_is_not_trusted(tmp_path: Path) -> None:
    """Nor is a name that is not in the certificate."""
    for folder in (ours := tmp_path / "ours", theirs := tmp_path / "theirs"):
        folder.mkdir()
    server = tls_context(*Authority(theirs).issue("exchange"))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, ssl.create_default_context(cafile=Authority(ours).ca_file), "localhost")
    authority = Authority(ours)
    client = ssl.create_default_context(cafile=authority.ca_file)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(tls_context(*authority.issue("other")), client, "example.org")


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    """And the authority's own is in no file."""
    authority = Authority(tmp_path)
    _, key = authority.issue("exchange")
    assert key.stat().st_mode & 0o777 == 0o600
    holding = [path for path in tmp_path.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert holding == [key]
