"""Every bot that is played: the healthy ones, and the known-bad ones with the profile and the check that must catch them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from chaos_tests.known_bad.bot import shapes
from chaos_tests.known_bad.bot.bot import Parts
from chaos_tests.known_bad.broken import feeds, rests, traders

PROFILES: Final = Path(__file__).parent / "profiles"


@dataclass(frozen=True)
class KnownBad:
    """A bot that is broken in one way.

    Attributes:
        does: what real bots do wrong.
        profile: in which it shows.
        check: that must catch it.
        parts: of the bot.
        figures: of it that are not the healthy ones.
        sound: the healthy bot that must pass where this one fails.
    """

    does: str
    profile: str
    check: str
    parts: Parts = field(default_factory=Parts)
    figures: Mapping[str, Any] = field(default_factory=dict)
    sound: str = "healthy"


@dataclass(frozen=True)
class Healthy:
    """A bot against which nothing can be said.

    Attributes:
        parts: of it.
        figures: of it that are not those of the first one.
        profiles: that it is played, beside those of the bots of which it is the sound one.
    """

    parts: Parts = field(default_factory=Parts)
    figures: Mapping[str, Any] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()


KNOWN_BAD: Final[Mapping[str, KnownBad]] = {
    "never-resubscribes": KnownBad(
        "connects again and forgets what it was subscribed to",
        "feed-closed",
        "resubscribes",
        Parts(market=feeds.NeverResubscribes),
    ),
    "forgets-heartbeats": KnownBad(
        "subscribes its data again, and not the heartbeats",
        "feed-closed",
        "resubscribes",
        Parts(market=feeds.ForgetsHeartbeats),
    ),
    "resubscribes-the-first": KnownBad(
        "subscribes the first of its channels again",
        "feed-closed",
        "resubscribes",
        Parts(market=feeds.ResubscribesTheFirst),
    ),
    "gives-up": KnownBad(
        "takes a lost feed for the end", "feed-closed", "reconnects", Parts(market=feeds.GivesUp)
    ),
    "takes-1000-for-the-end": KnownBad(
        "takes close code 1000 for its own wish",
        "feed-closed",
        "reconnects",
        Parts(market=feeds.TakesNormalForTheEnd),
    ),
    "reconnects-much-later": KnownBad(
        "waits half a minute before it connects again",
        "feed-closed",
        "reconnects",
        Parts(market=feeds.ReconnectsMuchLater),
    ),
    "gives-up-after-five": KnownBad(
        "gives up after five attempts to connect",
        "feed-refused",
        "reconnects",
        Parts(market=feeds.GivesUpAfterFive),
    ),
    "reconnects-without-pause": KnownBad(
        "connects again at once, as often as it takes",
        "feed-refused",
        "backs_off",
        Parts(market=feeds.ReconnectsWithoutPause),
    ),
    "knows-no-longest-pause": KnownBad(
        "waits ever longer, without a cap",
        "feed-refused",
        "backs_off",
        Parts(market=feeds.KnowsNoLongestPause),
    ),
    "resets-its-pause-at-once": KnownBad(
        "takes an open connection for a good one, and starts again with short pauses",
        "close-storm",
        "backs_off",
        Parts(market=feeds.ResetsItsPauseAtOnce),
    ),
    "no-handshake-timeout": KnownBad(
        "waits for the answer to its handshake for ever",
        "hanging-doors",
        "reconnects",
        Parts(market=feeds.NoHandshakeTimeout),
    ),
    "never-notices-silence": KnownBad(
        "believes in a feed for as long as its socket is open",
        "dead-feed",
        "notices_silence",
        Parts(market=feeds.NeverNoticesSilence, trader=traders.NeverFallsBack),
    ),
    "never-notices-a-freeze": KnownBad(
        "the same, where packets stop on the way",
        "frozen-feed",
        "notices_silence",
        Parts(market=feeds.NeverNoticesSilence, trader=traders.NeverFallsBack),
    ),
    "trusts-heartbeats": KnownBad(
        "takes heartbeats for a sign that data flows",
        "silent-data",
        "notices_silence",
        Parts(trader=traders.NeverFallsBack, market=feeds.NeverNoticesSilence),
    ),
    "ignores-heartbeats": KnownBad(
        "subscribes heartbeats and never misses them",
        "silent-heartbeats",
        "notices_silence",
        figures={"heartbeat": 1e9},
    ),
    "ignores-gaps": KnownBad(
        "never looks at sequence numbers", "gap", "handles_gaps", Parts(market=feeds.IgnoresGaps)
    ),
    "doubles-ticks": KnownBad(
        "takes a frame that comes twice for two",
        "duplicate",
        "no_lost_or_doubled_ticks",
        Parts(market=feeds.DoublesTicks),
    ),
    "loses-ticks": KnownBad(
        "drops frames that come soon after another",
        "duplicate",
        "no_lost_or_doubled_ticks",
        Parts(market=feeds.LosesTicks),
    ),
    "dies-of-garbage": KnownBad(
        "ends with a frame that is no JSON",
        "garbage",
        "survives_garbage",
        Parts(market=feeds.DiesOfGarbage),
    ),
    "stops-at-garbage": KnownBad(
        "loses the task that reads its feed to a frame that is no JSON",
        "garbage",
        "survives_garbage",
        Parts(market=feeds.StopsAtGarbage),
    ),
    "loses-its-user-feed": KnownBad(
        "never opens the user's feed again",
        "user-feed-down",
        "reconnects",
        Parts(user=feeds.GivesUp),
    ),
    "forgets-its-user-channel": KnownBad(
        "opens the user's feed again and subscribes nothing",
        "user-feed-down",
        "resubscribes",
        Parts(user=feeds.NeverResubscribes),
    ),
    "retries-under-new-id": KnownBad(
        "sends an order again under a new id when its answer is lost",
        "lost-answer",
        "exactly_once_orders",
        Parts(user=None, trader=traders.RetriesUnderNewId),
    ),
    "takes-no-answer-for-refusal": KnownBad(
        "takes a lost answer for a refusal, and sends another order",
        "lost-answer",
        "exactly_once_orders",
        Parts(user=None, trader=traders.TakesNoAnswerForRefusal),
    ),
    "takes-500-for-refusal": KnownBad(
        "takes an error of the server for a refusal, and sends another order",
        "error-although-applied",
        "exactly_once_orders",
        Parts(user=None, trader=traders.TakesNoAnswerForRefusal),
    ),
    "takes-late-for-refusal": KnownBad(
        "gives an answer too little time, and sends another order",
        "late-answer",
        "exactly_once_orders",
        Parts(user=None, trader=traders.TakesNoAnswerForRefusal),
        figures={"answer": 1.0},
    ),
    "takes-absence-for-refusal": KnownBad(
        "looks for an order once, does not find it, and sends another",
        "not-found-at-first",
        "exactly_once_orders",
        Parts(user=None, trader=traders.TakesAbsenceForRefusal),
    ),
    "never-settles": KnownBad(
        "never asks what became of an order without an answer",
        "lost-answer",
        "settles_unknown_orders",
        Parts(user=None, trader=traders.NeverSettles),
    ),
    "no-answer-timeout": KnownBad(
        "waits for an answer over REST for ever",
        "silent-answer",
        "settles_unknown_orders",
        Parts(user=None, rest=rests.NoTimeout),
    ),
    "trades-on-the-last-price": KnownBad(
        "trades on the last price, however old",
        "frozen-feed",
        "no_order_on_stale_price",
        Parts(market=feeds.NeverNoticesSilence, trader=traders.TradesOnTheLastPrice),
    ),
    "never-falls-back": KnownBad(
        "waits for the stream while REST has prices",
        "feed-down",
        "falls_back_to_rest",
        Parts(trader=traders.NeverFallsBack),
    ),
    "never-returns": KnownBad(
        "asks for prices over REST for ever, once it has begun to",
        "feed-down",
        "returns_to_stream",
        Parts(trader=traders.NeverReturns),
    ),
    "trades-through-the-outage": KnownBad(
        "orders on while everything is answered 503",
        "rest-503",
        "stops_trading",
        Parts(trader=traders.TradesThroughTheOutage),
    ),
    "resumes-at-once": KnownBad(
        "orders as soon as a price is answered again",
        "rest-503",
        "reconciles_before_trading",
        Parts(trader=traders.ResumesAtOnce),
    ),
    "looks-away": KnownBad(
        "asks for no orders and no balances until the outage is over",
        "rest-503",
        "keeps_watching",
        Parts(trader=traders.LooksAway),
    ),
    "forgets-open-orders": KnownBad(
        "leaves open orders out of its limit",
        "zero-balances",
        "limits_hold",
        Parts(trader=traders.ForgetsOpenOrders),
    ),
    "takes-zero-for-flat": KnownBad(
        "takes an empty account for a position that is gone",
        "zero-balances",
        "believes_no_lies",
        Parts(trader=traders.TakesZeroForFlat),
    ),
    "takes-empty-for-cancelled": KnownBad(
        "takes an empty list of orders for orders that are gone",
        "empty-orders",
        "believes_no_lies",
        Parts(trader=traders.TakesEmptyForCancelled),
    ),
    "believes-any-price": KnownBad(
        "orders at ten times the price because the feed says so",
        "price-off-by-ten",
        "believes_no_lies",
        Parts(trader=shapes.Grid),
        {"order_every": 1.0},
        sound="careful-grid",
    ),
    "ignores-429": KnownBad(
        "asks on when it is told to wait",
        "rate-limited",
        "respects_rate_limits",
        Parts(rest=rests.Ignores429),
    ),
    "asks-without-limit": KnownBad(
        "asks for prices as fast as it can",
        "rate-limited",
        "respects_rate_limits",
        Parts(rest=rests.AsksWithoutLimit),
    ),
    "dies-of-html": KnownBad(
        "ends with an answer that is a page of HTML",
        "rest-503",
        "stays_alive",
        Parts(rest=rests.DiesOfHtml),
    ),
    "dies-of-half-a-body": KnownBad(
        "ends with an answer that stops half way",
        "half-answers",
        "stays_alive",
        Parts(rest=rests.DiesOfHalfABody),
    ),
    "hangs-at-its-end": KnownBad(
        "does not end on SIGTERM",
        "feed-closed",
        "stops_cleanly",
        Parts(trader=traders.HangsAtItsEnd),
    ),
    "orders-at-its-end": KnownBad(
        "sends one more order after SIGTERM",
        "feed-closed",
        "stops_cleanly",
        Parts(trader=traders.OrdersAtItsEnd),
    ),
    "fails-at-its-end": KnownBad(
        "ends on SIGTERM with a traceback and exit code 1",
        "feed-closed",
        "stops_cleanly",
        Parts(trader=traders.FailsAtItsEnd),
    ),
}

_OVER_REST = (
    "half-answers",
    "late-answer",
    "lost-answer",
    "rate-limited",
    "rest-503",
    "silent-answer",
)

HEALTHY: Final[Mapping[str, Healthy]] = {
    "healthy": Healthy(),
    "grid": Healthy(
        Parts(trader=shapes.Grid),
        {"order_every": 1.0},
        ("feed-closed", "late-answer", "lost-answer", "rest-503", "user-feed-down"),
    ),
    "careful-grid": Healthy(Parts(trader=shapes.CarefulGrid), {"order_every": 1.0}),
    "poller": Healthy(
        Parts(market=None, user=None),
        {"fallback": 0.0},
        (*_OVER_REST, "empty-orders", "zero-balances"),
    ),
    "two-hot-feeds": Healthy(
        Parts(feeds=2),
        profiles=(
            "dead-feed",
            "feed-closed",
            "feed-down",
            "feed-refused",
            "frozen-feed",
            "garbage",
            "gap",
        ),
    ),
    "one-order-a-minute": Healthy(
        Parts(), {"order_every": 60.0}, ("feed-closed", "frozen-feed", "lost-answer", "rest-503")
    ),
}

UNDECIDED: Final[Mapping[str, str]] = {
    "leaves orders open at exit, though it knows of them": "`leaves_no_orphans` asks for those alone of which nothing told it",
    "loses an order that rests, and never looks for it": "no profile loses just the answer to such an order",
    "leaks sockets; flaps between stream and REST": "there is no check for it",
    "waits equally long before each attempt": "drawn pauses that do not grow are told from growing ones only over many attempts",
    "sends market orders because of a price that is wrong": "they name no price (`believes_no_lies`)",
    "sends an order again that is one of several equal ones": "it looks like a grid that goes on (`exactly_once_orders`)",
    "loses one of two feeds that it opened in the same instant": "nobody knows which socket is whose (`reconnects`)",
    "asks for a price once at its start, and never falls back": "soon before a fault one request is a rate (`falls_back_to_rest`)",
}
"""What bots do that no run here can hold against them, and why."""
