"""Lists that come in pages, each of which names the next by a cursor (docs: Advanced Trade, pagination)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from bot_v2.features.brokerages.broker import Unavailable
from bot_v2.features.brokerages.coinbase.figures import mapping, sequence
from bot_v2.features.brokerages.coinbase.rest import Call, RestClient
from bot_v2.features.brokerages.coinbase.venue import believed

API: Final = "/api/v3/brokerage"


async def entries(
    client: RestClient,
    path: str,
    key: str,
    query: Sequence[tuple[str, str]] = (),
    deadline: float | None = None,
) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the entries of a list, page after page.

    Args:
        client: of the endpoint.
        path: below the API's own.
        key: under which a page has its entries.
        query: filters.
        deadline: instant (``time.monotonic``) until which all pages must be read; None: each has its own time.

    Raises:
        NotDone: a page could not be read, or the list has no end. What was yielded so far is then no list.
    """
    seen: set[str] = set()
    cursor = ""
    for _ in range(client.settings.max_pages):
        page = (("limit", str(client.settings.page)), *query)
        call = Call("GET", API + path, (*page, ("cursor", cursor)) if cursor else page)
        reply = await client.read(call, deadline)
        with believed(call):
            told = mapping(reply.data, "a page")
            found = [mapping(entry, key) for entry in sequence(told.get(key), key)]
        for entry in found:
            yield entry
        following = told.get("cursor")
        # Fills have no `has_next`: there an empty cursor is the end.
        if told.get("has_next", True) is False or not following:
            return
        if not isinstance(following, str) or following in seen:
            raise Unavailable(f"{call}: the list has no end: its cursor comes again")
        seen.add(following)
        cursor = following
    raise Unavailable(f"{path}: the list is longer than {client.settings.max_pages} pages")
