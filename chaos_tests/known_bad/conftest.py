"""What the judge said of each bot, gathered from all tests and printed as a table; ``--known-bad-table`` writes it down."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from chaos_tests.known_bad.table import complete, page, rows

JUDGED: Final = "downtick_judged"
"""Name of the report property of a test that judged a bot."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says where the table goes."""
    parser.addoption(
        "--known-bad-table", type=Path, metavar="FILE", help="page of bots and checks to write"
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table, and write it down if all of it is there."""
    judged = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for key, value in report.user_properties
        if key == JUDGED
    ]
    if not judged:
        return
    for line in rows(judged):
        terminalreporter.write_line(line)
    file: Path | None = config.getoption("--known-bad-table", None)
    if file is not None and complete(judged):
        file.write_text(page(judged), encoding="utf-8")
