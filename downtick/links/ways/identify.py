"""Is this binary the pinned Toxiproxy server? And putting one that is into the cache."""

from __future__ import annotations

import mmap
from pathlib import Path

from downtick.links.pin import Pin
from downtick.links.ways.way import Found, Missing, Outcome, Site


def identify(site: Site, binary: Path, way: str) -> Outcome:
    """Accept a binary only if it is the pinned version.

    A release says so itself. One that Go built calls itself ``git`` (Toxiproxy version.go), so its build
    information is read: package, module, version and module sum.
    """
    try:
        if _built_by_go(binary, site.pin):
            return Found(way, site.pin.version, binary=binary)
    except (OSError, ValueError) as error:
        return Missing(f"{binary} cannot be read: {error}")
    said = site.run([binary, "-version"], {}, binary.parent)
    if said.code == 0 and said.last_line == f"toxiproxy-server version {site.pin.version}":
        return Found(way, site.pin.version, binary=binary)
    return Missing(f"{binary} is not Toxiproxy {site.pin.version}: {said.last_line}")


def place(site: Site, built: Path, way: str) -> Outcome:
    """Check a new binary and move it into the cache, in one step that no other process sees half done.

    Args:
        site: whose cache it is.
        built: on the same file system as the cache.
        way: how it was had.
    """
    built.chmod(0o755)
    outcome = identify(site, built, way)
    if isinstance(outcome, Missing):
        return outcome
    built.replace(site.binary)
    return Found(way, outcome.version, binary=site.binary)


def _built_by_go(binary: Path, pin: Pin) -> bool:
    with binary.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return all(content.find(line) >= 0 for line in pin.build_information)
