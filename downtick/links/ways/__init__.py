"""The ways of getting Toxiproxy, one file each, in the order in which they are tried."""

from __future__ import annotations

from typing import Final

from downtick.links.ways.cached import cached
from downtick.links.ways.go_bin import go_bin
from downtick.links.ways.go_install import go_install
from downtick.links.ways.image import container
from downtick.links.ways.on_path import on_path
from downtick.links.ways.release import release
from downtick.links.ways.way import Way

AT_HAND: Final[tuple[tuple[str, Way], ...]] = (("PATH", on_path), ("cache", cached))
"""Ways that change nothing."""

INSTALLING: Final[tuple[tuple[str, Way], ...]] = (
    ("go install", go_install),
    ("release", release),
    ("go-bin", go_bin),
)
"""Ways that put a server into the cache."""

RUNNING: Final[tuple[tuple[str, Way], ...]] = (("container", container),)
"""Ways that start a server and keep nothing."""
