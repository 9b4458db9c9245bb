import os
from pathlib import Path

import pytest

from downtick.errors import ProfileError
from downtick.profiles import library
from downtick.profiles.library import MOST_BYTES, find, find_incident, library_names


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of three profiles, two of which share their last name."""
    for name in ("streaming/one", "rest/one", "rest/two"):
        file = tmp_path / "toxics" / (name + ".yaml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"text of {name}")
    (tmp_path / "toxics" / "schema.json").write_text("{}")
    monkeypatch.setattr(library, "data_folder", lambda name: tmp_path / name)
    return tmp_path


def problem(name: str | Path) -> str:
    """Return why a profile cannot be had."""
    with pytest.raises(ProfileError) as caught:
        find(str(name))
    (told,) = caught.value.problems
    return told


def test_names_carry_their_folder(root: Path) -> None:
    """The library is every YAML file of its folders, sorted."""
    assert root.is_dir()
    assert library_names() == ("rest/one", "rest/two", "streaming/one")


def test_a_profile_is_found_by_name(root: Path) -> None:
    """With its folder, or by its last name if only one has it."""
    assert find("rest/one") == ("text of rest/one", str(root / "toxics/rest/one.yaml"))
    assert find("two") == ("text of rest/two", str(root / "toxics/rest/two.yaml"))


def test_a_file_below_here_is_named_as_one_would_type_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message about the library of a checkout can be followed to its file."""
    monkeypatch.chdir(root)
    assert find("two") == ("text of rest/two", "toxics/rest/two.yaml")


def test_a_name_of_several_is_told(root: Path) -> None:
    """Nobody guesses which one was meant."""
    assert root.is_dir()
    assert problem("one") == "one: several profiles: rest/one, streaming/one"


def test_a_name_of_none_is_told_with_a_near_one(root: Path) -> None:
    """A misspelt name gets a suggestion."""
    assert root.is_dir()
    assert problem("rest/twoo").endswith("did you mean `rest/two`?")
    assert "`downtick profiles` lists" in problem("\x00")


def test_a_file_is_read_by_its_path(root: Path) -> None:
    """A path is a path, and a byte order mark is none of the text."""
    file = root / "mine.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: mine")
    assert find(str(file)) == ("name: mine", str(file))


def test_a_file_that_is_none_is_told(root: Path) -> None:
    """A directory, a missing file and a pipe are no profiles."""
    (root / "folder.yaml").mkdir()
    os.mkfifo(root / "pipe.yaml")
    assert problem(root / "folder.yaml").endswith("folder.yaml: a directory; allowed: a .yaml file")
    assert problem(root / "none.yaml").endswith("cannot be read: No such file or directory")
    assert problem(root / "pipe.yaml").endswith("not a regular file; allowed: a .yaml file")


def test_a_large_file_is_not_even_read(root: Path) -> None:
    """Ten megabytes are refused by their size alone."""
    file = root / "large.yaml"
    with file.open("wb") as stream:
        stream.truncate(10_000_000)
    assert f"too large: 10,000,000 bytes; allowed: at most {MOST_BYTES:,}" in problem(file)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"name: a\ntitle: \xff\n", "2:8: the byte 0xff is not UTF-8; save the file as UTF-8"),
        ("name: a\n".encode("utf-16"), "1:1: the byte 0xff is not UTF-8"),
    ],
)
def test_a_file_that_is_not_utf8_is_told_at_its_place(root: Path, data: bytes, told: str) -> None:
    """The byte that is no text has a line and a column."""
    file = root / "latin.yaml"
    file.write_bytes(data)
    assert told in problem(file)


def test_a_file_that_may_not_be_read_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says stands in the message."""
    file = root / "secret.yaml"
    file.write_text("name: a")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert problem(file).endswith("secret.yaml: cannot be read: Permission denied")


def test_an_incident_is_found_by_its_name(root: Path) -> None:
    """With its folder or without, or as a file; and a name of something else is told with what there is."""
    for name in ("2020-01-01-one", "2021-01-01-one"):
        file = root / f"toxics/incidents/{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(name)
    assert find_incident("2020-01-01-one")[0] == "2020-01-01-one"
    assert find_incident("incidents/2021-01-01-one")[0] == "2021-01-01-one"
    assert find_incident(str(root / "toxics/rest/one.yaml"))[0] == "text of rest/one"
    allowed = "allowed: `2020-01-01-one`, `2021-01-01-one`, or a .yaml file"
    with pytest.raises(ProfileError) as caught:
        find_incident("2020-01-01-two")
    found = "incident: found `2020-01-01-two`; "
    assert str(caught.value) == f"{found}{allowed}; did you mean `2020-01-01-one`?"
    with pytest.raises(ProfileError, match="incident: no name was given; allowed: `2020"):
        find_incident("")
