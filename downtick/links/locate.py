"""Find a Toxiproxy of the pinned version, or get one: way after way, each telling in one line what it did."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import platformdirs

from downtick.errors import ToxiproxyNotFound
from downtick.links.pin import load_pin
from downtick.links.ways import AT_HAND, INSTALLING, RUNNING
from downtick.links.ways.cached import cached
from downtick.links.ways.named import VARIABLE, named
from downtick.links.ways.way import Found, Site, Way

CACHE_VARIABLE: Final = "DOWNTICK_CACHE"
"""The environment variable that names another folder for the cache."""

Ways = Iterable[tuple[str, Way]]


def cache_folder() -> Path:
    """Return the folder that keeps the server: under ``DOWNTICK_CACHE``, or where this system keeps caches."""
    root = os.environ.get(CACHE_VARIABLE)
    base = Path(root).expanduser() if root else platformdirs.user_cache_path("downtick")
    return base.absolute() / f"toxiproxy-{load_pin().version}"


def find_server(
    report: Callable[[str], None],
    *,
    url: str | None = None,
    install: bool = True,
    site: Site | None = None,
) -> Found:
    """Return a Toxiproxy of the pinned version.

    In this order: a server that was named (by ``url`` or ``TOXIPROXY_URL``: then no other way is tried), PATH, the
    cache, ``go install``, the release archive, ``go install`` with the toolchain from PyPI, the container
    image. Several processes may call this at once: one installs, the others wait and use what it got.

    Args:
        report: is told one line for each step.
        url: of a running server, instead of ``TOXIPROXY_URL``.
        install: whether to go on to the ways that get one when none is at hand.
        site: what the ways may touch; this machine if not given.

    Raises:
        ToxiproxyNotFound: every way failed; with each one's reason.
        TopologyError: the named server is not on loopback. Nothing was connected.
    """
    site = site or Site(cache_folder(), report)
    reasons: list[str] = []
    given = url or site.environ.get(VARIABLE)
    if given:
        origin = "the Toxiproxy named by option" if url else VARIABLE
        ways: Ways = [(origin, lambda here: named(here, given, origin))]
        found = _try(site, ways, reasons)
    else:
        reasons.append(f"{VARIABLE}: not set")
        found = _try(site, AT_HAND, reasons)
        if found is None and install:
            found = _install(site, reasons) or _try(site, RUNNING, reasons)
        elif found is None:
            reasons.append("nothing was installed; `downtick install` does that")
    if found is None:
        raise ToxiproxyNotFound(f"no Toxiproxy {site.pin.version} could be had:", tuple(reasons))
    return found


def _try(site: Site, ways: Ways, reasons: list[str]) -> Found | None:
    for name, way in ways:
        outcome = way(site)
        if isinstance(outcome, Found):
            site.report(str(outcome))
            return outcome
        reasons.append(f"{name}: {outcome.reason}")
        site.report(reasons[-1])
    return None


def _install(site: Site, reasons: list[str]) -> Found | None:
    try:
        with _alone(site):
            # Another process may have installed it while this one waited.
            if site.binary.exists() and isinstance(outcome := cached(site), Found):
                site.report(str(outcome))
                return outcome
            return _try(site, INSTALLING, reasons)
    except OSError as error:
        reasons.append(
            f"{site.cache} cannot be used ({error}); {CACHE_VARIABLE} names another folder"
        )
        site.report(reasons[-1])
        return None


@contextlib.contextmanager
def _alone(site: Site) -> Iterator[None]:
    """Be the only process that installs into this cache. The lock goes with the process that holds it."""
    site.cache.mkdir(parents=True, exist_ok=True)
    with (site.cache / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            site.report("waits for another process that installs Toxiproxy")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
