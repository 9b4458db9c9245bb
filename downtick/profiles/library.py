"""The profile library on disk: which profiles there are, and the text of one. Files are read here alone."""

from __future__ import annotations

import os
from glob import iglob
from pathlib import Path

from downtick.data import data_folder
from downtick.errors import ProfileError
from downtick.profiles.problems import did_you_mean, one_of, shown
from downtick.profiles.yaml_reader import MOST_CHARACTERS

MOST_BYTES = 4 * MOST_CHARACTERS
SUFFIX = ".yaml"
INCIDENTS = "incidents/"


def library_names() -> tuple[str, ...]:
    """Return the names of the library's profiles with their folder, sorted: ``streaming/data-silence``."""
    found = iglob("**/*" + SUFFIX, root_dir=data_folder("toxics"), recursive=True)  # noqa: PTH207 - its Paths take ten times as long
    return tuple(sorted(name.removesuffix(SUFFIX).replace(os.sep, "/") for name in found))


def library_path(name: str) -> Path:
    """Return the file of a library profile."""
    return data_folder("toxics") / (name + SUFFIX)


def find(name_or_path: str) -> tuple[str, str]:
    """Return the text of a profile, and the name of its file for messages.

    Args:
        name_or_path: a library profile (``streaming/data-silence``, or ``data-silence`` alone), or a path.

    Raises:
        ProfileError: there is no such profile, or its file cannot be read.
    """
    names = library_names()
    matches = [n for n in names if name_or_path in (n, n.rpartition("/")[2])]
    if len(matches) == 1:
        path = library_path(matches[0])
        return read_file(path), _short(path)
    if len(matches) > 1:
        raise ProfileError((f"{name_or_path}: several profiles: {', '.join(matches)}",))
    if name_or_path.endswith((SUFFIX, ".yml")) or _exists(name_or_path):
        return read_file(Path(name_or_path)), name_or_path
    hint = did_you_mean(name_or_path, [*names, *(name.rpartition("/")[2] for name in names)])
    known = "allowed: a name that `downtick profiles` lists, or a path to a .yaml file"
    raise ProfileError((f"{name_or_path!a}: no such profile; {known}{hint}",))


def find_incident(name_or_path: str) -> tuple[str, str]:
    """Return the text of an incident's profile, and the name of its file for messages.

    Args:
        name_or_path: an incident of the library (``2024-05-14-outage``), or a path.

    Raises:
        ProfileError: there is no such incident, or its file cannot be read.
    """
    names = [n.removeprefix(INCIDENTS) for n in library_names() if n.startswith(INCIDENTS)]
    name = name_or_path.removeprefix(INCIDENTS)
    if name in names:
        return find(INCIDENTS + name)
    if name_or_path.endswith((SUFFIX, ".yml")):
        return find(name_or_path)
    told = f"found {shown(name_or_path)}" if name_or_path else "no name was given"
    hint = did_you_mean(name, names)
    raise ProfileError((f"incident: {told}; allowed: {one_of(names)}, or a .yaml file{hint}",))


def read_file(path: Path) -> str:
    """Return the text of a profile's file.

    Raises:
        ProfileError: it is no file, too large, not readable or not UTF-8.
    """
    try:
        if path.is_dir():
            raise ProfileError((f"{path}: a directory; allowed: a .yaml file",))
        if not path.is_file() and path.exists():
            raise ProfileError((f"{path}: not a regular file; allowed: a .yaml file",))
        size = path.stat().st_size
        if size > MOST_BYTES:
            allowed = f"allowed: at most {MOST_BYTES:,}"
            raise ProfileError((f"{path}: the file is too large: {size:,} bytes; {allowed}",))
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ProfileError(
            (f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}",)
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        found = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise ProfileError((f"{path}:{line}:{column}: {found}; save the file as UTF-8",)) from error


def _short(path: Path) -> str:
    """Return a path as one would type it here, so that a message can be followed to its file."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False
