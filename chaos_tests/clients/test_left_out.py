"""What a run says of clients that a machine cannot have."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chaos_tests.clients.environments import ENVIRONMENTS, NODE, main, missing
from chaos_tests.clients.running import FOLDER_VARIABLE, ROOT

pytestmark = [pytest.mark.integration, pytest.mark.clients]

REASON = "no Node.js with npm on PATH"
NODE_CLIENTS = ("coinbase-advanced-node", "coinbase-api")


def test_a_client_that_cannot_be_had_is_deselected(tmp_path: Path) -> None:
    """Its tests are not skipped; a line at the end names it and says why, and the run passes."""
    left_out = dict.fromkeys(NODE_CLIENTS, REASON)
    (tmp_path / "left-out.json").write_text(json.dumps(left_out))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "chaos_tests/clients", "-m", "clients", "--collect-only"],
        cwd=ROOT,
        env={**os.environ, FOLDER_VARIABLE: str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "test_coinbase_advanced_py" in done.stdout
    assert "test_coinbase_api" not in done.stdout
    for client in NODE_CLIENTS:
        assert f"clients: {client} left out: {REASON}\n" in done.stdout


def test_what_a_bare_machine_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Node.js and a C compiler three clients are left out, and never the two that must be there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    lacking = {e.name: missing(e, tmp_path / "none") for e in ENVIRONMENTS}
    assert lacking.pop(NODE) == REASON
    assert "C compiler" in (lacking.pop("cryptofeed") or "")
    assert lacking == {"ccxt": None, "coinbase-advanced-py": None}


def test_an_environment_that_cannot_be_made_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With nothing to install from, the reason is told and the exit code is 2; nothing passes for a client."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    wanted = [e for e in ENVIRONMENTS if e.name == "coinbase-advanced-py"]
    monkeypatch.setattr("chaos_tests.clients.environments.ENVIRONMENTS", wanted)
    folder = tmp_path / "clients"
    assert main(folder) == 2
    assert "No matching distribution found" in capsys.readouterr().err
    assert not (folder / "coinbase-advanced-py" / ".stamp").exists()
