"""Toxiproxy's API in memory, with its manners: it accepts what it should not and echoes what it took."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

KNOWN = {
    "latency": ("latency", "jitter"),
    "bandwidth": ("rate",),
    "slow_close": ("delay",),
    "timeout": ("timeout",),
    "reset_peer": ("timeout",),
    "slicer": ("average_size", "size_variation", "delay"),
    "limit_data": ("bytes",),
}


@dataclass
class Answer:
    """What the pool returns."""

    status: int
    data: bytes


@dataclass
class FakeToxiproxy:
    """Stands where urllib3's connection pool does.

    Attributes:
        calls: method and path of each call.
        fail: path ends whose next call is answered with this status and text.
    """

    calls: list[str] = field(default_factory=list)
    fail: dict[str, tuple[int, str]] = field(default_factory=dict)
    proxies: dict[str, dict[str, Any]] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    raising: Exception | None = None
    said_version: str = "2.12.0"

    def pool(self, host: str, port: int, **options: Any) -> FakeToxiproxy:
        """Be the pool for this server."""
        self.options = {"host": host, "port": port, **options}
        return self

    def close(self) -> None:
        """As a pool does."""

    def request(
        self, method: str, path: str, body: str | None = None, headers: object = None
    ) -> Answer:
        """Answer one call."""
        self.calls.append(f"{method} {path}")
        if self.raising is not None:
            raise self.raising
        for end, (status, text) in self.fail.items():
            if path.endswith(end):
                del self.fail[end]
                return Answer(status, text.encode())
        status, value = self._answer(method, urlsplit(path).path.strip("/").split("/"), body)
        return Answer(status, b"" if value is None else json.dumps(value).encode())

    def _answer(self, method: str, parts: list[str], body: str | None) -> tuple[int, Any]:
        asked = json.loads(body) if body else {}
        match method, parts:
            case "GET", ["version"]:
                return 200, {"version": self.said_version}
            case "POST", ["proxies"]:
                listen = (
                    asked["listen"].replace(":0", ":4711") if asked["enabled"] else asked["listen"]
                )
                proxy = {**asked, "listen": listen, "toxics": []}
                self.proxies[asked["name"]] = proxy
                return 201, proxy
            case "POST", ["proxies", name]:
                proxy = self.proxies[name]
                proxy["enabled"] = asked["enabled"]
                proxy["listen"] = proxy["listen"].replace(":0", ":4711")
                return 200, proxy
            case "DELETE", ["proxies", name]:
                del self.proxies[name]
                return 204, None
            case "GET", ["proxies", name, "toxics"]:
                return 200, self.proxies[name]["toxics"]
            case "POST", ["proxies", name, "toxics"]:
                return 200, self._add(name, asked)
            case "POST", ["proxies", name, "toxics", toxic]:
                found = next(t for t in self.proxies[name]["toxics"] if t["name"] == toxic)
                found.update(asked)
                return 200, found
            case "DELETE", ["proxies", name, "toxics", toxic]:
                kept = [t for t in self.proxies[name]["toxics"] if t["name"] != toxic]
                self.proxies[name]["toxics"] = kept
                return 204, None
            case _:
                return 404, {"error": "not found"}

    def _add(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        # Unknown attributes are ignored without a word, missing ones are 0 (Toxiproxy toxic_collection.go).
        known = {a: asked["attributes"].get(a, 0) for a in KNOWN[asked["type"]]}
        toxic = {**asked, "attributes": known}
        self.proxies[name]["toxics"].append(toxic)
        return toxic
