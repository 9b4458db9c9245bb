from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from downtick.arena.run_folder import RunFolder
from downtick.errors import RigError


@pytest.fixture(autouse=True)
def temporary_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the run folders of these tests stand where the tests can count them."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_stands_while_the_run_lasts(temporary_root: Path) -> None:
    """The folder is there from creation to close, with whatever was put into it."""
    with RunFolder.create() as run:
        assert run.path.parent == temporary_root
        (run.path / "file").touch()
    assert list(temporary_root.iterdir()) == []


def test_close_ends_the_children() -> None:
    """Children end with the run, and are no zombies afterwards."""
    run = RunFolder.create()
    child = run.popen(["sleep", "60"])
    assert os.getpgid(child.pid) == run.group
    run.close()
    assert child.returncode == -9
    with pytest.raises(ProcessLookupError):
        os.killpg(run.group, 0)


def test_child_reads_nothing_of_the_terminal() -> None:
    """A child's standard input is empty unless it is given one."""
    with RunFolder.create() as run:
        child = run.popen(["cat"], stdout=subprocess.PIPE)
        out, _ = child.communicate(timeout=10)
    assert (child.returncode, out) == (0, b"")


def test_close_twice() -> None:
    """A second close does nothing."""
    run = RunFolder.create()
    run.close()
    run.close()


def test_no_child_after_close() -> None:
    """A closed run folder starts nothing."""
    run = RunFolder.create()
    run.close()
    with pytest.raises(RigError, match="closed"):
        run.popen(["true"])


def test_reaper_that_cannot_start_says_why(
    temporary_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a folder for temporary files there is one error with the reason."""
    monkeypatch.setattr(tempfile, "tempdir", str(temporary_root / "missing"))
    with pytest.raises(RigError, match=r"(?s)did not start.*No such file or directory"):
        RunFolder.create()


def test_killed_reaper_is_made_up_for(temporary_root: Path) -> None:
    """When somebody killed the reaper, close still ends the children and removes the folder."""
    run = RunFolder.create()
    child = run.popen(["sleep", "60"])
    run._reaper.kill()
    run.close()
    assert child.returncode == -9
    assert list(temporary_root.iterdir()) == []
