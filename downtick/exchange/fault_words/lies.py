"""Faults of what is told: data that is not true, and a protocol that drifts."""

from __future__ import annotations

from typing import Final

from downtick.exchange.fault_words.parts import DATA_CHANNELS, ROUTES, duration, spec
from downtick.profiles.vocabulary import Attribute, FaultSpec

_CHANNELS: Final = Attribute(
    "channels",
    "list",
    default=(),
    choices=(*DATA_CHANNELS, "heartbeats", "user", "futures_balance_summary"),
    doc="whose frames are meant; none means every channel that has to do with it",
)
_WHERE: Final = Attribute(
    "where",
    "text",
    default="everywhere",
    choices=("everywhere", "rest", "feed"),
    doc="in answers, in frames, or in both",
)


def _field(doc: str, default: str | None = None) -> Attribute:
    return Attribute("field", "text", required=default is None, default=default, doc=doc)


LIE_FAULTS: Final[tuple[FaultSpec, ...]] = (
    spec(
        "wrong_data",
        Attribute(
            "what",
            "text",
            required=True,
            choices=(
                "zero_balances",
                "empty_orders",
                "old_prices_fresh_times",
                "fresh_prices_old_times",
                "crossed_book",
                "price_off_by_ten",
            ),
            doc="what is told instead of the truth; ledger and market stay true",
        ),
        _WHERE,
        ROUTES,
        _CHANNELS,
        duration("age", 60.0, "how old the times of fresh_prices_old_times are"),
        doc="answers with status 200 and frames, well formed and not true",
    ),
    spec(
        "field_drift",
        _field("the member, wherever it stands"),
        Attribute(
            "becomes",
            "text",
            default="null",
            choices=("null", "constant", "missing"),
            doc="null; the same value for ever; or not there at all",
        ),
        Attribute("value", "text", doc="the constant; left out, the first value that is seen"),
        _WHERE,
        ROUTES,
        _CHANNELS,
        doc="a member that clients rely on turns null or constant, or is missing",
    ),
    spec(
        "new_enum_value",
        _field("the member, wherever it stands", "status"),
        Attribute("value", "text", default="SUSPENDED_BY_VENUE", doc="the word that nobody knows"),
        _WHERE,
        ROUTES,
        _CHANNELS,
        doc="members that hold one of a few words hold a new one",
    ),
    spec(
        "new_event_type",
        Attribute("type", "text", default="indicative", doc="the type that nobody knows"),
        _CHANNELS,
        doc="frames of data have one event more, of a new type",
    ),
)
