"""Stages of pytest that are opened on demand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def sandbox_stage(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the stage of the test plan."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "real_api and integration", *options],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_stage_that_is_not_opened_says_so_and_ends_well() -> None:
    """One line says how many tests, why, and how to open them; the exit code is 0."""
    run = sandbox_stage("chaos_tests/sandbox")
    assert run.returncode == 0, run.stdout
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("sandbox: ")]
    assert "tests not run: COINBASE_API_ENDPOINT is not set" in line
    assert "make sandbox-test" in line


@pytest.mark.parametrize(
    ("host", "options"),
    [("api.coinbase.com", ("-n", "2")), ("api-public.sandbox.pro.coinbase.com", ())],
)
def test_what_is_no_sandbox_ends_the_run_before_it_begins(
    host: str, options: tuple[str, ...]
) -> None:
    """With a message, and without a test, however many workers there are."""
    run = sandbox_stage("chaos_tests/sandbox", *options, COINBASE_API_ENDPOINT=f"https://{host}")
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: COINBASE_API_ENDPOINT: '{host}:443'" in run.stdout + run.stderr
    assert "passed" not in run.stdout


def test_a_run_that_does_not_ask_for_it_hears_nothing_of_it() -> None:
    """Whoever has production in the environment may run everything else, and no test at all is still told."""
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "chaos_tests/sandbox",
            "-m",
            "integration and orchestration",
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "COINBASE_API_ENDPOINT": "https://api.coinbase.com"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "sandbox: " not in run.stdout
