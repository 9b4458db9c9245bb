"""The release archive, accepted only with its pinned SHA-256."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zlib
from pathlib import Path
from typing import Final

from downtick.links.ways.identify import place
from downtick.links.ways.scratch import scratch
from downtick.links.ways.way import BINARY, Missing, Outcome, Site

_LIMIT: Final = 100_000_000
"""Bytes; an archive has some ten million, a server sixteen."""


def release(site: Site) -> Outcome:
    """Download the archive of this platform, compare its checksum and take the server out of it."""
    archive = site.pin.archives.get(site.platform)
    if archive is None:
        return Missing(f"none for {site.platform}; there are {', '.join(site.pin.archives)}")
    url = site.pin.releases + archive.name
    site.report(f"release: downloads {url}")
    try:
        content = site.download(url, _LIMIT)
    except OSError as error:
        # requests wraps the reason twice; the inner one says it in a line.
        cause = error.args[0] if error.args else error
        return Missing(f"{url} cannot be had: {getattr(cause, 'reason', cause)}")
    digest = hashlib.sha256(content).hexdigest()
    if digest != archive.sha256:
        return Missing(f"{archive.name} has SHA-256 {digest}, not the pinned {archive.sha256}")
    with scratch(site) as folder:
        built = folder / BINARY
        try:
            _take(content, built)
        except (tarfile.TarError, zlib.error, OSError, EOFError, KeyError) as error:
            return Missing(f"{archive.name} cannot be unpacked: {error}")
        return place(site, built, "release")


def _take(content: bytes, target: Path) -> None:
    """Copy the server out of the archive.

    Nothing is unpacked by its own name: the bytes of one plain file go to a path of our choosing, so no
    link is followed and no path leads out of the folder.
    """
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        member = archive.getmember(BINARY)
        if not member.isreg() or member.size > _LIMIT:
            raise tarfile.TarError(f"{BINARY} in it is not a plain file of a sensible size")
        source = archive.extractfile(member)
        assert source is not None
        target.write_bytes(source.read())
