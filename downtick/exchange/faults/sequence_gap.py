"""``sequence_gap``: frames that were numbered and never sent (docs: WebSocket overview, sequence numbers)."""

from downtick.exchange.faults.base import Fate
from downtick.exchange.faults.next_frames import NextFrames


class SequenceGap(NextFrames):
    """Every open connection misses its next data frames."""

    name = "sequence_gap"
    fate = Fate.LOST
