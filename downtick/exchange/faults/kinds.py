"""Every kind of fault, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from downtick.exchange.faults.abort import Abort
from downtick.exchange.faults.auth_failure import AuthFailure
from downtick.exchange.faults.base import Fault
from downtick.exchange.faults.buffered_orders import BufferedOrders
from downtick.exchange.faults.cancel_only import CancelOnly
from downtick.exchange.faults.cancel_queued import CancelQueued
from downtick.exchange.faults.changed_book import ChangedBook
from downtick.exchange.faults.channel_gone import ChannelGone
from downtick.exchange.faults.close_code import CloseCode
from downtick.exchange.faults.connection_limit import ConnectionLimit
from downtick.exchange.faults.data_silence import DataSilence
from downtick.exchange.faults.delayed_fills import DelayedFills
from downtick.exchange.faults.dripping_answer import DrippingAnswer
from downtick.exchange.faults.dropped_updates import DroppedUpdates
from downtick.exchange.faults.duplicate_but_absent import DuplicateButAbsent
from downtick.exchange.faults.duplicate_frame import DuplicateFrame
from downtick.exchange.faults.duplicated_updates import DuplicatedUpdates
from downtick.exchange.faults.error_although_applied import ErrorAlthoughApplied
from downtick.exchange.faults.error_message import ErrorMessage
from downtick.exchange.faults.field_drift import FieldDrift
from downtick.exchange.faults.fill_after_cancel import FillAfterCancel
from downtick.exchange.faults.garbage_text import GarbageText
from downtick.exchange.faults.half_answer import HalfAnswer
from downtick.exchange.faults.heartbeat_silence import HeartbeatSilence
from downtick.exchange.faults.http_error import HttpError
from downtick.exchange.faults.huge_snapshot import HugeSnapshot
from downtick.exchange.faults.late_answer import LateAnswer
from downtick.exchange.faults.lost_answer import LostAnswer
from downtick.exchange.faults.new_enum_value import NewEnumValue
from downtick.exchange.faults.new_event_type import NewEventType
from downtick.exchange.faults.order_entry_disabled import OrderEntryDisabled
from downtick.exchange.faults.order_not_found import OrderNotFound
from downtick.exchange.faults.out_of_order import OutOfOrder
from downtick.exchange.faults.product_vanished import ProductVanished
from downtick.exchange.faults.rate_limited import RateLimited
from downtick.exchange.faults.refuse_connections import RefuseConnections
from downtick.exchange.faults.refuse_upgrade import RefuseUpgrade
from downtick.exchange.faults.reordered_updates import ReorderedUpdates
from downtick.exchange.faults.rollback import Rollback
from downtick.exchange.faults.scheduled_restart import ScheduledRestart
from downtick.exchange.faults.sequence_gap import SequenceGap
from downtick.exchange.faults.slow_accept import SlowAccept
from downtick.exchange.faults.staged_reopening import StagedReopening
from downtick.exchange.faults.stale_replica import StaleReplica
from downtick.exchange.faults.status_never_sent import StatusNeverSent
from downtick.exchange.faults.trading_disabled import TradingDisabled
from downtick.exchange.faults.vanishes_before_lookup import VanishesBeforeLookup
from downtick.exchange.faults.voided_fill import VoidedFill
from downtick.exchange.faults.wrong_data import WrongData

KINDS: Final[Mapping[str, type[Fault]]] = {
    kind.name: kind
    for kind in (
        Abort,
        AuthFailure,
        BufferedOrders,
        CancelOnly,
        CancelQueued,
        ChangedBook,
        ChannelGone,
        CloseCode,
        ConnectionLimit,
        DataSilence,
        DelayedFills,
        DrippingAnswer,
        DroppedUpdates,
        DuplicateButAbsent,
        DuplicateFrame,
        DuplicatedUpdates,
        ErrorAlthoughApplied,
        ErrorMessage,
        FieldDrift,
        FillAfterCancel,
        GarbageText,
        HalfAnswer,
        HeartbeatSilence,
        HttpError,
        HugeSnapshot,
        LateAnswer,
        LostAnswer,
        NewEnumValue,
        NewEventType,
        OrderEntryDisabled,
        OrderNotFound,
        OutOfOrder,
        ProductVanished,
        RateLimited,
        RefuseConnections,
        RefuseUpgrade,
        ReorderedUpdates,
        Rollback,
        ScheduledRestart,
        SequenceGap,
        SlowAccept,
        StagedReopening,
        StaleReplica,
        StatusNeverSent,
        TradingDisabled,
        VanishesBeforeLookup,
        VoidedFill,
        WrongData,
    )
}
"""What `EXCHANGE_FAULTS` describes, as it is carried out."""
