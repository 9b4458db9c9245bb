"""Runs a client's session in that client's own environment, and gives what it saw."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from chaos_tests.clients.environments import NODE
from downtick.rig import Rig

ROOT: Final = Path(__file__).parents[2]
SESSIONS: Final = Path(__file__).parent / "sessions"
FOLDER_VARIABLE: Final = "DOWNTICK_CLIENTS"
WITHIN: Final = 240.0
"""Real seconds that a session may take. Importing ccxt alone takes half a minute on a busy machine."""


def folder() -> Path:
    """Return where the environments are."""
    return ROOT / os.environ.get(FOLDER_VARIABLE, ".venv-clients")


@dataclass(frozen=True)
class Seen:
    """What a client saw, in order: each line says what it tells of, under ``what``."""

    lines: tuple[dict[str, Any], ...]

    def __getitem__(self, what: str) -> dict[str, Any]:
        """Return the one line about this."""
        (line,) = [line for line in self.lines if line["what"] == what]
        return line


def run_session(rig: Rig, environment: str, session: str, *words: str) -> Seen:
    """Run a session to its end.

    Args:
        rig: that the client is pointed at, by the variables of its endpoints.
        environment: in which it runs.
        session: file in ``sessions``.
        words: arguments.

    Raises:
        AssertionError: it ended with an error, or not in time.
    """
    home = folder() / environment
    assert home.is_dir(), f"{home} is not there: `make test-clients` makes it"
    environ = {**os.environ, **rig.endpoints.environment()}
    if environment == NODE:
        command = ["node", str(SESSIONS / session)]
        environ["NODE_PATH"] = str(home / "node_modules")
    else:
        module = f"chaos_tests.clients.sessions.{session.removesuffix('.py')}"
        command = [str(home / "bin" / "python"), "-m", module]
    done = subprocess.run(
        [*command, *words],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    said = f"{done.stdout}\n{done.stderr[-4000:]}"
    assert done.returncode == 0, said
    seen = Seen(tuple(json.loads(line) for line in done.stdout.splitlines()))
    assert seen.lines[-1]["what"] == "closed", said
    return seen
