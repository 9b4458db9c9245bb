"""The one module around toxiproxy-python: Toxiproxy's control plane with timeouts, errors and echoes.

The library (0.1.1) keeps the server's address as state of a class, so a process controls one server at a time; it
opens a connection for each call, waits for ever, passes 5xx answers over and throws the echo away. Here its calls
go through one session that mends all of this. Proxy settings of the environment are ignored.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

import requests
import toxiproxy
import toxiproxy.api
import urllib3
from toxiproxy.api import APIConsumer

from downtick.errors import PortTaken, ToxicIgnored, ToxiproxyError, ToxiproxyRefused
from downtick.links.addresses import Address, listen_address, server_url, upstream_address
from downtick.links.toxics import Toxic

CONNECT_TIMEOUT: Final = 1.0
READ_TIMEOUT: Final = 5.0
"""Seconds. The slowest honest answer measured is 2 ms; only a toxic that blocks takes longer."""

# Names go into paths of the API as they are.
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")

_CONNECTIONS: Final = 8
"""Kept open at most: calls about different links run side by side."""

_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "downtick"}


class Control:
    """The control plane of one Toxiproxy server. Every method blocks, and may be called from any thread.

    Args:
        url: of the server's API; loopback only.
        timeout: seconds to connect, seconds to wait for an answer.

    Raises:
        TopologyError: the URL is not a loopback one.
        ToxiproxyError: this process controls another server already.
    """

    _open: ClassVar[Control | None] = None
    _opening: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self, url: str, timeout: tuple[float, float] = (CONNECT_TIMEOUT, READ_TIMEOUT)
    ) -> None:
        address = server_url(url)
        self.url = f"http://{address}"
        self._session = _Session(address, timeout)
        self._server = toxiproxy.Toxiproxy()
        with Control._opening:
            if Control._open is not None:
                raise ToxiproxyError(
                    f"this process controls the Toxiproxy at {Control._open.url} already, and "
                    f"toxiproxy-python knows one server a process: close that control before "
                    f"asking for {self.url}"
                )
            Control._open = self
            self._server.update_api_consumer(*str(address).rsplit(":", 1))
            toxiproxy.api.requests = self._session

    def close(self) -> None:
        """Let go of the server, so that this process may control another."""
        with Control._opening:
            if Control._open is self:
                toxiproxy.api.requests = requests
                Control._open = None
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def version(self) -> str:
        """Return what the server calls itself: a version, or ``git`` if Go built it."""
        # Not the library's own `version`, which makes a connection of its own first, without a timeout.
        answer = APIConsumer.get("/version").json()
        return str(answer["version"])

    def create(
        self,
        name: str,
        listen: str,
        upstream: str,
        *,
        enabled: bool = True,
        hosts: Collection[str] = (),
    ) -> Any:
        """Make a proxy and return it, as the library's `toxiproxy.Proxy`.

        Args:
            name: not used on this server yet; letters, digits, dots, dashes and underscores.
            listen: a loopback ``host:port``; port 0 for any, known once the proxy is enabled.
            upstream: a loopback ``host:port`` or a named Coinbase sandbox.
            enabled: whether it listens at once.
            hosts: where it may listen beside loopback.

        Raises:
            TopologyError: listen or upstream leads off this machine. Nothing was sent.
            PortTaken: somebody listens there.
            ToxiproxyRefused: any other answer than 2xx, or none in time.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"proxy name {name!r}: letters, digits, '.', '-' and '_' only")
        asked = {
            "name": name,
            "listen": str(listen_address(listen, hosts)),
            "upstream": str(upstream_address(upstream)),
            "enabled": enabled,
        }
        # Not the library's own `create`, which reads all proxies of the server first.
        echo = _bound(lambda: APIConsumer.post("/proxies", json=asked).json(), listen)
        _compare(f"proxy {name}", {**asked, "listen": echo["listen"]}, echo)
        return toxiproxy.Proxy(**echo)

    def enable(self, proxy: Any) -> dict[str, Any]:
        """Let a proxy listen (again) and return the server's echo.

        Raises:
            PortTaken: somebody took its port meanwhile.
            ToxiproxyRefused: any other answer than 2xx, or none in time.
        """
        _bound(proxy.enable, proxy.listen)
        echo = self._session.echo()
        _compare(f"proxy {proxy.name}", {"enabled": True}, echo)
        proxy.listen = echo["listen"]
        return echo

    def disable(self, proxy: Any) -> dict[str, Any]:
        """Stop a proxy listening, cut its connections, and return the server's echo.

        Raises:
            ToxiproxyRefused: an answer other than 2xx, or none in time.
        """
        proxy.disable()
        echo = self._session.echo()
        _compare(f"proxy {proxy.name}", {"enabled": False}, echo)
        return echo

    def add_toxic(self, proxy: Any, toxic: Toxic) -> dict[str, Any]:
        """Add a toxic and return the server's echo.

        Raises:
            ToxicIgnored: the echo is not what was asked.
            ToxiproxyRefused: an answer other than 2xx, or none in time.
        """
        asked = {
            "name": toxic.name,
            "type": toxic.type,
            "stream": toxic.stream,
            "toxicity": toxic.toxicity,
            "attributes": dict(toxic.attributes),
        }
        proxy.add_toxic(**asked)
        echo = self._session.echo()
        _compare(f"toxic {toxic.name} of proxy {proxy.name}", asked, echo)
        return echo

    def update_toxic(self, proxy: Any, toxic: Toxic) -> dict[str, Any]:
        """Change attributes and toxicity of a toxic, for open connections too, and return the server's echo.

        Raises:
            ToxicIgnored: the echo is not what was asked.
            ToxiproxyRefused: an answer other than 2xx, or none in time.
        """
        asked = {"toxicity": toxic.toxicity, "attributes": dict(toxic.attributes)}
        # The library has no call for it.
        echo: dict[str, Any] = APIConsumer.post(
            f"/proxies/{proxy.name}/toxics/{toxic.name}", json=asked
        ).json()
        _compare(f"toxic {toxic.name} of proxy {proxy.name}", asked, echo)
        return echo

    def remove_toxic(self, proxy: Any, name: str) -> None:
        """Remove a toxic. Removing a ``timeout`` closes every connection (Toxiproxy timeout.go: Cleanup).

        Raises:
            ToxiproxyRefused: an answer other than 2xx, or none in time.
        """
        proxy.destroy_toxic(name)

    def toxics(self, proxy: Any) -> tuple[Toxic, ...]:
        """Return the toxics that a proxy has, oldest first in each direction.

        Raises:
            ToxiproxyRefused: an answer other than 2xx, or none in time.
        """
        return tuple(
            Toxic(told.type, told.attributes, told.stream, told.toxicity, told.name)
            for told in proxy.toxics().values()
        )

    def destroy(self, proxy: Any) -> None:
        """Delete a proxy with its toxics and connections.

        Raises:
            ToxiproxyRefused: an answer other than 2xx, or none in time.
        """
        self._server.destroy(proxy)


