"""The tables that the benchmarks print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Row:
    """One measured thing: how often, and its spread in the table's unit."""

    name: str
    count: int
    p50: float
    p99: float
    most: float

    @classmethod
    def of(cls, name: str, figures: Sequence[float], factor: float = 1.0) -> Self:
        """Return the row of many figures, each multiplied by the factor."""
        ordered = sorted(figure * factor for figure in figures)
        return cls(
            name,
            len(ordered),
            ordered[int(0.50 * (len(ordered) - 1))],
            ordered[int(0.99 * (len(ordered) - 1))],
            ordered[-1],
        )


def show(title: str, rows: Sequence[Row]) -> None:
    """Print the rows as a table."""
    print(f"\n{title}")
    print(f"  {'':<28}{'n':>6}{'p50':>10}{'p99':>10}{'max':>10}")
    for row in rows:
        print(f"  {row.name:<28}{row.count:>6}{row.p50:>10.2f}{row.p99:>10.2f}{row.most:>10.2f}")
