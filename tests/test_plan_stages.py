"""The five stages of the test plan select what they mean to, locally and in the workflows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[1]
BARE: Final = "not integration and not real_api and not uses_mock_broker and not soak"
STAGES: Final = {
    1: BARE,  # `pytest --maxfail=10`: what pyproject.toml adds
    2: "integration and not real_api and not slow",
    3: "integration and slow and not real_api",
    4: "real_api and integration",
    5: "soak",
}
PLANNED_AS_SLOW: Final = {
    "test_coinbase_heartbeat_detects_stale_connection",
    "test_market_data_fallback_to_rest_on_websocket_failure",
    "test_market_data_returns_to_websocket_when_available",
    "test_broker_outage_enters_degraded_mode",
}
PLANNED: Final = {
    "test_coinbase_websocket_reconnect_on_disconnect",
    "test_position_limit_guardrail_rejects_oversized_order",
    "test_order_policy_composition_layers_risk_gates",
    "test_recovery_workflow_restores_state_after_outage",
}
COLLECTOR: Final = """
import json, os, pytest

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    found = {item.nodeid: sorted({mark.name for mark in item.iter_markers()}) for item in items}
    with open(os.environ["FOUND"], "w") as file:
        json.dump(found, file)
    items.clear()
"""


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the markers of each chaos test."""
    folder = tmp_path_factory.mktemp("collector")
    (folder / "collector.py").write_text(COLLECTOR, encoding="utf-8")
    found = folder / "found.json"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "chaos_tests", "--collect-only", "-q"),
            *("-m", "", "-p", "collector"),
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "FOUND": str(found)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.exists(), run.stdout
    marked: dict[str, list[str]] = json.loads(found.read_text(encoding="utf-8"))
    return marked


def selected(marked: dict[str, list[str]], expression: str) -> set[str]:
    """Return the tests that ``-m`` selects with such an expression."""
    code = compile(expression, "-m", "eval")  # these few words mean the same in Python
    return {
        test
        for test, marks in marked.items()
        if eval(code, {}, defaultdict(bool, dict.fromkeys(marks, True)))
    }


def named(tests: set[str]) -> set[str]:
    """Return the names of tests, without file and parameters."""
    return {re.sub(r"\[.*", "", test.rpartition("::")[2]) for test in tests}


def test_the_bare_command_is_the_plans() -> None:
    """What pyproject.toml adds to every call."""
    assert f'"{BARE}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_every_chaos_test_belongs_to_one_stage(marked: dict[str, list[str]]) -> None:
    """And none of them to the first, which needs nothing but the processor."""
    stages = [selected(marked, expression) for expression in STAGES.values()]
    assert len(marked) > 300
    assert len(marked) == sum(map(len, stages))
    assert set().union(*stages) == set(marked)
    assert stages[0] == set()


def test_the_first_stage_is_every_unit_test() -> None:
    """But for those with a mocked broker, which `make test` runs on top, as it does no others."""
    used = {
        marker
        for file in (ROOT / "tests").rglob("*.py")
        if file != Path(__file__)
        for marker in re.findall(r"pytest\.mark\.(\w+)", file.read_text(encoding="utf-8"))
    }
    assert used & {"integration", "real_api", "soak", "slow", "uses_mock_broker"} == {
        "uses_mock_broker"
    }


def test_the_second_and_third_stage_are_on_real_sockets(marked: dict[str, list[str]]) -> None:
    """Every chaos test but those of the sandbox and the soak; the slow ones for themselves."""
    quick, slow = selected(marked, STAGES[2]), selected(marked, STAGES[3])
    assert {test.partition("/")[0] for test in quick | slow} == {"chaos_tests"}
    assert named(quick) >= PLANNED
    assert named(slow) >= PLANNED_AS_SLOW
    assert not [test for test in quick | slow if "/soak/" in test]


def test_the_fourth_stage_is_the_sandbox(marked: dict[str, list[str]]) -> None:
    """Each of its tests is an integration test too, or the plan's command would not find it."""
    sandbox = selected(marked, STAGES[4])
    assert sandbox == selected(marked, "real_api") != set()
    assert "test_coinbase_sandbox_streaming" in named(sandbox)


def test_the_fifth_stage_is_the_soak(marked: dict[str, list[str]]) -> None:
    """None of its tests lasts for hours in a stage that is not meant to."""
    soak = selected(marked, STAGES[5])
    assert {test.rpartition("/")[0] for test in soak} == {"chaos_tests/soak"}
    assert not selected(marked, "soak and (integration or slow or real_api)")


def test_the_markers_of_the_plan_are_where_it_has_them(marked: dict[str, list[str]]) -> None:
    """Whoever selects by a marker of the plan finds its tests."""
    for marker, folder in (
        ("brokerages", "chaos_tests/brokerages/"),
        ("orchestration", "chaos_tests/orchestration/"),
        ("streaming", "chaos_tests/streaming/"),
        ("scenario", "chaos_tests/scenarios/"),
    ):
        inside = {test for test in marked if test.startswith(folder)}
        assert inside <= selected(marked, f"integration and {marker}"), marker


def test_the_workflows_select_the_same(marked: dict[str, list[str]]) -> None:
    """Stages 2 and 3 say `and not soak` too, which changes nothing; 4 and 5 are commands of make."""
    nightly = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8"))
    steps = {step["name"][:7]: step for step in nightly["jobs"]["chaos"]["steps"] if "name" in step}
    for number in (2, 3):
        expression = steps[f"Stage {number}"]["env"]["MARKS"]
        assert selected(marked, expression) == selected(marked, STAGES[number])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for number, target in ((4, "sandbox-test"), (5, "soak")):
        assert steps[f"Stage {number}"]["run"].startswith(f"make {target} ")
        recipe = re.search(rf"^{target}: .*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
        assert recipe is not None
        (expression,) = re.findall(r'-m (?:"([^"]*)"|soak)', recipe[1])
        assert selected(marked, expression or "soak") == selected(marked, STAGES[number])
    assert "--maxfail=10" in makefile  # stage 1, in `make test`


def test_nobody_mocks_the_network_in_chaos_tests() -> None:
    """What answers there is a socket; mocks stand in `tests`."""
    mocks = re.compile(r"\b(AsyncMock|MagicMock|create_autospec|import responses)\b")
    files = (ROOT / "chaos_tests").rglob("*.py")
    assert [file for file in files if mocks.search(file.read_text(encoding="utf-8"))] == []


def test_nothing_is_run_again_until_it_passes() -> None:
    """The plan wanted retry logic against flakes; a flake is a defect here."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"^(pytest-rerunfailures|pytest-retry|flaky)==", lock, re.MULTILINE)
