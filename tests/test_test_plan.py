"""The page that says what became of the test plan: it names nothing that is not there, and its figures are made."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks import plan

ROOT = Path(__file__).parents[1]
PAGE = plan.DOCUMENT.read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
JUNIT = """
<testsuites><testsuite tests="3" time="12.3">
  <testcase classname="a" name="fickle"/>
  <testcase classname="a" name="test_broker_outage_enters_degraded_mode[hang]"/>
  <testcase classname="a" name="fine"/>
</testsuite></testsuites>
"""


def functions_of(file: Path) -> set[str]:
    """Return the names of the functions in a file."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def named_tests(text: str) -> list[tuple[str, str]]:
    """Return file and name of each test that a page names."""
    return re.findall(r"`((?:tests|chaos_tests)/[\w/]+\.py)::(\w+)`", text)


def test_every_test_that_is_named_exists() -> None:
    """On the page, and in the README."""
    named = named_tests(PAGE) + named_tests(README)
    assert len(named) > 40
    missing = [f"{file}::{name}" for file, name in named if name not in functions_of(ROOT / file)]
    assert missing == []


def test_every_file_and_command_that_is_named_exists() -> None:
    """A file that was moved, or a target that was renamed, is found here."""
    files = re.findall(r"`((?:tests|chaos_tests)/[\w/]+\.py)`", PAGE)
    assert [file for file in files if not (ROOT / file).is_file()] == []
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z-]+)", PAGE)) <= set(targets)


def test_every_test_of_the_plan_is_named() -> None:
    """The eight that it specifies, and that of the sandbox."""
    assert {name for _, name in named_tests(PAGE)} >= {
        *plan.PLANNED,
        "test_coinbase_sandbox_streaming",
    }


def test_every_critical_path_is_named_in_the_readme() -> None:
    """With the tests that cover it."""
    assert [path for path in plan.CRITICAL_PATHS if f"| {path} |" not in README] == []


def test_every_critical_path_has_files() -> None:
    """A pattern that matches nothing would hide a path."""
    files = [str(file.relative_to(ROOT)) for file in (ROOT / "bot_v2").rglob("*.py")]
    empty = {"summary": dict.fromkeys(FIGURES, 1)}
    for patterns in plan.CRITICAL_PATHS.values():
        for pattern in patterns:
            assert plan.covered({"files": dict.fromkeys(files, empty)}, [pattern]) == 100


FIGURES = ("covered_lines", "covered_branches", "num_statements", "num_branches")


def coverage() -> dict[str, Any]:
    """Return what coverage.py says of three files: everything, half, and one that is in no path."""
    figures = {
        "bot_v2/state/store.py": (10, 10, 10, 10),
        "bot_v2/state/file.py": (5, 5, 10, 10),
        "bot_v2/logs.py": (0, 0, 10, 10),
    }
    files = {
        file: {"summary": dict(zip(FIGURES, each, strict=True))} for file, each in figures.items()
    }
    return {"files": files, "totals": {"covered_branches": 15, "num_branches": 30}}


def test_the_share_of_a_path_counts_lines_and_branches() -> None:
    """Of its own files alone."""
    assert plan.covered(coverage(), ["bot_v2/state/*"]) == 75
    assert plan.branches(coverage()) == 50


def test_a_test_is_flaky_if_its_outcome_changes(tmp_path: Path) -> None:
    """One that always fails is not."""
    paths = [tmp_path / "1.xml", tmp_path / "2.xml"]
    broken = JUNIT.replace('name="fine"/>', 'name="fine"><failure/></testcase>')
    paths[0].write_text(broken)
    paths[1].write_text(broken.replace('name="fickle"/>', 'name="fickle"><error/></testcase>'))
    assert plan.flaky(map(plan.report, paths)) == (1, 3)


def test_the_command_fills_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of the reports, between the two marks; the rest of the page is as it was."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{plan.BEGIN}\nold\n{plan.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(plan, "DOCUMENT", page)
    monkeypatch.setattr(plan, "CRITICAL_PATHS", {"state": ("bot_v2/state/*",)})
    (tmp_path / "unit.xml").write_text(JUNIT)
    (tmp_path / "chaos.xml").write_text(JUNIT)
    figures = tmp_path / "coverage.json"
    figures.write_text(json.dumps(coverage()))
    assert plan.main(["fill", str(tmp_path), str(figures)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    for figure in ("3, 1 of the plan's own 8", "state 75 %", "50.0 %", "0.4 min", "0.00 % (0 of 3"):
        assert figure in text


def test_a_report_that_is_missing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the page is left alone."""
    figures = tmp_path / "coverage.json"
    assert plan.main(["fill", str(tmp_path), str(figures)]) == 2
    assert "coverage.json" in capsys.readouterr().err
    figures.write_text(json.dumps(coverage()))
    assert plan.main(["fill", str(tmp_path), str(figures)]) == 2
    assert "unit.xml" in capsys.readouterr().err
    assert plan.main([]) == 2
    assert "expected" in capsys.readouterr().err
    assert plan.DOCUMENT.read_text(encoding="utf-8") == PAGE


def test_too_little_coverage_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ninety per cent of the branches is the least; each critical path is printed."""
    monkeypatch.setattr(plan, "CRITICAL_PATHS", {"state": ("bot_v2/state/*",)})
    figures = tmp_path / "coverage.json"
    figures.write_text(json.dumps(coverage()))
    assert plan.main(["coverage", str(figures)]) == 1
    assert "75.0 %" in capsys.readouterr().out
    enough = coverage() | {"totals": {"covered_branches": 27, "num_branches": 30}}
    figures.write_text(json.dumps(enough))
    assert plan.main(["coverage", str(figures)]) == 0
    assert "90.0 %" in capsys.readouterr().out


def test_the_page_has_a_place_for_its_figures() -> None:
    """The command finds where they belong."""
    assert plan.filled(PAGE, "figures").count("figures\n\n" + plan.END) == 1
