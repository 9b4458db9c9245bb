"""What a bot counts and measures: the page that Prometheus would read, read while the bot runs.

A bot need not have one, and a page that cannot be read stops no run.
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
import time
from collections.abc import Iterator
from typing import Final, Self
from urllib.parse import urlsplit

import urllib3

from downtick.errors import InputError
from downtick.history import Event
from downtick.links.addresses import loopback

VARIABLE: Final = "DOWNTICK_METRICS_PORT"
PLACEHOLDER: Final = "{metrics_port}"
USUAL: Final = f"http://127.0.0.1:{PLACEHOLDER}/metrics"
SOURCE: Final = "bot"

EVERY: Final = 0.25
"""Real seconds from one reading to the next."""

LARGEST: Final = 1 << 20
"""Bytes of a page that are read; a larger one is left out."""

_PATIENCE: Final = 1.0
_TIMEOUT: Final = urllib3.Timeout(connect=_PATIENCE, read=_PATIENCE)


def checked(url: str) -> str:
    """Return the address of a page, if it is one of this machine's. ``{metrics_port}`` may stand for its port.

    Raises:
        InputError: it is none, or leads elsewhere. Nothing was connected.
    """
    allowed = f"allowed: {USUAL}, or another page of a loopback address"
    if "@" in url:  # the text is not repeated: it may hold a password
        raise InputError(f"--metrics: a user name or password stands in it; {allowed}")
    try:
        parts = urlsplit(url.replace(PLACEHOLDER, "9100"))
        local = parts.scheme == "http" and parts.port is not None
    except ValueError:
        local = False
    if not local or loopback(parts.hostname or "") is None:
        raise InputError(f"--metrics: found {url!r}; {allowed}")
    return url


class MetricsPage:
    """Reads a page, in a thread of its own: a bot that hangs holds nobody up.

    Args:
        url: of the page.
        expected: whether the bot is said to have it; else nothing is missing where there is none.
    """

    def __init__(self, url: str, *, expected: bool = True) -> None:
        self._why = "nobody was asked" if expected else ""
        self._url = url
        self._known: dict[str, float] = {}
        self._news: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(2 * _PATIENCE)  # a page that drips holds nobody up either

    def news(self) -> list[Event]:
        """Return what has changed since the last call: an event for each reading that found a change."""
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._news.get_nowait())
        return found

    def __str__(self) -> str:
        """Say why the bot's metrics were never read; empty if they were."""
        return f"the bot's metrics were never read ({self._url}: {self._why})" if self._why else ""

    def _read_on(self) -> None:
        # Not the environment's proxies: the page is on this machine.
        with urllib3.PoolManager(1, retries=False, timeout=_TIMEOUT) as pool:
            while not self._over.wait(EVERY):
                try:
                    page = self._page(pool)
                    values = dict(samples(page.decode(errors="replace")))
                except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                    self._why = self._why and str(error)
                    continue
                self._why = ""
                changed = {k: v for k, v in values.items() if self._known.get(k) != v}
                self._known.update(changed)
                if changed:
                    self._news.put(Event(time.monotonic(), SOURCE, "metrics", {"values": changed}))

    def _page(self, pool: urllib3.PoolManager) -> bytes:
        """Return what stands on the page now.

        Raises:
            ValueError: it was not found, or is too large.
            urllib3.exceptions.HTTPError: nobody answers.
        """
        answer = pool.request("GET", self._url, preload_content=False)
        try:
            if answer.status != 200:
                raise ValueError(f"status {answer.status}")
            page = answer.read(LARGEST + 1, decode_content=True)
        finally:
            answer.release_conn()
        if len(page) > LARGEST:
            raise ValueError(f"it has more than {LARGEST} bytes")
        return page


def samples(page: str) -> Iterator[tuple[str, float]]:
    """Yield the name, with its labels, and value of each sample of a page that is a number.

    Raises:
        ValueError: the page is none of Prometheus'.
    """
    from prometheus_client.parser import text_string_to_metric_families  # noqa: PLC0415 - slow

    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if math.isfinite(sample.value):
                labels = ",".join(f'{k}="{v}"' for k, v in sorted(sample.labels.items()))
                yield sample.name + (f"{{{labels}}}" if labels else ""), float(sample.value)
