"""What the examples in other languages need of a machine."""

from __future__ import annotations

import shutil
import subprocess
from typing import Final

NEEDED: Final = {
    "examples/feed.mjs": ("node", "--experimental-websocket", "--eval", "WebSocket"),
    "examples/poller.go": ("go", "version"),
    "examples/poller.sh": ("curl", "--version"),
}
"""A command for each example, which only succeeds where it can be run."""


def without_program() -> dict[str, str]:
    """Return the examples that this machine cannot run, each with the reason."""
    return {
        name: f"`{' '.join(command)}` does not work here"
        for name, command in NEEDED.items()
        if not _works(command)
    }


def _works(command: tuple[str, ...]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
