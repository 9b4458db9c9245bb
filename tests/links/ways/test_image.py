import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import DockerException

from downtick.links.addresses import Address
from downtick.links.pin import load_pin
from downtick.links.ways import image as module
from downtick.links.ways.image import LABEL, container
from downtick.links.ways.way import Found, Missing
from tests.links.ways.small_site import site_of


class Started:
    """A container."""

    def __init__(self, owner: str = "") -> None:
        self.labels = {LABEL: owner}
        self.removed = False

    def remove(self, *, force: bool) -> None:
        assert force
        self.removed = True


class Daemon:
    """A container daemon with these containers."""

    def __init__(self, *running: Started) -> None:
        self.running = running
        self.started = Started()
        self.asked: dict[str, Any] = {}
        self.containers = SimpleNamespace(list=self._list, run=self._run)

    def _list(self, *, filters: dict[str, str]) -> tuple[Started, ...]:
        assert filters == {"label": LABEL}
        return self.running

    def _run(self, image: str, command: list[str], **options: Any) -> Started:
        self.asked = {"image": image, "command": command, **options}
        return self.started


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch) -> None:
    """No real port is looked for."""
    monkeypatch.setattr(module, "free_port", lambda host: 4711)


def test_a_container_of_the_pinned_image(tmp_path: Path) -> None:
    """It shares the machine's network, listens on loopback alone, and can be ended."""
    daemon = Daemon()
    found = container(site_of(tmp_path), lambda: daemon, lambda address: "2.12.0")
    assert found == Found("container", "2.12.0", url="http://127.0.0.1:4711")
    assert daemon.asked["image"] == load_pin().image
    assert daemon.asked["command"] == ["-host=127.0.0.1", "-port=4711"]
    assert daemon.asked["network_mode"] == "host"
    assert daemon.asked["labels"] == {LABEL: str(os.getpid())}
    assert not daemon.started.removed
    assert isinstance(found, Found)
    found.release()
    assert daemon.started.removed


def test_a_container_of_another_version(tmp_path: Path) -> None:
    """It is ended and refused."""
    daemon = Daemon()
    outcome = container(site_of(tmp_path), lambda: daemon, lambda address: "2.9.0")
    assert isinstance(outcome, Missing)
    assert "holds '2.9.0'" in outcome.reason
    assert daemon.started.removed


def test_a_container_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended after its time."""
    ticks = iter(range(100))
    clock = SimpleNamespace(monotonic=lambda: next(ticks), sleep=lambda seconds: None)
    monkeypatch.setattr(module, "time", clock)

    def silent(address: Address) -> str:
        raise ConnectionRefusedError

    daemon = Daemon()
    outcome = container(site_of(tmp_path), lambda: daemon, silent)
    assert isinstance(outcome, Missing)
    assert "did not answer within 10 s" in outcome.reason
    assert daemon.started.removed


def test_containers_whose_process_is_gone(tmp_path: Path) -> None:
    """They are removed, those of living processes are not."""
    gone, own, odd = Started("999999999"), Started(str(os.getpid())), Started("x")
    container(site_of(tmp_path), lambda: Daemon(gone, own, odd), lambda address: "2.12.0")
    assert (gone.removed, own.removed, odd.removed) == (True, False, True)


@pytest.mark.parametrize("error", [DockerException("no socket"), PermissionError("no socket")])
def test_no_daemon(tmp_path: Path, error: Exception) -> None:
    """A daemon that cannot be used is told with its reason."""

    def connect() -> Any:
        raise error

    outcome = container(site_of(tmp_path), connect)
    assert isinstance(outcome, Missing)
    assert outcome.reason == "the container daemon cannot be used: no socket"


def test_not_on_this_system(tmp_path: Path) -> None:
    """Elsewhere a container has a loopback of its own."""
    outcome = container(site_of(tmp_path, platform="darwin_arm64"))
    assert isinstance(outcome, Missing)
    assert "on Linux only" in outcome.reason
