"""A server that somebody named, in ``TOXIPROXY_URL`` or by an option."""

from __future__ import annotations

from typing import Final

import urllib3

from downtick.links.addresses import Address, server_url
from downtick.links.ways.way import Found, Missing, Outcome, Site

VARIABLE: Final = "TOXIPROXY_URL"

_ANSWER_WITHIN: Final = 2.0


def named(site: Site, url: str, origin: str = VARIABLE) -> Outcome:
    """Accept the server at a URL if it is the pinned version, or calls itself ``git``.

    Raises:
        TopologyError: the URL is not a loopback one. Nothing was connected.
    """
    address = server_url(url, origin)
    try:
        version = version_at(address)
    except (urllib3.exceptions.HTTPError, OSError, ValueError, LookupError, TypeError) as error:
        return Missing(f"no Toxiproxy answers at http://{address}: {error}")
    if version == site.pin.version:
        return Found(origin, version, url=f"http://{address}")
    if version == "git":
        warning = (
            f"the Toxiproxy at http://{address} calls itself 'git': Go built it, and whether it is "
            f"{site.pin.version} cannot be seen from outside"
        )
        return Found(origin, version, url=f"http://{address}", warning=warning)
    return Missing(f"the Toxiproxy at http://{address} is {version!r}, not {site.pin.version}")


def version_at(address: Address) -> str:
    """Ask a running server for its version.

    Raises:
        Exception: of urllib3 or of reading JSON, if that is not a Toxiproxy.
    """
    # A bare pool: unlike `requests` it does not look at the proxy settings of the environment.
    with urllib3.HTTPConnectionPool(
        address.host, address.port, timeout=_ANSWER_WITHIN, retries=False
    ) as pool:
        return str(pool.request("GET", "/version", redirect=False).json()["version"])
