"""What the tests saw, as a table in Markdown.

Rows are appended to a file as JSON Lines, by several workers at once::

    LINKS_TABLE=rows.jsonl pytest -m integration chaos_tests/links
    python -m chaos_tests.links.table rows.jsonl
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import msgspec

from chaos_tests.links.wire import TRAFFIC, Pair, tally

HEAD = ("fault", "traffic", "connections opened", "client's end", "upstream's end", "bytes")


@dataclass(frozen=True)
class Row:
    """What one fault did to the connections of one test.

    Attributes:
        fault: verb or toxic, with what matters of its attributes.
        traffic: idle, feed or saturated.
        opened: before or after the fault began.
        client: what the clients' ends met.
        upstream: what the upstream's ends met.
        data: what became of the bytes.
    """

    fault: str
    traffic: str
    opened: str
    client: str
    upstream: str
    data: str


class Table:
    """Takes rows; keeps them if it has a file."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def saw(self, fault: str, traffic: str, opened: str, pairs: Sequence[Pair], data: str) -> None:
        """Add what became of these connections."""
        client, upstream = tally(p.client for p in pairs), tally(p.upstream for p in pairs)
        self.add(Row(fault, traffic, opened, client, upstream, data))

    def add(self, row: Row) -> None:
        """Add a row."""
        if self._file is not None:
            # One short write at the end of the file, which no other worker's comes between.
            with self._file.open("ab", buffering=0) as file:
                file.write(msgspec.json.encode(row) + b"\n")


def _order(row: Row) -> tuple[str, int, bool, str]:
    traffics: tuple[str, ...] = TRAFFIC
    return row.fault, traffics.index(row.traffic), row.opened != "before", row.opened


def render(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table; traffics that met the same share a line."""
    traffics: dict[Row, list[str]] = {}
    for row in sorted(set(rows), key=_order):
        traffics.setdefault(replace(row, traffic=""), []).append(row.traffic)
    merged = [astuple(replace(row, traffic=", ".join(met))) for row, met in traffics.items()]
    lines = [HEAD, ("---",) * len(HEAD), *merged]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    seen = msgspec.json.Decoder(Row).decode_lines(Path(sys.argv[1]).read_bytes())
    print(render(seen))  # noqa: T201
