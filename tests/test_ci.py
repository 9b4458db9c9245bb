"""The scripts that make and the workflows call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CI = Path(__file__).parents[1] / ".ci"
REPORT = """
<testsuites><testsuite errors="1" failures="1" skipped="0" tests="3" time="12.3">
  <testcase classname="a.b" name="lost"><failure message="assert `x`&#10;more">trace</failure></testcase>
  <testcase classname="a.b" name="broken"><error message="ToxiproxyDied"/></testcase>
  <testcase classname="a.b" name="fine"/>
</testsuite></testsuites>
"""


def summary_of(path: Path) -> list[str]:
    """Return the lines that the summary script prints."""
    command: list[str | Path] = [sys.executable, CI / "summary.py", "Stage 2", path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def find_python(*versions: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script that looks for a Python."""
    return subprocess.run(
        [CI / "find-python", *versions],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYENV_ROOT": "/nonexistent", **environment},
    )


@pytest.fixture
def pyenv(tmp_path: Path) -> Path:
    """Give a pyenv folder with one Python, this one, under its own version."""
    version = "{}.{}.{}".format(*sys.version_info)
    folder = tmp_path / "versions" / version / "bin"
    folder.mkdir(parents=True)
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    return tmp_path


def test_summary_tells_the_figures_and_each_failure(tmp_path: Path) -> None:
    """The page of a run shows how many tests failed, and the first line of why."""
    report = tmp_path / "junit.xml"
    report.write_text(REPORT)
    lines = summary_of(report)
    assert lines[0] == "## Stage 2"
    assert "| 3 | 1 | 1 | 0 | 12 s |" in lines
    assert lines[-2:] == ["- `a.b.lost`: `assert 'x'`", "- `a.b.broken`: `ToxiproxyDied`"]


def test_summary_without_a_report(tmp_path: Path) -> None:
    """A run whose tests never started says so, and does not fail once more."""
    assert "No report: the tests did not start." in summary_of(tmp_path / "missing.xml")


def test_a_python_under_pyenv_is_found(pyenv: Path) -> None:
    """A Python that is not on PATH is found where pyenv keeps it."""
    version = "{}.{}".format(*sys.version_info)
    found = find_python(version, PATH="/nonexistent", PYENV_ROOT=str(pyenv))
    assert (found.returncode, found.stdout.strip().startswith(str(pyenv))) == (0, True)


def test_a_python_of_another_version_is_not_taken(pyenv: Path) -> None:
    """Asked for one version, the script takes no other."""
    found = find_python("3.9", PATH="/nonexistent", PYENV_ROOT=str(pyenv))
    assert (found.returncode, found.stdout) == (1, "")


def test_no_python_at_all() -> None:
    """Where there is none, nothing is printed, and make tells what to do."""
    found = find_python(PATH="/nonexistent")
    assert (found.returncode, found.stdout) == (1, "")
