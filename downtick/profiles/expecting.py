"""What a test expects by itself: beside what its profile does, or of faults that it makes by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from downtick.errors import ProfileError
from downtick.profiles.load import load_expect
from downtick.profiles.model import Profile, Run
from downtick.profiles.scaling import scale_problems
from downtick.profiles.vocabulary import Vocabulary

BY_HAND: Final = "by-hand"
"""Stands for the name of a profile where there is none."""

_NAME: Final = "expect"


def expecting(
    profile: Profile, expect: Sequence[Any], vocabulary: Vocabulary, time_scale: float = 1.0
) -> Profile:
    """Return a profile that expects more.

    Args:
        profile: any.
        expect: entries as a profile has them: the name of a check, or ``{name: {parameter: value}}``. A check that the
            profile expects too is asked as it stands here.
        vocabulary: has the checks.
        time_scale: real time over nominal time.

    Raises:
        ProfileError: there is no such check, it has no such parameter, or the time scale makes its deadline meaningless.
    """
    if not expect:
        return profile
    own = load_expect(json.dumps(list(expect), default=str), _NAME, vocabulary)
    names = {check.name for check in own}
    kept = (check for check in profile.expect if check.name not in names)
    more = profile.model_copy(update={"expect": (*kept, *own)})
    if problems := scale_problems(more, vocabulary, time_scale):
        raise ProfileError(tuple(f"{_NAME}: {told}" for _, told in problems))
    return more


def by_hand(expect: Sequence[Any], vocabulary: Vocabulary, time_scale: float = 1.0) -> Profile:
    """Return what stands for a profile where a test makes the faults, and knows when the bot had its time to settle."""
    title = "Faults that a test made by hand"
    nothing = Profile(name=BY_HAND, title=title, run=Run(settle=0), steps=())
    return expecting(nothing, expect, vocabulary, time_scale)
