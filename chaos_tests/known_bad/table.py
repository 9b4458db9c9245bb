"""Bots and checks as a table: for the terminal, and as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypedDict

from chaos_tests.known_bad.catalogue import HEALTHY, KNOWN_BAD, UNDECIDED
from downtick.checks.vocabulary import CHECKS


class Row(TypedDict):
    """What a test says of a bot in a profile, in words that travel between processes."""

    bot: str
    profile: str
    result: str
    outcomes: dict[str, str]
    seconds: float


_SIGNS: Final[Mapping[str, str]] = {"violated": "✗", "holds": "✓", "not exercised": "·"}

_HEAD: Final = """\
# Known-bad bots

Written by `make test-judge`: do not edit. Each bot of `chaos_tests/known_bad` is the healthy one with one thing broken,
as real bots are. It is played one profile by the functions of `downtick run`, and one check must catch it. The healthy
bots are played the same profiles, and nothing may be said against them.
"""


def caught(row: Row) -> bool:
    """Whether a known-bad bot was failed, and for the right reason; whether a healthy one was not."""
    if row["bot"] in HEALTHY:
        return "violated" not in row["outcomes"].values() and row["result"] != "ERROR"
    check = KNOWN_BAD[row["bot"]].check
    return row["result"] == "FAIL" and row["outcomes"].get(check) == "violated"


def complete(judged: Sequence[Row]) -> bool:
    """Whether every bot of the catalogue was played."""
    return {*HEALTHY, *KNOWN_BAD} == {row["bot"] for row in judged}


def in_order(judged: Sequence[Row]) -> list[Row]:
    """Return the rows in the order of the catalogue, the healthy ones first."""
    names = [*HEALTHY, *KNOWN_BAD]
    return sorted(judged, key=lambda row: (names.index(row["bot"]), row["profile"]))


def rows(judged: Sequence[Row]) -> Iterator[str]:
    """Yield the table for a terminal, and its sums."""
    wide = max(len(row["bot"]) for row in judged)
    for row in in_order(judged):
        said = "  ".join(f"{_SIGNS[how]} {check}" for check, how in row["outcomes"].items())
        fine = "      " if caught(row) else "WRONG "
        yield f"{fine}{row['bot']:{wide}}  {row['profile']:18} {row['result']:13}  {said}"
    yield summary(judged)


def summary(judged: Sequence[Row]) -> str:
    """Return the sums."""
    bad = [row for row in judged if row["bot"] in KNOWN_BAD]
    healthy = [row for row in judged if row["bot"] in HEALTHY]
    alarms = sum(not caught(row) for row in healthy)
    passed = sum(row["result"] == "PASS" for row in healthy)
    seconds = sum(row["seconds"] for row in judged)
    return (
        f"{sum(map(caught, bad))} of {len(bad)} known-bad bots caught; "
        f"{alarms} false alarms in {len(healthy)} runs of healthy bots, {passed} of them PASS; {seconds:.0f} s"
    )


def page(judged: Sequence[Row]) -> str:
    """Return the page."""
    used = {check for row in judged for check in row["outcomes"]}
    checks = [check for check in CHECKS if check in used]
    lines = [_HEAD, f"{summary(judged)}.", ""]
    lines += ["| bot | what it does wrong | profile | caught by |", "|---|---|---|---|"]
    for row in in_order(judged):
        if (bad := KNOWN_BAD.get(row["bot"])) is not None:
            by = f"`{bad.check}`" if caught(row) else f"**not** by `{bad.check}`"
            lines.append(f"| {row['bot']} | {bad.does} | {bad.profile} | {by} |")
    lines += ["", "## Bots and checks", "", "✗ violated, ✓ holds, · not exercised.", ""]
    lines += [
        f"| bot | profile | verdict | {' | '.join(checks)} |",
        f"|---|---|---|{'---|' * len(checks)}",
    ]
    for row in in_order(judged):
        signs = " | ".join(_SIGNS.get(row["outcomes"].get(check, ""), "") for check in checks)
        lines.append(f"| {row['bot']} | {row['profile']} | {row['result']} | {signs} |")
    lines += [
        "",
        "## Not decided yet",
        "",
        "| what a bot does | why nothing is said of it |",
        "|---|---|",
    ]
    lines += [f"| {does} | {why} |" for does, why in UNDECIDED.items()]
    return "\n".join(lines) + "\n"
