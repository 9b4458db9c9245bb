"""A server that an earlier run put into the cache."""

from __future__ import annotations

from downtick.links.ways.identify import identify
from downtick.links.ways.way import Missing, Outcome, Site


def cached(site: Site) -> Outcome:
    """Accept what is in the cache if it is the pinned version."""
    if not site.binary.is_file():
        return Missing(f"nothing in {site.cache}")
    return identify(site, site.binary, "cache")
