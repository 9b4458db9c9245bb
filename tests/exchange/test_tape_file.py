"""Tapes are read plain or gzipped; a file that is no tape is said so."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from downtick.errors import InputError
from downtick.exchange.tape_file import load_tape

MADE = Path(__file__).parent / "data" / "made.raw"


def test_gzip_is_seen_by_content(tmp_path: Path) -> None:
    """A gzipped tape is the same market, whatever the file is called."""
    packed = tmp_path / "tape"
    packed.write_bytes(gzip.compress(MADE.read_bytes()))
    assert list(load_tape(packed).events()) == list(load_tape(MADE).events())


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"\x1f\x8bno", gzip.compress(MADE.read_bytes())[:60], b"no tape\n"],
    ids=["not UTF-8", "not gzip", "cut gzip", "no tape"],
)
def test_unreadable_file(tmp_path: Path, content: bytes) -> None:
    """A file that is no tape gives one error with its name."""
    path = tmp_path / "some.raw"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"some\.raw"):
        load_tape(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A path that is no file gives one error with its name."""
    with pytest.raises(InputError, match="absent"):
        load_tape(tmp_path / "absent")
    with pytest.raises(InputError, match="cannot be read"):
        load_tape(tmp_path)
