from __future__ import annotations

from pathlib import Path

import pytest

from downtick.bots.named import named_bot
from downtick.errors import InputError

PROJECT = """
[tool.downtick.bots]
plain = "node mybot.js --feed '{market_wss_url}'"
listed = ["python", "-m", "my bot"]
empty = ""
open = "node 'mybot.js"
wrong = 3
mixed = ["node", 3]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project that names some bots."""
    file = tmp_path / "pyproject.toml"
    file.write_text(PROJECT, encoding="utf-8")
    return file


def test_a_name_stands_for_a_command_line(project: Path) -> None:
    """As a shell splits it, or as words."""
    assert named_bot("plain", project) == ("node", "mybot.js", "--feed", "{market_wss_url}")
    assert named_bot("listed", project) == ("python", "-m", "my bot")


def test_an_unknown_name_is_told_with_those_that_there_are(project: Path) -> None:
    """And with the nearest."""
    with pytest.raises(InputError, match=r"`plain`, `listed`.*did you mean `listed`"):
        named_bot("lsited", project)


@pytest.mark.parametrize("name", ["empty", "open", "wrong", "mixed"])
def test_what_is_no_command_line_is_refused(project: Path, name: str) -> None:
    """With its place."""
    with pytest.raises(InputError, match=rf"pyproject\.toml: tool\.downtick\.bots\.{name}: "):
        named_bot(name, project)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.other]\n", "has no table"),
        ("[tool]\ndowntick = 3\n", "has no table"),
        ("[tool.downtick\n", "Expected"),
    ],
)
def test_a_file_that_names_no_bots_is_told(tmp_path: Path, text: str, said: str) -> None:
    """In one line."""
    file = tmp_path / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        named_bot("mine", file)


def test_without_a_file_there_are_no_names(tmp_path: Path) -> None:
    """The message says where they would stand."""
    with pytest.raises(InputError, match=r"No such file.*tool\.downtick\.bots"):
        named_bot("mine", tmp_path / "pyproject.toml")
