"""The compose file's project, up and down: brought up by the command that there is, acted on through the engine."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import subprocess
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parents[2] / "compose" / "docker-compose.yml"
PROJECT: Final = "downtick-test"

_UP_WITHIN: Final = 1500.0  # real seconds: images may have to be built
_DAEMON_WITHIN: Final = 5


def compose_command() -> list[str] | None:
    """Return the command that knows compose files: Docker's own plugin, or docker-compose."""
    if shutil.which("docker") is not None:
        asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def lacking(connect: Callable[[], Any] | None = None) -> str | None:
    """Return what is missing to run the project, in one sentence; None if nothing is.

    Args:
        connect: to the engine; as the environment says, if not given.
    """
    from docker.errors import DockerException  # noqa: PLC0415 - slow to import

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # docker drops the socket that it failed on
        try:
            client = (connect or _connect)()
            client.ping()
            client.close()
        except (DockerException, OSError) as error:
            first = str(error).splitlines()[0]
            return (
                f"no Docker engine can be reached ({first}); start one, or name it by DOCKER_HOST"
            )
        finally:
            gc.collect()
    if compose_command() is None:
        return "there is neither `docker compose` nor `docker-compose`; install one"
    return None


def _connect() -> Any:
    import docker  # noqa: PLC0415 - slow to import

    return docker.from_env(timeout=_DAEMON_WITHIN)


class Project:
    """The project while it is up.

    Args:
        client: of the engine.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def container(self, service: str) -> Any:
        """Return the container of a service."""
        (found,) = self._client.containers.list(
            filters={
                "label": [
                    f"com.docker.compose.project={PROJECT}",
                    f"com.docker.compose.service={service}",
                ]
            }
        )
        return found

    def inject(self, *words: str) -> str:
        """Act on the rig, in the exchange's container, and return what was said."""
        command = ["python", "-m", "downtick", "inject", *words]
        code, output = self.container("exchange").exec_run(command)
        assert code == 0, output
        return str(output.decode())

    def until_said(self, words: str, *, after: int = 0, within: float) -> int:
        """Wait until the bot says something, within so many real seconds; return how many lines it had said by then.

        Args:
            words: that its message has.
            after: so many lines, which do not count.
            within: real seconds.
        """
        log = self.container("bot").logs(stream=True, follow=True)
        late = threading.Timer(within, log.close)
        late.start()
        try:
            for number, line in enumerate(_messages(log), 1):
                if number > after and words in line["message"]:
                    return number
        finally:
            late.cancel()
            with contextlib.suppress(OSError):  # closed by the timer
                log.close()
        raise AssertionError(f"the bot did not say {words!r} within {within:g} s")


def _messages(log: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    """Yield what a bot says, of a log that comes in pieces."""
    rest = b""
    for piece in log:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (json.loads(line) for line in lines if line.startswith(b"{"))


@contextlib.contextmanager
def project() -> Iterator[Project]:
    """Build the images, bring everything up and healthy, and take it down in the end, volumes included."""
    command = compose_command()
    assert command is not None
    base = [*command, "-f", str(FILE), "-p", PROJECT]
    client = _connect()
    try:
        # Each service waits for the health of those before it, so this returns when all but the last are well.
        subprocess.run([*base, "up", "--build", "-d"], check=True, timeout=_UP_WITHIN)
        yield Project(client)
    finally:
        subprocess.run([*base, "down", "-v"], check=False, timeout=120, env={**os.environ})
        client.close()
