"""The figures of the test plan: `make coverage` prints them, `make test-plan` fills its column "Actual".

They come from reports alone, so that anybody can make them again: JUnit reports ``unit.xml`` and ``chaos.xml`` of one
run, ``runs/*.xml`` of any further ones, and coverage.py's JSON.
"""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "test-plan.md"
BEGIN: Final = "<!-- the figures between these two lines are written by `make test-plan` -->"
END: Final = "<!-- up to here -->"
AT_LEAST: Final = 90.0
"""Per cent of the bot's branches, which unit and chaos tests must run through."""

CRITICAL_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "streaming failover": ("bot_v2/features/brokerages/coinbase/streaming/*",),
    "guardrails": (
        "bot_v2/features/live_trade/risk/*",
        "bot_v2/orchestration/desk.py",
        "bot_v2/orchestration/outlook.py",
    ),
    "stream to REST and back": ("bot_v2/features/market_data/*",),
    "an order's way and fate": (
        "bot_v2/features/brokerages/coinbase/placing.py",
        "bot_v2/features/brokerages/coinbase/rest/*",
        "bot_v2/features/brokerages/coinbase/*/venue.py",
    ),
    "outage": (
        "bot_v2/orchestration/health.py",
        "bot_v2/orchestration/line.py",
        "bot_v2/orchestration/modes.py",
        "bot_v2/orchestration/strategy_orchestrator.py",
        "bot_v2/orchestration/supervisor.py",
        "bot_v2/orchestration/watch.py",
    ),
    "state and recovery": ("bot_v2/state/*",),
}
"""What must not fail in trading, by the files in which it stands (`*` crosses folders)."""

PLANNED: Final = (
    "test_coinbase_websocket_reconnect_on_disconnect",
    "test_coinbase_heartbeat_detects_stale_connection",
    "test_position_limit_guardrail_rejects_oversized_order",
    "test_order_policy_composition_layers_risk_gates",
    "test_market_data_fallback_to_rest_on_websocket_failure",
    "test_market_data_returns_to_websocket_when_available",
    "test_broker_outage_enters_degraded_mode",
    "test_recovery_workflow_restores_state_after_outage",
)
"""The tests that the plan names."""


@dataclass(frozen=True)
class Report:
    """One run's tests: how long it took in seconds, and which tests did not pass."""

    seconds: float
    outcomes: Mapping[str, bool]


def report(path: Path) -> Report:
    """Read a JUnit report.

    Raises:
        OSError: it is not there.
    """
    suites = list(ET.fromstring(path.read_text(encoding="utf-8")).iter("testsuite"))
    outcomes = {
        f"{case.get('classname')}::{case.get('name')}": case.find("failure") is None
        and case.find("error") is None
        for suite in suites
        for case in suite.iter("testcase")
    }
    return Report(sum(float(suite.get("time", 0)) for suite in suites), outcomes)


def flaky(reports: Iterable[Report]) -> tuple[int, int]:
    """Return how many tests passed in one run and did not in another, and how many tests there are."""
    seen: defaultdict[str, set[bool]] = defaultdict(set)
    for each in reports:
        for test, passed in each.outcomes.items():
            seen[test].add(passed)
    return sum(len(outcomes) > 1 for outcomes in seen.values()), len(seen)


def covered(data: Mapping[str, Any], patterns: Iterable[str]) -> float:
    """Return the share of lines and branches of some files that were run, in per cent."""
    run = there = 0
    for file, figures in data["files"].items():
        if any(fnmatch(file, pattern) for pattern in patterns):
            summary = figures["summary"]
            run += summary["covered_lines"] + summary["covered_branches"]
            there += summary["num_statements"] + summary["num_branches"]
    return 100 * run / there


def branches(data: Mapping[str, Any]) -> float:
    """Return the share of branches that were run, in per cent."""
    totals = data["totals"]
    return 100 * float(totals["covered_branches"]) / float(totals["num_branches"])


def table(unit: Report, chaos: Report, runs: Iterable[Report], data: Mapping[str, Any]) -> str:
    """Return the plan's table of success metrics."""
    further = list(runs)
    fickle, tests = flaky([chaos, *further])
    shares = {name: covered(data, patterns) for name, patterns in CRITICAL_PATHS.items()}
    paths = ", ".join(f"{name} {share:.0f} %" for name, share in shares.items())
    count = f"{len(chaos.outcomes)}, {_planned(chaos)} of the plan's own {len(PLANNED)} among them"
    coverage = f"{paths}; of all branches of `bot_v2` {branches(data):.1f} %"
    minutes = (unit.seconds + chaos.seconds) / 60
    time = f"{minutes:.1f} min: {len(unit.outcomes)} unit tests {unit.seconds:.0f} s, then {chaos.seconds:.0f} s"
    rate = f"{100 * fickle / tests:.2f} % ({fickle} of {tests} tests, {1 + len(further)} runs)"
    rows = (
        ("Metric", "Baseline", "Target", "Actual"),
        ("---",) * 4,
        ("Integration test count", "~300", "+4 critical tests", count),
        ("Integration coverage", "Unknown", ">70% critical paths", coverage),
        ("CI test execution time", "~2min (unit)", "<5min (unit+integration)", time),
        ("Flaky test rate", "<1%", "<2%", rate),
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _planned(chaos: Report) -> int:
    names = {test.rpartition("::")[2].partition("[")[0] for test in chaos.outcomes}
    return len(names & set(PLANNED))


def filled(text: str, figures: str) -> str:
    """Return the document with these figures."""
    between = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    return between.sub(lambda _: f"{BEGIN}\n\n{figures}\n\n{END}", text)


def show(data: Mapping[str, Any]) -> int:
    """Print what of the bot is covered, and return the exit code: 1 if less of its branches than is promised."""
    print(f"\n{'critical path':<28}lines and branches")
    for name, patterns in CRITICAL_PATHS.items():
        print(f"{name:<28}{covered(data, patterns):>6.1f} %")
    share = branches(data)
    print(f"{'bot_v2, branches alone':<28}{share:>6.1f} %  (at least {AT_LEAST:.0f} %)")
    return 0 if share >= AT_LEAST else 1


def fill(reports: Path, data: Mapping[str, Any]) -> None:
    """Write the figures into the document."""
    further = [report(path) for path in sorted((reports / "runs").glob("*.xml"))]
    figures = table(report(reports / "unit.xml"), report(reports / "chaos.xml"), further, data)
    DOCUMENT.write_text(filled(DOCUMENT.read_text(encoding="utf-8"), figures), encoding="utf-8")
    print(figures)


def main(arguments: Sequence[str]) -> int:
    """Do what is asked, and return the exit code: 2 if a report is missing."""
    try:
        match arguments:
            case ["coverage", figures]:
                return show(json.loads(Path(figures).read_text(encoding="utf-8")))
            case ["fill", reports, figures]:
                fill(Path(reports), json.loads(Path(figures).read_text(encoding="utf-8")))
                return 0
            case _:
                sys.stderr.write("plan: expected `coverage FILE` or `fill FOLDER FILE`\n")
    except OSError as error:
        sys.stderr.write(f"plan: {error.filename}: {error.strerror}; `make test-plan` makes it\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
