"""``downtick report``: histories in, files out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from downtick.commands.report import command
from downtick.errors import InputError
from tests.commands.test_judge import deaf, written


def reported(*words: Path | str) -> Result:
    """Return what the command does."""
    return CliRunner().invoke(command, [str(word) for word in words])


def test_a_history_becomes_a_page_and_three_more_files(tmp_path: Path) -> None:
    """The exit code is that of the writing, not of the verdict."""
    out = tmp_path / "out"
    result = reported(written(tmp_path, deaf()), "--report", out)
    assert (result.exit_code, result.output) == (0, f"report: {out / 'run.html'}\n")
    names = ["index.html", "junit.xml", "report.json", "run.html"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["result"] == "FAIL"
    assert "FAIL run" in (out / "run.html").read_text(encoding="utf-8")


def test_several_histories_begin_with_their_index(tmp_path: Path) -> None:
    """Two of one name would be one page: that is bad input."""
    first = written(tmp_path, deaf())
    second = first.rename(tmp_path / "other.jsonl")
    first = written(tmp_path, deaf())
    out = tmp_path / "out"
    assert reported(first, second, "--out", out).output == f"report: {out / 'index.html'}\n"
    twice = reported(first, first, "--out", out)
    assert isinstance(twice.exception, InputError)
    assert "two histories are called run" in str(twice.exception)


def test_the_summary_of_a_job_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where GitHub names a file for it, what stands there stays."""
    page = tmp_path / "summary.md"
    page.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    reported(written(tmp_path, deaf()), "--out", tmp_path / "out")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n### downtick\n")
    assert "FAIL | run |" in text
    assert "downtick run market-feed-reset --time-scale 1 -- COMMAND" in text


def test_what_cannot_be_written_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that names the place."""
    file = written(tmp_path, deaf())
    blocked = reported(file, "--out", file / "out")
    assert isinstance(blocked.exception, InputError)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "such.md"))
    refused = reported(file, "--out", tmp_path / "out")
    assert isinstance(refused.exception, InputError)
    assert "GITHUB_STEP_SUMMARY" in str(refused.exception)


def test_a_trace_is_of_one_history(tmp_path: Path) -> None:
    """Written instead of pages."""
    file, trace = written(tmp_path, deaf()), tmp_path / "new" / "trace.json"
    assert reported(file, "--perfetto", trace).output == f"trace: {trace}\n"
    assert json.loads(trace.read_text(encoding="utf-8"))["otherData"]["verdict"] == "FAIL"
    other = file.with_name("other.jsonl")
    other.write_bytes(file.read_bytes())
    assert isinstance(reported(file, other, "--perfetto", trace).exception, InputError)
    assert isinstance(reported(file, "--perfetto", file / "x").exception, InputError)
