"""``duplicate_frame``: one frame twice, byte for byte."""

from downtick.exchange.faults.base import Fate
from downtick.exchange.faults.next_frames import NextFrames


class DuplicateFrame(NextFrames):
    """Every open connection gets its next data frame twice."""

    name = "duplicate_frame"
    fate = Fate.TWICE
