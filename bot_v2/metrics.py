"""What the bot counts and measures, and the page from which Prometheus reads it."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

PREFIX: Final = "bot_v2_"
"""Before every name that Prometheus sees."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class MetricsCollector:
    """Counters and gauges by name. Any thread may use it.

    A counter that nobody has incremented yet is 0; a gauge that nobody has set is not there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counters: dict[str, int] = {}
        self._gauges: dict[str, float] = {}

    def increment(self, name: str, by: int = 1) -> None:
        """Count.

        Raises:
            ValueError: the name is not in lower case with underscores, or `by` is below zero.
        """
        _check(name)
        if by < 0:
            raise ValueError(f"{name}: a counter never goes down ({by})")
        with self._lock:
            self._counters[name] = self._counters.get(name, 0) + by

    def set_gauge(self, name: str, value: float) -> None:
        """Say how large something is now.

        Raises:
            ValueError: the name is not in lower case with underscores.
        """
        _check(name)
        with self._lock:
            self._gauges[name] = float(value)

    def get_counter(self, name: str) -> int:
        """Return how often something was counted."""
        with self._lock:
            return self._counters.get(name, 0)

    def get_gauge(self, name: str) -> float | None:
        """Return what was said last, or None if nothing was."""
        with self._lock:
            return self._gauges.get(name)

    def render(self) -> str:
        """Return everything in Prometheus' text format.

        Source: Prometheus, "Exposition formats", text-based format 0.0.4.
        """
        with self._lock:
            counters, gauges = dict(self._counters), dict(self._gauges)
        return "".join(
            f"# TYPE {PREFIX}{name}{suffix} {kind}\n{PREFIX}{name}{suffix} {value}\n"
            for kind, suffix, values in (("counter", "_total", counters), ("gauge", "", gauges))
            for name, value in sorted(values.items())
        )

    @contextlib.contextmanager
    def serve(self, port: int, host: str = "127.0.0.1") -> Iterator[int]:
        """Answer ``GET /metrics`` for as long as the context lasts, and yield the port.

        Args:
            port: to listen on; 0 for any that is free.
            host: to listen on. Whoever reaches it can read everything that is counted.

        Raises:
            OSError: nothing can listen there.
        """

        class Page(_Page):
            collector = self

        server = ThreadingHTTPServer((host, port), Page)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Page(BaseHTTPRequestHandler):
    collector: MetricsCollector
    timeout = 5.0  # seconds that a reader may take to send its request

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        body = self.collector.render().encode()
        self.send_response(200)
        self.send_header("Content-Type", _CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a scrape every few seconds is no news."""


def _check(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name for a metric: lower case, digits and underscores")
