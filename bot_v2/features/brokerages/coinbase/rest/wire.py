"""Carries one request over the wire, with `requests`, and tells how far it came. Blocks; one thread a request.

Every retry is decided elsewhere (`client.py`): here nothing is sent twice, no redirect is followed, no cookie
is kept, and no proxy, certificate or password of the environment is used that nobody configured.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from decimal import Decimal
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, NoReturn
from urllib.parse import quote

import requests

from bot_v2.features.brokerages.coinbase.rest.attempt import Attempt
from bot_v2.features.brokerages.coinbase.rest.auth import Signer
from bot_v2.features.brokerages.coinbase.rest.call import Answer, Call
from bot_v2.features.brokerages.coinbase.rest.connections import WatchedAdapter, carrying
from bot_v2.features.brokerages.coinbase.rest.settings import RestSettings

_PIECE: Final = 65536
_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # a small answer must not become a large one here
    "Cache-Control": "no-cache",  # public answers may be a second old otherwise (docs: Advanced Trade REST API)
    "User-Agent": "bot_v2",
}


class Lost(Exception):
    """No answer came. How far the request came, its `Attempt` tells."""


class Untrusted(Lost):
    """Whoever is there showed no certificate that is trusted under its name. Nothing of the request left."""


class Wire:
    """Connections to one endpoint.

    Args:
        endpoint: scheme, host and perhaps port; no path.
        signer: proves who we are.
        settings: in real seconds.
        ca_file: trust the authorities of this PEM file instead of those that come with `requests`.
        proxy: address of an HTTP proxy; None for none, whatever the environment says.
    """

    def __init__(
        self,
        endpoint: str,
        signer: Signer,
        settings: RestSettings,
        ca_file: str | None = None,
        proxy: str | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._host = endpoint.partition("://")[2]
        self._signer = signer
        self._settings = settings
        self._lost_at = 0.0
        self._session = session = requests.Session()
        session.trust_env = (
            False  # no proxy, and no password out of ~/.netrc instead of our signature
        )
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.update(_HEADERS)
        session.verify = ca_file or True
        if proxy is not None:
            session.proxies = {"http": proxy, "https": proxy}
        adapter = WatchedAdapter(settings.threads)
        session.mount("http://", adapter)
        session.mount("https://", adapter)

    def carry(self, call: Call, attempt: Attempt) -> Answer:
        """Send a request and read its answer.

        Args:
            call: the request.
            attempt: is told how far it comes, and may give it up.

        Raises:
            Lost: no answer came.
        """
        try:
            with carrying(attempt, self._lost_at):
                return self._read(self._send(call, attempt))
        except Lost:
            # What ended this connection may have ended those that lie in the pool, too.
            self._lost_at = time.monotonic()
            raise

    def close(self) -> None:
        """Let go of the connections that are not in use."""
        self._session.close()

    def _send(self, call: Call, attempt: Attempt) -> requests.Response:
        try:
            prepared = self._session.prepare_request(self._request(call))
            if not call.public:
                target = prepared.path_url  # as it will leave, letter by letter
                body = prepared.body if isinstance(prepared.body, bytes) else b""
                prepared.headers.update(
                    self._signer.headers(call.method, self._host, target, body, time.time())
                )
            attempt.handed_over()
            return self._session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=(self._settings.connect_timeout, self._settings.read_timeout),
                verify=self._session.verify,
                proxies=self._session.proxies,
            )
        except Exception as error:  # whatever it is: the request may be on its way
            untrusted = isinstance(_bottom(error), ssl.SSLCertVerificationError)
            raise (Untrusted if untrusted else Lost)(_words(error)) from error

    def _request(self, call: Call) -> requests.Request:
        url = self._endpoint + quote(call.path, safe="/:")
        if call.body is None:
            return requests.Request(call.method, url, params=list(call.query))
        headers = {"Content-Type": "application/json"}
        body = json.dumps(call.body, separators=(",", ":")).encode()
        return requests.Request(
            call.method, url, params=list(call.query), headers=headers, data=body
        )

    def _read(self, response: requests.Response) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        try:
            data, problem = _json(_body(response, headers, self._settings.max_body)), ""
        except _Unreadable as unreadable:
            data, problem = None, str(unreadable)
        except Exception as error:  # noqa: BLE001 - the head came, the body did not
            data, problem = None, f"the body did not arrive: {_words(error)}"
        if problem:
            response.close()  # what is left of it must not be taken for the next answer
        return Answer(response.status_code, headers, data, problem)


class _Unreadable(Exception):
    """A body that cannot be believed."""


def _body(response: requests.Response, headers: Mapping[str, str], limit: int) -> bytes:
    """Read a body. Its deadline is the attempt's: whoever waits gives it up."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        response.close()
        raise _Unreadable("the body is compressed, which nobody asked for")
    pieces, size = [], 0
    # read1 returns what is there; `iter_content` would wait for a whole piece of a dripping body.
    while piece := response.raw.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise _Unreadable(f"the body is longer than {limit} bytes")
    response.raw.release_conn()
    return b"".join(pieces)


def _json(body: bytes) -> Any:
    """Return the JSON of a body: an object, a list or a text. Half of one of these is none."""
    try:
        data = json.loads(body.decode(), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        start = body[:60].decode(errors="replace")
        raise _Unreadable(f"the body is no JSON: {start!r}") from None
    if not isinstance(data, dict | list | str):
        raise _Unreadable("the body is JSON of no use")
    return data


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _words(error: BaseException) -> str:
    """Return the words of the error at the bottom: what is wrapped around it says less."""
    bottom = _bottom(error)
    return f"{type(bottom).__name__}: {str(bottom)[:200]}"


def _bottom(error: BaseException) -> BaseException:
    while isinstance(
        inner := getattr(error, "reason", None) or next(iter(error.args), None), Exception
    ):
        error = inner
    return error
