"""``toxiproxy-server`` on PATH."""

from __future__ import annotations

import shutil
from pathlib import Path

from downtick.links.ways.identify import identify
from downtick.links.ways.way import BINARY, Missing, Outcome, Site


def on_path(site: Site) -> Outcome:
    """Accept the first ``toxiproxy-server`` on PATH if it is the pinned version."""
    path = shutil.which(BINARY, path=site.environ.get("PATH", ""))
    if path is None:
        return Missing(f"no {BINARY} there")
    return identify(site, Path(path), "PATH")
