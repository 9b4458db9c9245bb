"""``out_of_order``: a frame overtaken by the one that follows it."""

from downtick.exchange.faults.base import Fate
from downtick.exchange.faults.next_frames import NextFrames


class OutOfOrder(NextFrames):
    """Every open connection gets its next data frame one frame late."""

    name = "out_of_order"
    fate = Fate.LATE
