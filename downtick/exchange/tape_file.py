"""Reads a tape from a file, plain or gzipped."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Final

from downtick.errors import InputError
from downtick.exchange.market import TapeMarket

_GZIP_MAGIC: Final = b"\x1f\x8b"


def load_tape(path: Path) -> TapeMarket:
    """Return the market of a recorded capture. Blocks while it reads.

    Raises:
        InputError: the file cannot be read, or is not such a capture.
    """
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP_MAGIC):
            content = gzip.decompress(content)
        text = content.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"tape {path}: expected text in UTF-8, plain or gzipped: {error}"
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"tape {path}: cannot be read: {error}") from error
    return TapeMarket(text.splitlines(), str(path))
