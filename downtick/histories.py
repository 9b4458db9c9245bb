"""Histories on disk, with the profiles that were played in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from downtick.errors import InputError
from downtick.history import Header, History
from downtick.profiles.expecting import BY_HAND, by_hand, expecting
from downtick.profiles.library import find
from downtick.profiles.load import load
from downtick.profiles.model import Profile
from downtick.words import VOCABULARY


@dataclass(frozen=True)
class Played:
    """A history, the profile that was played in it, and real time over nominal time."""

    header: Header
    history: History
    profile: Profile
    time_scale: float


def read_played(file: Path, profile: str | None = None) -> Played:
    """Return what a file tells.

    Args:
        file: a history in JSON Lines.
        profile: that was played: a name or a file; None for the one that the history carries, or names.

    Raises:
        InputError: it is no history, or says too little to be judged.
        ProfileError: there is no such profile.
    """
    header, history = read_history(file)
    scale = _scale(file, header)
    return Played(header, history, _profile(file, header, scale, profile), scale)


def read_history(file: Path) -> tuple[Header, History]:
    """Return a history and its header.

    Raises:
        InputError: it cannot be read, or is no history.
    """
    try:
        return History.from_jsonl(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{file}: {error}") from error


def _profile(file: Path, header: Header, scale: float, given: str | None) -> Profile:
    """Return the profile that was played: as it was then, if the history carries it, with what a test expected besides."""
    name, text = header.run.get("profile"), header.run.get("profile_text")
    if not isinstance(name, str):
        raise InputError(f"{file}: no profile was played, so nothing is expected of the bot")
    expect = header.run.get("expect") or ()
    if given is None and name == BY_HAND and text is None:
        return by_hand(expect, VOCABULARY, scale)
    if given is None and isinstance(text, str):
        played = load(text, f"{file} (profile_text)", VOCABULARY)
        return expecting(played, expect, VOCABULARY, scale)
    played = load(*find(given or name), VOCABULARY)
    if played.name != name:
        raise InputError(f"{file}: {name!r} was played, not {played.name!r}")
    return played


def _scale(file: Path, header: Header) -> float:
    scale = header.run.get("time_scale")
    if not isinstance(scale, int | float) or scale <= 0:
        raise InputError(f"{file}: its header has no time_scale: allowed is a number above 0")
    return float(scale)
