"""Every kind of fault, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from downtick.exchange.faults.abort import Abort
from downtick.exchange.faults.auth_failure import AuthFailure
from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.close_code import CloseCode
from downtick.exchange.faults.data_silence import DataSilence
from downtick.exchange.faults.dripping_answer import DrippingAnswer
from downtick.exchange.faults.duplicate_frame import DuplicateFrame
from downtick.exchange.faults.error_message import ErrorMessage
from downtick.exchange.faults.garbage_text import GarbageText
from downtick.exchange.faults.half_answer import HalfAnswer
from downtick.exchange.faults.heartbeat_silence import HeartbeatSilence
from downtick.exchange.faults.http_error import HttpError
from downtick.exchange.faults.huge_snapshot import HugeSnapshot
from downtick.exchange.faults.late_answer import LateAnswer
from downtick.exchange.faults.lost_answer import LostAnswer
from downtick.exchange.faults.out_of_order import OutOfOrder
from downtick.exchange.faults.rate_limited import RateLimited
from downtick.exchange.faults.refuse_connections import RefuseConnections
from downtick.exchange.faults.refuse_upgrade import RefuseUpgrade
from downtick.exchange.faults.sequence_gap import SequenceGap

KINDS: Final[Mapping[str, type[Fault]]] = {
    kind.name: kind
    for kind in (
        Abort,
        AuthFailure,
        CloseCode,
        DataSilence,
        DrippingAnswer,
        DuplicateFrame,
        ErrorMessage,
        GarbageText,
        HalfAnswer,
        HeartbeatSilence,
        HttpError,
        HugeSnapshot,
        LateAnswer,
        LostAnswer,
        OutOfOrder,
        RateLimited,
        RefuseConnections,
        RefuseUpgrade,
        SequenceGap,
    )
}
"""What `EXCHANGE_FAULTS` describes, as it is carried out."""
