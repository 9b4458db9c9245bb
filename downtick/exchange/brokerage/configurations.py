"""The ``order_configuration`` of a request (docs: Create Order)."""

from __future__ import annotations

from typing import Literal

import msgspec

Direction = Literal["UNKNOWN_STOP_DIRECTION", "STOP_DIRECTION_STOP_UP", "STOP_DIRECTION_STOP_DOWN"]


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand under one key: the fields that some key has, each of them as it was sent."""

    base_size: str = ""
    quote_size: str = ""


class Market(Terms, frozen=True, forbid_unknown_fields=True):
    """``market_market_ioc``, ``market_market_fok``."""

    rfq_enabled: bool = False
    rfq_enable_preview: bool = False
    reduce_only: bool = False


class Limit(Terms, frozen=True, forbid_unknown_fields=True):
    """``sor_limit_ioc``, ``limit_limit_fok``."""

    limit_price: str = ""
    rfq_disabled: bool = False
    reduce_only: bool = False


class RestingLimit(Limit, frozen=True, forbid_unknown_fields=True):
    """``limit_limit_gtc``."""

    post_only: bool = False


class RestingLimitUntil(RestingLimit, frozen=True, forbid_unknown_fields=True):
    """``limit_limit_gtd``."""

    end_time: str = ""


class StopLimit(Terms, frozen=True, forbid_unknown_fields=True):
    """``stop_limit_stop_limit_gtc``."""

    limit_price: str = ""
    stop_price: str = ""
    stop_direction: Direction = "UNKNOWN_STOP_DIRECTION"
    reduce_only: bool = False


class StopLimitUntil(StopLimit, frozen=True, forbid_unknown_fields=True):
    """``stop_limit_stop_limit_gtd``."""

    end_time: str = ""


class Bracket(Terms, frozen=True, forbid_unknown_fields=True):
    """``trigger_bracket_gtc``."""

    limit_price: str = ""
    stop_trigger_price: str = ""
    reduce_only: bool = False


class BracketUntil(Bracket, frozen=True, forbid_unknown_fields=True):
    """``trigger_bracket_gtd``."""

    end_time: str = ""


class OrderConfiguration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of these is set. Coinbase has more kinds of orders; those are refused by name."""

    market_market_ioc: Market | None = None
    market_market_fok: Market | None = None
    sor_limit_ioc: Limit | None = None
    limit_limit_gtc: RestingLimit | None = None
    limit_limit_gtd: RestingLimitUntil | None = None
    limit_limit_fok: Limit | None = None
    stop_limit_stop_limit_gtc: StopLimit | None = None
    stop_limit_stop_limit_gtd: StopLimitUntil | None = None
    trigger_bracket_gtc: Bracket | None = None
    trigger_bracket_gtd: BracketUntil | None = None
