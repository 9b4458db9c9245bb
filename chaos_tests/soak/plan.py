"""Which faults a soak plays, and when: an endless stream from a seed, the same each time (pure)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from downtick.profiles.model import Profile
from downtick.profiles.timing import run_length
from downtick.profiles.vocabulary import Vocabulary

LONGEST: Final = 200.0
"""Nominal seconds: a profile that is longer is played by a test of its own."""

PAUSE: Final = (100.0, 160.0)
"""Nominal seconds of quiet after a profile, in which the bot must come to agree with the ledger."""

LONG_PAUSE: Final = 300.0
"""The same after a fault that takes back what had happened: a bot is right to ask for minutes until it believes that."""

_TAKES_BACK: Final = frozenset({"rollback", "voided_fill", "vanishes_before_lookup"})
_CLOSES: Final = frozenset({"close"})


@dataclass(frozen=True)
class Playing:
    """One profile of the stream. Times are nominal seconds.

    Attributes:
        number: from 1.
        at: from the beginning of the soak.
        name: in the library.
        seed: of the profile's own draws.
        length: of its faults.
        pause: after it.
    """

    number: int
    at: float
    name: str
    seed: int
    length: float
    pause: float


def playable(profiles: Mapping[str, Profile], vocabulary: Vocabulary) -> dict[str, Profile]:
    """Return the profiles that a soak can play: not too long, and none that closes where every close is a reset."""
    return {
        name: profile
        for name, profile in sorted(profiles.items())
        if run_length(profile, vocabulary) <= LONGEST and not _closes(profile)
    }


def stream(seed: int, pool: Mapping[str, Profile], vocabulary: Vocabulary) -> Iterator[Playing]:
    """Yield what is played, for ever: each profile of the pool once, in a random order, then all again in another."""
    draw = random.Random(seed)
    at, number = draw.uniform(*PAUSE), 0
    while True:
        for name in draw.sample(sorted(pool), len(pool)):
            profile = pool[name]
            number += 1
            length = run_length(profile, vocabulary)
            pause = draw.uniform(*PAUSE)
            if any(step.name in _TAKES_BACK for step in profile.steps):
                pause = LONG_PAUSE
            yield Playing(number, at, name, draw.randrange(2**32), length, pause)
            at += length + pause


def _closes(profile: Profile) -> bool:
    return any(
        step.name in _CLOSES or (step.name == "blackhole" and step.attributes.get("end") == "close")
        for step in profile.steps
        if step.link is not None
    )
