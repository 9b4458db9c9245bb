"""A small vocabulary with one word of each kind, and short ways to write a profile."""

from __future__ import annotations

from downtick.errors import ProfileError
from downtick.profiles.load import load
from downtick.profiles.model import Profile
from downtick.profiles.vocabulary import Attribute, CheckSpec, FaultSpec, Vocabulary


def _ms(name: str, *, default: int | None = None, minimum: int = 0) -> Attribute:
    return Attribute(
        name,
        "integer",
        unit="ms",
        required=default is None,
        default=default,
        minimum=minimum,
        maximum=3_600_000,
        scaling="duration",
    )


_TOXICS = (
    FaultSpec("latency", "toxic", (_ms("latency", minimum=1), _ms("jitter", default=0))),
    FaultSpec(
        "bandwidth",
        "toxic",
        (
            Attribute(
                "rate", "integer", unit="KB/s", required=True, minimum=0, scaling="rate", doc="pace"
            ),
        ),
    ),
    FaultSpec("timeout", "toxic", (_ms("timeout"),)),
    FaultSpec("reset_peer", "toxic", (_ms("timeout", default=0),)),
    FaultSpec("limit_data", "toxic", (Attribute("bytes", "integer", required=True, minimum=0),)),
    FaultSpec(
        "slicer",
        "toxic",
        (
            Attribute("average_size", "integer", unit="bytes", required=True, minimum=1),
            Attribute("size_variation", "integer", unit="bytes", default=0, minimum=0),
            Attribute("delay", "integer", unit="µs", default=0, minimum=0, scaling="duration"),
        ),
    ),
)
_LINK_FAULTS = (
    FaultSpec("reset", "link", lasting=False),
    FaultSpec("close", "link", lasting=False),
    FaultSpec("down", "link"),
    FaultSpec("freeze", "link"),
    FaultSpec(
        "blackhole",
        "link",
        (Attribute("end", "text", default="reset", choices=("reset", "close")),),
    ),
)
_EXCHANGE_FAULTS = (
    FaultSpec(
        "data_silence",
        "exchange",
        (Attribute("channels", "list", default=(), choices=("ticker", "level2")),),
        selectors=True,
    ),
    FaultSpec("heartbeat_silence", "exchange"),
    FaultSpec(
        "close_code",
        "exchange",
        (Attribute("code", "integer", required=True, minimum=1000, maximum=4999),),
        lasting=False,
        selectors=True,
    ),
    FaultSpec(
        "http_error",
        "exchange",
        (
            Attribute("status", "integer", required=True, minimum=400, maximum=599),
            Attribute("routes", "list", default=()),
            Attribute("after", "duration", minimum=0, scaling="duration", default=0.0),
            Attribute("share", "number", minimum=0, maximum=1),
        ),
        selectors=True,
    ),
    FaultSpec(
        "wrong_data",
        "exchange",
        (Attribute("routes", "list", default=()), Attribute("where", "text", default="rest")),
        selectors=True,
    ),
    FaultSpec("scheduled_restart", "exchange"),
    FaultSpec(
        "refuse_connections",
        "exchange",
        (Attribute("listener", "text", default="market_ws"),),
        selectors=True,
    ),
)
_WITHIN = Attribute("within", "duration", required=True, minimum=0.001, scaling="duration")
_CHECKS = (
    CheckSpec("reconnects", (_WITHIN,)),
    CheckSpec("resubscribes"),
    CheckSpec("notices_silence", (_WITHIN,), from_start=True),
    CheckSpec("stops_cleanly", (_WITHIN,), afterwards=True),
    CheckSpec("backs_off", (Attribute("max_rate", "number", minimum=0, scaling="rate"),)),
)

WORDS = Vocabulary(
    links=("rest", "market_ws", "user_ws"),
    toxics={spec.name: spec for spec in _TOXICS},
    link_faults={spec.name: spec for spec in _LINK_FAULTS},
    exchange_faults={spec.name: spec for spec in _EXCHANGE_FAULTS},
    triggers=("exchange.ticks", "exchange.requests"),
    checks={spec.name: spec for spec in _CHECKS},
)


def text_of(*steps: str, run: str = "", expect: str = "", extra: str = "") -> str:
    """Return the text of a profile; each step is one flow mapping without its braces."""
    lines = ["name: a-profile", "title: A profile"]
    lines += [f"run: {{{run}}}"] if run else []
    lines += [extra] if extra else []
    lines += ["steps:", *(f"  - {{{step}}}" for step in steps)]
    lines += [f"expect: [{expect}]"] if expect else []
    return "\n".join(lines) + "\n"


def profile_of(*steps: str, run: str = "", expect: str = "", extra: str = "") -> Profile:
    """Return a profile with these steps."""
    return load(text_of(*steps, run=run, expect=expect, extra=extra), "f.yaml", WORDS)


def problems_of(text: str) -> tuple[str, ...]:
    """Return the problems of a text; nothing if it is a profile."""
    try:
        profile = load(text, "f.yaml", WORDS)
    except ProfileError as error:
        return error.problems or ("a ProfileError without a problem",)
    assert isinstance(profile, Profile)
    return ()
