"""Gives every client an environment of its own: ``python -m chaos_tests.clients.environments FOLDER``.

Made from a lock file with hashes, anew only when that, the Python or the Node changed. A client that this machine
cannot have is left out, and the reason is written down for the tests: see `left_out`.

::

    locks/ccxt.lock             ──▶ FOLDER/ccxt/bin/python
    locks/package-lock.json     ──▶ FOLDER/node/node_modules
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCKS: Final = Path(__file__).parent / "locks"
NODE: Final = "node"
OLDEST_NODE: Final = 18
"""Major version; coinbase-api needs the Web Crypto API as a global."""

_LEFT_OUT: Final = "left-out.json"
_STAMP: Final = ".stamp"


@dataclass(frozen=True)
class Environment:
    """What is installed into one folder.

    Attributes:
        name: of the folder.
        clients: whom it serves.
        locks: what is installed, from which files. Of several the earlier ones are needed to build the last.
    """

    name: str
    clients: tuple[str, ...]
    locks: tuple[str, ...]


ENVIRONMENTS: Final = (
    Environment(
        "cryptofeed", ("cryptofeed",), ("cryptofeed-build.lock", "cryptofeed.lock")
    ),  # the slowest first
    Environment("ccxt", ("ccxt",), ("ccxt.lock",)),
    Environment("coinbase-advanced-py", ("coinbase-advanced-py",), ("coinbase-advanced-py.lock",)),
    Environment(
        NODE, ("coinbase-advanced-node", "coinbase-api"), ("package.json", "package-lock.json")
    ),
)


class Failed(Exception):
    """An environment could not be made, for the reason in the message."""


def left_out(folder: Path) -> dict[str, str]:
    """Return the clients that this machine cannot have, each with the reason."""
    path = folder / _LEFT_OUT
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def missing(environment: Environment, folder: Path) -> str | None:
    """Return what an environment needs and this machine lacks, or None."""
    if environment.name == NODE:
        return _node_missing()
    compiled = len(environment.locks) > 1 and not _stands(environment, folder)
    if compiled and not any(map(shutil.which, ("cc", "gcc", "clang"))):
        return "it is compiled when it is installed, and there is no C compiler on PATH"
    return None


def make(environment: Environment, folder: Path) -> bool:
    """Make an environment unless it stands already, and return whether it was made.

    Raises:
        Failed: something of it could not be installed.
    """
    if _stands(environment, folder):
        return False
    target = folder / environment.name
    shutil.rmtree(target, ignore_errors=True)
    if environment.name == NODE:
        _install_packages(environment, target)
    else:
        _install_wheels(environment, target)
    (target / _STAMP).write_text(_digest(environment), encoding="utf-8")
    return True


def _stands(environment: Environment, folder: Path) -> bool:
    stamp = folder / environment.name / _STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _digest(environment)


def _node_missing() -> str | None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return "no Node.js with npm on PATH"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().lstrip("v").partition(".")[0]) < OLDEST_NODE:
        return f"Node.js {version.strip()} on PATH, older than {OLDEST_NODE}"
    return None


def _digest(environment: Environment) -> str:
    """Return what an environment is made of, as one text."""
    digest = hashlib.sha256(b"".join((LOCKS / name).read_bytes() for name in environment.locks))
    if environment.name != NODE:
        digest.update(f"{sys.executable} {sys.version}".encode())
    return digest.hexdigest()


def _install_wheels(environment: Environment, target: Path) -> None:
    _run([sys.executable, "-m", "venv", "--without-pip", str(target)])
    pip = [sys.executable, "-m", "pip", "--python", str(target / "bin" / "python")]
    for lock in environment.locks:
        _run(
            [
                *(*pip, "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
                *("--no-build-isolation", "--require-hashes", "-r", str(LOCKS / lock)),
            ],
            path=target / "bin",
        )


def _install_packages(environment: Environment, target: Path) -> None:
    target.mkdir(parents=True)
    for name in environment.locks:
        shutil.copy(LOCKS / name, target)
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run(npm, cwd=target)


def _run(command: Sequence[str], *, cwd: Path | None = None, path: Path | None = None) -> None:
    """Run a command.

    Args:
        command: the words.
        cwd: where.
        path: a folder whose programs go before those of PATH.

    Raises:
        Failed: it ended with an error.
    """
    environ = dict(os.environ)
    if path is not None:
        environ["PATH"] = f"{path}{os.pathsep}{environ['PATH']}"
    done = subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise Failed(f"{' '.join(command)}\nended with {done.returncode}:\n{last}")


def main(folder: Path) -> int:
    """Make all environments, side by side, and return the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    lacking = {environment.name: missing(environment, folder) for environment in ENVIRONMENTS}
    reasons = {c: why for e in ENVIRONMENTS if (why := lacking[e.name]) for c in e.clients}
    (folder / _LEFT_OUT).write_text(json.dumps(reasons), encoding="utf-8")
    wanted = [environment for environment in ENVIRONMENTS if lacking[environment.name] is None]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda environment: _try(environment, folder), wanted))
    return 0 if all(told) else 2


def _try(environment: Environment, folder: Path) -> bool:
    """Make an environment, say so, and return whether it stands now."""
    start = time.monotonic()
    try:
        if make(environment, folder):
            took = time.monotonic() - start
            sys.stderr.write(f"{folder / environment.name}: made in {took:.0f} s\n")
    except Failed as failure:
        sys.stderr.write(f"{folder / environment.name}: {failure}\n")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
