import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.errors import TopologyError
from downtick.links.addresses import (
    REPLACED,
    SANDBOX_HOSTS,
    Address,
    listen_address,
    loopback,
    server_url,
    upstream_address,
)

ELSEWHERE = [
    "0.0.0.0",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.0.0.01",
    "127.0.0.1.",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "localhost.",
    "10.0.0.1",
    "128.0.0.1",
    "api.coinbase.com",
    "127.0.0.1%lo",
    "127.0.0.1 ",
    "127.0.0.1\n",
    "\uff11\uff12\uff17.0.0.1",
    "",
]
ELSEWHERE_V6 = ["::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::1%lo", "fe80::1", "::127.0.0.1"]


@pytest.mark.parametrize("host", [*ELSEWHERE, *ELSEWHERE_V6])
def test_hosts_that_are_not_surely_this_machine(host: str) -> None:
    """Every spelling that some program reads differently is refused."""
    assert loopback(host) is None


@pytest.mark.parametrize(
    ("host", "plain"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.250.3.1", "127.250.3.1"),
        ("localhost", "127.0.0.1"),
        ("LocalHost", "127.0.0.1"),
        ("::1", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
    ],
)
def test_hosts_that_are_this_machine(host: str, plain: str) -> None:
    """Loopback addresses in plain spelling are taken; localhost is read, not resolved."""
    assert loopback(host) == plain


@given(st.ip_addresses(v=4))
def test_exactly_one_network_is_loopback(address: ipaddress.IPv4Address) -> None:
    """Of all IPv4 addresses those of 127.0.0.0/8 are taken, and no other."""
    inside = address in ipaddress.ip_network("127.0.0.0/8")
    assert (loopback(str(address)) is not None) == inside


@given(st.text())
def test_any_text_is_an_address_or_one_error(text: str) -> None:
    """Whatever is given, there is a loopback address or a TopologyError."""
    try:
        address = listen_address(text)
    except TopologyError:
        return
    assert ipaddress.ip_address(address.host).is_loopback


@pytest.mark.parametrize("text", ["127.0.0.1", "127.0.0.1:", ":80", "::1:80", "127.0.0.1:65536"])
@pytest.mark.parametrize("read", [listen_address, upstream_address])
def test_text_that_is_no_address(text: str, read: object) -> None:
    """Host and port are both needed, and a v6 host stands in brackets."""
    assert callable(read)
    with pytest.raises(TopologyError, match="allowed"):
        read(text)


@pytest.mark.parametrize("port", ["+80", " 80", "8_0", "\uff18\uff10", "-1", "080808"])
def test_ports_that_only_python_reads_as_numbers(port: str) -> None:
    """A port is plain digits."""
    with pytest.raises(TopologyError, match="is not a number from 0 to 65535"):
        listen_address(f"127.0.0.1:{port}")


def test_v6_loopback_with_a_port() -> None:
    """A bracketed v6 loopback address is read and written back the same."""
    assert str(listen_address("[::1]:8080")) == "[::1]:8080"


@pytest.mark.parametrize("host", SANDBOX_HOSTS)
def test_sandboxes_are_upstreams_only(host: str) -> None:
    """A named sandbox may be led to over TLS; it can neither be listened on nor reached on another port."""
    assert upstream_address(f"{host.upper()}:443") == Address(host, 443)
    with pytest.raises(TopologyError):
        upstream_address(f"{host}:80")
    with pytest.raises(TopologyError):
        listen_address(f"{host}:443")


@pytest.mark.parametrize(
    "upstream",
    [
        "api.coinbase.com:443",
        "advanced-trade-ws.coinbase.com:443",
        "ws-feed.exchange.coinbase.com:443",
        "api-sandbox.coinbase.com.example.com:443",
        "evil-api-sandbox.coinbase.com:443",
        "api-sandbox.coinbase.com.:443",
        "user@api-sandbox.coinbase.com:443",
    ],
)
def test_production_is_never_an_upstream(upstream: str) -> None:
    """Production, and names that look like a sandbox, are refused with what is allowed."""
    with pytest.raises(TopologyError, match=r"leads off this machine; allowed: .*sandbox"):
        upstream_address(upstream)


@pytest.mark.parametrize(("host", "instead"), REPLACED.items())
def test_the_retired_sandbox_is_told_from_what_replaced_it(host: str, instead: str) -> None:
    """Refused like any other host, with the one to take instead, which is a sandbox."""
    assert instead in SANDBOX_HOSTS
    with pytest.raises(TopologyError, match=f"{instead} took its place"):
        upstream_address(f"{host}:443")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8474", Address("127.0.0.1", 8474)),
        ("http://localhost", Address("127.0.0.1", 8474)),
        ("http://[::1]:9/", Address("::1", 9)),
    ],
)
def test_server_urls_that_are_taken(url: str, address: Address) -> None:
    """Scheme, loopback host and port; Toxiproxy's own port if none is given."""
    assert server_url(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8474",
        "https://127.0.0.1:8474",
        "http://",
        "http://example.com:8474",
        "http://127.0.0.1@example.com:8474",
        "http://127.0.0.1:8474@example.com",
        "http://127.0.0.1:8474\\@example.com",
        "http://127.0.0.1:8474#@example.com",
        "http://127.0.0.1:8474/?x=1",
        "http://127.0.0.1:8474/proxies",
        "http://127.0.0.1:99999",
        "http://0.0.0.0:8474",
        "http://[::ffff:127.0.0.1]:8474",
        "http://[::1",
    ],
)
def test_server_urls_that_are_refused(url: str) -> None:
    """Anything that could lead elsewhere, or says more than where, is refused."""
    with pytest.raises(TopologyError, match=r"TOXIPROXY_URL.*allowed: http://127.0.0.1:8474"):
        server_url(url)


def test_a_password_is_not_repeated() -> None:
    """A refused URL with a user name is not told again: it may hold a password."""
    with pytest.raises(TopologyError) as caught:
        server_url("http://me:secret@127.0.0.1:8474")
    assert "secret" not in str(caught.value)
