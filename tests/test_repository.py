"""What holds for the repository as a whole."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import downtick

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = [
    *(
        "chaos-test",
        "test-clients",
        "test-report",
        "test-judge",
        "test",
        "check",
        "coverage",
        "repeat",
        "test-plan",
        "bench",
    ),
    "lint-toxics",
    *("sandbox-test", "soak", "compose-test", "record-sandbox", "survival", "incident", "doctor"),
    *("test-pythons", "lock", "clean", "help"),
]
MARKERS = {
    *("integration", "slow", "real_api(*topologies)", "brokerages", "orchestration", "streaming"),
    *("scenario", "soak", "uses_mock_broker"),
    "browser",  # not of the plan: the pages of a report
    "known_bad",  # not of the plan: bots that the judge must catch
    "clients(name)",  # not of the plan: real clients, in environments of their own
}
MACHINE_PATHS = re.compile(
    "|".join(
        (r"(?<![\w.~$}])/(?:home|Users)/\w+", re.escape(f"{ROOT}/"), re.escape(f"{Path.home()}/."))
    )
)
INDEX_VARIABLES = ("GOPROXY", "PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")
INDEX_ADDRESSES = re.compile(
    "|".join(
        (
            r"--(?:extra\W)?index\Wurl",
            r"--find\Wlinks",
            *(f"{variable} *=" for variable in INDEX_VARIABLES),
            r"https?://\S+/simple\b",
        )
    ),
    re.IGNORECASE,
)


def tracked_files() -> list[Path]:
    """Return the files that git keeps."""
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listing.stdout.splitlines()]


def workflow_steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the steps of all jobs of a workflow."""
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_version_stands_in_one_place() -> None:
    """The package's version is the distribution's, and is written once."""
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "downtick/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+", downtick.__version__)


def test_markers_are_those_of_the_test_plan() -> None:
    """Every marker of the test plan is declared, each with its meaning, and no other."""
    declared = [
        line.partition(": ") for line in PROJECT["tool"]["pytest"]["ini_options"]["markers"]
    ]
    assert {name for name, _, _ in declared} == MARKERS
    assert all(meaning for _, _, meaning in declared)


def test_a_bare_pytest_runs_unit_tests_only() -> None:
    """What needs sockets, the sandbox, a mocked broker or hours is deselected by default."""
    options = PROJECT["tool"]["pytest"]["ini_options"]["addopts"]
    selection = options[options.index("-m") + 1]
    assert set(selection.split(" and ")) == {
        *("not integration", "not real_api", "not uses_mock_broker", "not soak")
    }


def test_make_runs_the_tests_with_a_mocked_broker() -> None:
    """A bare pytest leaves them out, as the test plan says; `make test` and `make check` do not."""
    unit = re.search(r"^UNIT \?= (.*)$", MAKEFILE, re.MULTILINE)
    assert unit is not None
    assert set(unit[1].split(" and ")) == {"not integration", "not real_api", "not soak"}
    assert MAKEFILE.count('tests -m "$(UNIT)"') == 2


def test_no_capture_is_among_the_artifacts() -> None:
    """Captures and their keys are secret: each upload leaves them out, and git ignores them."""
    workflows = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in WORKFLOWS]
    steps = [step for workflow in workflows for step in workflow_steps(workflow)]
    uploads = [step["with"]["path"] for step in steps if "upload-artifact" in step.get("uses", "")]
    assert uploads
    for secret in ("*.pcap", "*.keys.log"):
        assert secret in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        for path in uploads:
            taken = {line.split("/")[0] for line in path.splitlines() if not line.startswith("!")}
            assert taken == {
                line[1:].split("/")[0] for line in path.splitlines() if line.endswith(secret)
            }


def test_doors_of_the_distribution() -> None:
    """The console script and the pytest plugin are called downtick."""
    assert PROJECT["project"]["scripts"] == {"downtick": "downtick.cli:main"}
    assert PROJECT["project"]["entry-points"]["pytest11"] == {"downtick": "downtick.plugin"}


def test_make_help_tells_every_target() -> None:
    """`make help` lists every target that a person calls, each with one line."""
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [re.fullmatch(r"make ([a-z-]+) +(\S.*)", line) for line in shown.stdout.splitlines()]
    assert [line and line[1] for line in lines] == TARGETS


def test_every_phony_target_has_help() -> None:
    """No target is without a help line."""
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(TARGETS)


def test_lock_names_no_index() -> None:
    """The lock file works behind any mirror: it names no address at all."""
    assert "://" not in LOCK
    assert not INDEX_ADDRESSES.search(LOCK)


def test_lock_is_exact_and_hashed() -> None:
    """Every requirement of the lock file has one version and at least one hash."""
    entries = [entry for entry in re.split(r"\n(?=\S)", LOCK) if not entry.startswith("#")]
    assert len(entries) > len(PROJECT["project"]["dependencies"])
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.!+]+( ; .+)? \\\n( +--hash=sha256:[0-9a-f]{64})", entry), (
            entry
        )


def test_lock_covers_what_the_project_asks_for() -> None:
    """Whoever adds a requirement locks it too."""
    locked = {re.split(r"[=<>~! ;\[]", line)[0].lower() for line in LOCK.splitlines()}
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    names = {re.split(r"[=<>~! ;\[]", line)[0].lower().replace("_", "-") for line in asked}
    assert names <= locked


def test_there_are_workflows() -> None:
    """Each push and each night are looked after."""
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "nightly.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    """Every action is pinned by a whole commit, with its version as a comment."""
    uses = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert uses
    for action in uses:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_few_rights(path: Path) -> None:
    """A workflow may read the repository, and nothing else."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_reaches_a_shell(path: Path) -> None:
    """What somebody else may write (a branch's name, an input) never becomes part of a script."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert not [step for step in workflow_steps(workflow) if "${{" in step.get("run", "")]


def test_ci_covers_the_supported_pythons() -> None:
    """Each push is tested on every Python that the project says it supports."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    prefix = "Programming Language :: Python :: "
    supported = [c.removeprefix(prefix) for c in PROJECT["project"]["classifiers"] if prefix in c]
    assert workflow["jobs"]["run"]["strategy"]["matrix"]["python"] == supported
    assert ".ci/run" in [step.get("run") for step in workflow_steps(workflow)]


def test_ci_runs_the_commands_of_the_readme() -> None:
    """Continuous integration calls make and nothing by hand."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [
        line for line in script.splitlines() if line and not line.startswith(("#", "set", "cd"))
    ]
    assert commands == ["make check", "make test", "make chaos-test SHARED=1", "make test-clients"]
    assert "set -eu" in script


def test_nothing_of_one_machine_is_tracked() -> None:
    """No tracked file names a folder of somebody's machine or the address of a package index."""
    found = []
    for path in tracked_files():
        if path == Path(__file__) or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a recorded tape
        found += [
            f"{path.relative_to(ROOT)}: {match[0]}"
            for pattern in (MACHINE_PATHS, INDEX_ADDRESSES)
            for match in pattern.finditer(text)
        ]
    assert found == []


def test_no_file_is_too_long_to_be_read() -> None:
    """No code and no page has more than 400 lines."""
    lengths = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked_files()
        if path.suffix in {".py", ".md"} and path.is_file()
    }
    assert {path: length for path, length in lengths.items() if length > 400} == {}
