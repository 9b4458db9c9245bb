"""``go install`` of the pinned module, with the Go of this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from downtick.links.ways.identify import place
from downtick.links.ways.scratch import scratch
from downtick.links.ways.way import Missing, Outcome, Site


def go_install(site: Site) -> Outcome:
    """Build the server with the Go on PATH, if it is new enough."""
    go = shutil.which("go", path=site.environ.get("PATH", ""))
    if go is None:
        return Missing("no go on PATH")
    with scratch(site) as folder:
        version = site.run([go, "env", "GOVERSION"], site.environ, folder)
        if version.code != 0:
            return Missing(f"{go} does not work: {version.last_line}")
        if _numbers(version.last_line) < _numbers(site.pin.go):
            return Missing(f"{version.last_line} is too old; {site.pin.go} or newer is needed")
        return build(site, Path(go), folder, site.environ, "go install")


def build(site: Site, go: Path, folder: Path, environ: Mapping[str, str], way: str) -> Outcome:
    """Build the server with a Go toolchain and put it into the cache.

    Args:
        site: whose cache it goes to.
        go: the toolchain's command.
        folder: for what is built; on the cache's file system.
        environ: for the toolchain, which also compares the module with Go's checksum database.
        way: how the toolchain was had.
    """
    module = f"{site.pin.package}@v{site.pin.version}"
    site.report(f"{way}: builds {module}, half a minute or so")
    target = {"GOBIN": str(folder), "GOOS": "", "GOARCH": "", "CGO_ENABLED": "0"}
    done = site.run([go, "install", module], {**environ, **target}, folder)
    built = folder / site.pin.package.rsplit("/", 1)[1]
    if done.code != 0 or not built.is_file():
        return Missing(f"go install {module} failed: {done.last_line}")
    return place(site, built, way)


def _numbers(version: str) -> tuple[int, ...]:
    """Return ``go1.26.8`` as (1, 26, 8), for comparing."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
