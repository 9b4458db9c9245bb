"""A folder for building in, beside the cache so that its result can be moved in one step."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from downtick.links.ways.way import Site

_PREFIX: Final = "building-"


@contextlib.contextmanager
def scratch(site: Site) -> Iterator[Path]:
    """Give a new folder inside the cache, gone afterwards. The caller holds the cache's lock."""
    # What a killed installation left; nobody else builds while the lock is held.
    for old in site.cache.glob(f"{_PREFIX}*"):
        shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=site.cache) as folder:
        yield Path(folder)
