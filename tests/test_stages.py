"""Stages of pytest that are opened on demand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chaos_tests import stages

ROOT = Path(__file__).parents[1]
ADVANCED = "https://api-sandbox.coinbase.com"


def test_a_stage_that_is_not_opened_says_so_and_ends_well() -> None:
    """One line says how many tests, why, and how to open them; the exit code is 0."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "real_api and integration", "chaos_tests/sandbox"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("sandbox: ")]
    assert "tests not run: COINBASE_API_ENDPOINT is not set" in line
    assert "make sandbox-test" in line


class Item:
    """Stands for a test."""

    def __init__(self, path: str, topologies: tuple[str, ...]) -> None:
        self.path = ROOT / path
        self._marker = SimpleNamespace(args=topologies) if topologies else None

    def get_closest_marker(self, name: str) -> SimpleNamespace | None:
        """Return the one marker that there may be."""
        return self._marker


def item(*topologies: str, path: str = "chaos_tests/sandbox/test_x.py") -> Any:
    """Return what the stages look at in a test."""
    return Item(path, topologies)


def configuration(**more: Any) -> Any:
    """Return what the stages look at in a configuration; with ``workerinput`` it is a worker's."""
    return SimpleNamespace(stash=pytest.Stash(), rootpath=ROOT, **more)


@pytest.fixture(autouse=True)
def _nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment says."""
    for name in ("COINBASE_API_ENDPOINT", stages.COMPOSE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(stages, "reachable", lambda host, port: True)


def test_tests_of_the_sandbox_that_was_asked_for_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no others of a sandbox."""
    monkeypatch.setenv("COINBASE_API_ENDPOINT", ADVANCED)
    config, both = configuration(), item("sandbox-advanced", "sandbox-exchange")
    items = [item(), item("sandbox-advanced"), other := item("sandbox-exchange"), both]
    assert stages.close_sandbox(config, items) == [other]
    (line,) = config.stash[stages.CLOSED]
    assert line.startswith("sandbox: 1 tests not run: they are of another sandbox than")


@pytest.mark.parametrize("host", ["api.coinbase.com", "api-public.sandbox.pro.coinbase.com"])
def test_what_is_no_sandbox_ends_the_run_before_it_begins(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a message; but not for who does not select the stage, whatever stands in the environment."""
    monkeypatch.setenv("COINBASE_API_ENDPOINT", f"https://{host}")
    with pytest.raises(pytest.UsageError, match=f"COINBASE_API_ENDPOINT: '{host}:443'"):
        stages.close_sandbox(configuration(), [item("sandbox-exchange")])
    config = configuration()
    assert stages.close_sandbox(config, [item()]) == []
    assert stages.CLOSED not in config.stash


def test_a_worker_hands_its_refusal_to_the_controller(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that raised would crash the whole run. The controller tells it once, and ends as badly."""
    monkeypatch.setenv("COINBASE_API_ENDPOINT", "https://api.coinbase.com")
    worker = configuration(workerinput={}, workeroutput={})
    closed = [item("sandbox-exchange")]
    assert stages.close_sandbox(worker, closed) == closed
    stages.pytest_sessionfinish(SimpleNamespace(config=worker), 5)  # type: ignore[arg-type]
    controller = configuration()
    for _ in range(2):
        node = SimpleNamespace(workeroutput=worker.workeroutput, config=controller)
        stages.pytest_testnodedown(node)
    (line,) = controller.stash[stages.CLOSED]
    assert line.startswith("ERROR: COINBASE_API_ENDPOINT")
    session: Any = SimpleNamespace(config=controller, exitstatus=5)
    stages.pytest_sessionfinish(session, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert session.exitstatus == pytest.ExitCode.USAGE_ERROR


def test_a_run_without_a_test_and_without_a_closed_stage_is_no_success() -> None:
    """Somebody has misspelt something."""
    session: Any = SimpleNamespace(config=configuration(), exitstatus=5)
    stages.pytest_sessionfinish(session, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_compose_file_is_tried_only_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """And if there is what it needs; each time one line says why not."""
    inside = item(path="chaos_tests/compose/test_x.py")
    config = configuration()
    assert stages.close_compose(config, [item(), inside]) == [inside]
    assert "make compose-test" in config.stash[stages.CLOSED][0]
    monkeypatch.setenv(stages.COMPOSE, "1")
    monkeypatch.setattr("chaos_tests.compose.engine.lacking", lambda: "no engine")
    config = configuration()
    assert stages.close_compose(config, [inside]) == [inside]
    assert config.stash[stages.CLOSED] == ["compose: 1 test not run: no engine"]
    monkeypatch.setattr("chaos_tests.compose.engine.lacking", lambda: None)
    assert stages.close_compose(configuration(), [inside]) == []
