"""What the README tells to write is what the sessions here have written."""

from __future__ import annotations

import re

import pytest

from chaos_tests.clients.running import ROOT, SESSIONS

pytestmark = [pytest.mark.integration, pytest.mark.clients]


def test_the_readme_s_lines_are_the_sessions() -> None:
    """Each line of code in its section on clients stands in a session."""
    _, _, after = (ROOT / "README.md").read_text().partition("\n## Point your client here\n")
    section, _, _ = after.partition("\n## ")
    blocks = re.findall(r"```(?:python|javascript)\n(.*?)```", section, re.DOTALL)
    assert len(blocks) == 2
    lines = [_bare(line) for block in blocks for line in block.splitlines()]
    sessions = "\n".join(path.read_text() for path in SESSIONS.iterdir() if path.is_file())
    written = {_bare(line) for line in sessions.splitlines()}
    assert [line for line in lines if line and line not in written] == []


def _bare(line: str) -> str:
    """Return a line without its comment and its margins."""
    return re.sub(r"(^|\s)(#|//)\s.*", "", line).strip()
