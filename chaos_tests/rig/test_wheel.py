"""What a user installs is the wheel: it must bring its data, its plugin and all that it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from downtick.links.locate import CACHE_VARIABLE, cache_folder

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
TEST = """
import urllib.request
from pathlib import Path
import pytest
import downtick
from downtick.profiles.library import library_names

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

@pytest.mark.toxics("rest/slow-answers")
def test_a_profile_of_the_library(rig):
    while rig.history.first("run_ended") is None:
        opener.open(rig.endpoints.rest + "/time").close()
    assert rig.history.first("step_healed", name="latency")

def test_the_package_is_the_installed_one():
    assert "site-packages" in Path(downtick.__file__).parts
    assert len(library_names()) >= 20
"""


def call(*command: str | Path, cwd: Path) -> str:
    """Run a command outside the repository's environment and return what it printed.

    Raises:
        AssertionError: it failed; with what it printed.
    """
    hidden = ("PYTHON", "PYTEST_", "VIRTUAL_ENV")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
    environment[CACHE_VARIABLE] = str(cache_folder().parent)
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def required(*names: str) -> set[str]:
    """Return these distributions and all that they require, as their own metadata say."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found:
            found.add(name)
            wanted = map(Requirement, distribution(name).requires or ())
            waiting += [
                w.name for w in wanted if w.marker is None or w.marker.evaluate({"extra": ""})
            ]
    return found


def copy_installed(name: str, site: Path) -> None:
    """Copy what a distribution has installed here, its scripts left out, into another site-packages."""
    of = distribution(name)
    for file in of.files or ():
        if ".." not in file.parts:
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(str(of.locate_file(file)), site / file)


def test_the_wheel_works_in_an_empty_environment(tmp_path: Path) -> None:
    """Built, installed where there is nothing but what it requires, it plays a profile of the library.

    What it requires is copied from this environment, not fetched: the test is about the wheel, and works
    offline and behind any mirror.
    """
    call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=ROOT)
    (wheel,) = tmp_path.glob("downtick-*.whl")
    call(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv/bin/python"
    (site,) = (tmp_path / "venv/lib").glob("python*/site-packages")
    for name in required("downtick", "pytest") - {"downtick"}:
        copy_installed(name, site)
    pip = (sys.executable, "-m", "pip", "--python", python)
    call(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    call(*pip, "check", cwd=tmp_path)
    (tmp_path / "test_installed.py").write_text(TEST, encoding="utf-8")
    options = ("--strict-markers", "-p", "no:cacheprovider", "--downtick-time-scale", "0.1")
    told = call(python, "-m", "pytest", "-W", "error", *options, cwd=tmp_path)
    assert "2 passed" in told
    told = call(python.with_name("downtick"), "profiles", cwd=tmp_path)
    assert "rest/slow-answers" in told
