from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from downtick.arena import reaper


@pytest.fixture
def lifeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Give the write end of a pipe whose read end the reaper takes for its lifeline."""
    read_end, write_end = os.pipe()
    monkeypatch.setattr(reaper, "LIFELINE", read_end)
    monkeypatch.setattr(reaper, "POLL", 0.0)
    yield write_end
    os.close(read_end)


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Record what would be killed instead of killing it."""
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: seen.append((pid, number)))
    return seen


class Mortal(reaper.Watched):
    """A watched process that ends at the third look."""

    def __init__(self) -> None:
        self.looks = 0

    def has_ended(self) -> bool:
        """Tell whether it was looked at often enough."""
        self.looks += 1
        return self.looks >= 3


def test_folder_is_private_and_short_named(tmp_path: Path) -> None:
    """The folder is for its owner alone, and its name leaves room for a Unix socket's path."""
    path = Path(reaper.make_folder(str(tmp_path)))
    assert path.parent == tmp_path
    assert path.stat().st_mode & 0o777 == 0o700
    assert len(path.name) <= 20


def test_two_folders_differ(tmp_path: Path) -> None:
    """Every run has a folder of its own."""
    assert reaper.make_folder(str(tmp_path)) != reaper.make_folder(str(tmp_path))


def test_closed_lifeline_is_the_end(lifeline: int, kills: list[tuple[int, int]]) -> None:
    """When the pipe closes the run is gone, and nobody is killed for it."""
    os.close(lifeline)
    reaper.wait_for_end(os.getppid(), None)
    assert kills == []


def test_lost_parent_is_the_end(lifeline: int, kills: list[tuple[int, int]]) -> None:
    """A run whose fork holds the pipe open is seen to be gone all the same."""
    reaper.wait_for_end(run=-1, watched=None)
    os.close(lifeline)
    assert kills == []


def test_watched_process_takes_the_run_along(
    lifeline: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the watched process is gone the run is killed, and waited for."""
    killed = []

    def kill(pid: int, number: int) -> None:
        killed.append((pid, number))
        os.close(lifeline)  # as the kernel does for a killed run

    monkeypatch.setattr(os, "kill", kill)
    watched = Mortal()
    reaper.wait_for_end(os.getppid(), watched)
    assert killed == [(os.getppid(), signal.SIGKILL)]
    assert watched.looks == 3


def test_group_is_killed_until_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that joins late is killed too; the anchor is reaped once."""
    answers = [None, None, ProcessLookupError()]
    reaped = []

    def killpg(group: int, number: int) -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    monkeypatch.setattr(reaper, "KILLING", 60.0)
    monkeypatch.setattr(os, "killpg", killpg)
    monkeypatch.setattr(os, "waitpid", lambda pid, _options: reaped.append(pid))
    reaper.kill_group(4711)
    assert answers == []
    assert reaped == [4711]


def test_undying_group_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zombies that nobody reaps do not keep the reaper from removing the folder."""
    monkeypatch.setattr(reaper, "KILLING", 0.01)
    monkeypatch.setattr(os, "killpg", lambda _group, _number: None)
    monkeypatch.setattr(os, "waitpid", lambda _pid, _options: None)
    reaper.kill_group(4711)


def test_folder_is_removed_with_all_in_it(tmp_path: Path) -> None:
    """The folder goes with its content; what a link in it points to stays."""
    folder = Path(reaper.make_folder(str(tmp_path)))
    (tmp_path / "kept").touch()
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "file").touch()
    (folder / "link").symlink_to(tmp_path)
    reaper.remove_folder(str(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_missing_folder_is_no_error(tmp_path: Path) -> None:
    """A folder that somebody else removed is fine."""
    reaper.remove_folder(str(tmp_path / "gone"))


@pytest.mark.parametrize("descriptors", [True, False], ids=["by descriptor", "by number"])
def test_watched_process_is_seen_alive_and_gone(
    descriptors: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process is alive until it is gone, whether or not the kernel has process descriptors."""
    if not descriptors:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    read_end, write_end = os.pipe()
    child = os.posix_spawn(
        "/bin/cat", ["cat"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, read_end, 0)]
    )
    watched = reaper.Watched(child)
    assert not watched.has_ended()
    os.close(read_end)
    os.close(write_end)
    os.waitpid(child, 0)
    assert watched.has_ended()
    assert reaper.Watched(child).has_ended()
