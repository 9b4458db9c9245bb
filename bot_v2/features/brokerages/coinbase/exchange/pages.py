"""Lists that come in pages, newest first; the header ``CB-AFTER`` names the next (docs: Exchange, Pagination)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from bot_v2.features.brokerages.broker import Unavailable
from bot_v2.features.brokerages.coinbase.figures import mapping, sequence
from bot_v2.features.brokerages.coinbase.rest import Call, RestClient
from bot_v2.features.brokerages.coinbase.venue import believed


async def entries(
    client: RestClient,
    path: str,
    query: Sequence[tuple[str, str]] = (),
    deadline: float | None = None,
) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the entries of a list, page after page.

    Args:
        client: of the endpoint.
        path: of the list.
        query: filters.
        deadline: instant (``time.monotonic``) until which all pages must be read; None: each has its own time.

    Raises:
        NotDone: a page could not be read, or the list has no end. What was yielded so far is then no list.
    """
    size = client.settings.page
    seen: set[str] = set()
    cursor = ""
    for _ in range(client.settings.max_pages):
        page = (("limit", str(size)), *query)
        call = Call("GET", path, (*page, ("after", cursor)) if cursor else page)
        reply = await client.read(call, deadline)
        with believed(call):
            found = [mapping(entry, "an entry") for entry in sequence(reply.data, "a page")]
        for entry in found:
            yield entry
        cursor = reply.headers.get("cb-after", "")
        if not found or not cursor:
            return
        if cursor in seen:
            raise Unavailable(f"{call}: the list has no end: its cursor comes again")
        seen.add(cursor)
    raise Unavailable(f"{path}: the list is longer than {client.settings.max_pages} pages")
