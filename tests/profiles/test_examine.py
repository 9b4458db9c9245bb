from pathlib import Path

import pytest

from downtick.profiles.examine import examine
from tests.profiles.small_words import WORDS, text_of

GOOD = text_of("at: 1s, link: rest, fault: reset")
WARNED = text_of("at: 1s, link: rest, toxic: timeout, attributes: {timeout: 50}, toxicity: 0.5")
BAD = text_of("at: 1s, link: market_ws, toxic: reset_peer").replace("a-profile", "bad")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with good, warned, bad and broken profiles."""
    for name, text in {"good": GOOD, "warned": WARNED, "bad": BAD, "broken": "name: 5"}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_a_good_file_has_nothing(files: Path) -> None:
    """No line, no error, no warning."""
    found = examine([str(files / "good.yaml")], WORDS)
    assert (found.lines, found.errors, found.warnings) == ((), 0, 0)


def test_findings_carry_file_and_line(files: Path) -> None:
    """Each finding is told as an editor can follow it."""
    found = examine([str(files / "warned.yaml"), str(files / "bad.yaml")], WORDS)
    warning, error = found.lines
    assert warning.startswith(f"{files}/warned.yaml:4: warning DT004: ")
    assert error.startswith(f"{files}/bad.yaml:4: error DT003: ")
    assert (found.errors, found.warnings) == (1, 1)


def test_a_broken_file_does_not_hide_another(files: Path) -> None:
    """All problems of all files are told."""
    found = examine([str(files / name) for name in ("broken.yaml", "none.yaml", "bad.yaml")], WORDS)
    assert [line.split(": ")[0].rpartition("/")[2] for line in found.lines] == [
        "broken.yaml:1:1",
        "broken.yaml:1:1",
        "broken.yaml:1:7",
        "none.yaml",
        "bad.yaml:4",
    ]
    assert found.errors == 5


def test_a_name_given_to_two_files_is_told(files: Path) -> None:
    """Two profiles of one name could not be told apart; one file given twice is one profile."""
    good, warned = str(files / "good.yaml"), str(files / "warned.yaml")
    found = examine([good, good, warned], WORDS)
    assert found.errors == 1
    assert found.lines[0] == f"{warned}:1: name: `a-profile` is the name of {good} too"


def test_the_time_scale_is_that_of_the_run(files: Path) -> None:
    """What vanishes at a small time scale is an error of that combination."""
    found = examine([str(files / "warned.yaml")], WORDS, time_scale=0.05)
    assert "error DT016" in found.lines[1]