class _Answer:
    """An answer as the library reads it: the part of `requests.Response` that it uses."""

    def __init__(self, status_code: int, content: bytes) -> None:
        self.status_code = status_code
        self.content = content

    def json(self) -> Any:
        return json.loads(self.content)


class _Session:
    """What the library calls instead of `requests`: keep-alive, timeouts, errors raised, the echo kept.

    On urllib3, which is what `requests` stands on: a call takes half the time, and proxy settings of the
    environment are nothing that it knows.
    """

    def __init__(self, address: Address, timeout: tuple[float, float]) -> None:
        connect, self._patience = timeout
        self._last = threading.local()
        self._pool = urllib3.HTTPConnectionPool(
            address.host,
            address.port,
            maxsize=_CONNECTIONS,
            timeout=urllib3.Timeout(connect=connect, read=self._patience),
            retries=False,
        )

    def get(self, url: str, params: None = None) -> _Answer:
        return self._call("GET", url, None)

    def post(self, url: str, data: None = None, json: Mapping[str, Any] | None = None) -> _Answer:
        return self._call("POST", url, json)

    def delete(self, url: str) -> _Answer:
        return self._call("DELETE", url, None)

    def echo(self) -> dict[str, Any]:
        """Return what the server answered to this thread's last call, which the library threw away."""
        echo: dict[str, Any] = self._last.answer.json()
        return echo

    def close(self) -> None:
        self._pool.close()

    def _call(self, method: str, url: str, body: Mapping[str, Any] | None) -> _Answer:
        path = urlsplit(url).path
        content = None if body is None else json.dumps(body)
        try:
            response = self._pool.request(method, path, body=content, headers=_HEADERS)
        except urllib3.exceptions.ReadTimeoutError as error:
            raise ToxiproxyRefused(
                f"{method} {url}: no answer within {self._patience:g} s. Toxiproxy cannot change the "
                "toxics of a link while a connection's reader has stopped reading and its buffers are "
                "full, or while a reset_peer sleeps"
            ) from error
        except urllib3.exceptions.HTTPError as error:
            raise ToxiproxyRefused(f"{method} {url}: {error}") from error
        answer = _Answer(response.status, response.data)
        if not 200 <= answer.status_code < 300:
            said = answer.content.decode(errors="replace").strip()
            raise ToxiproxyRefused(
                f"{method} {url}: Toxiproxy answered {answer.status_code}: {said}"
            )
        self._last.answer = answer
        return answer


def _bound(call: Any, listen: str) -> Any:
    """Make a call that binds a port, and tell a taken port from every other refusal."""
    try:
        return call()
    except ToxiproxyRefused as error:
        if "address already in use" in str(error):
            raise PortTaken(f"another process listens on {listen}") from error
        raise


def _compare(what: str, asked: Mapping[str, Any], echo: Mapping[str, Any]) -> None:
    """Refuse an echo that differs from what was asked in any value that was asked for."""
    for key, value in asked.items():
        said = echo.get(key)
        if isinstance(value, Mapping) and isinstance(said, Mapping):
            _compare(f"{what}, {key}", value, said)
        # Toxiproxy keeps toxicity in 32 bits.
        elif said != value and not (isinstance(value, float) and abs(value - (said or 0)) < 1e-6):
            raise ToxicIgnored(f"{what}: asked for {key} {value!r}, Toxiproxy says {said!r}")
