from __future__ import annotations

from pathlib import Path

import pytest

from downtick.arena import protocol
from downtick.exchange.auth.keys import make_keys
from downtick.exchange.auth.secret import Secret
from downtick.exchange.config import ExchangeConfig
from downtick.history import Event
from downtick.links.topology import named_topology
from downtick.profiles.model import Trigger
from downtick.profiles.schedule import Act, Schedule

STUB = named_topology("stub")
ACT = Act(
    number=0,
    step=0,
    at=None,
    when=Trigger(counter="exchange.ticks", count=3),
    hold=True,
    duration=1.5,
    place="link",
    link="market_ws",
    name="blackhole",
    attributes={"end": "reset"},
    stream="downstream",
    toxicity=1.0,
    selectors={},
)
SCHEDULE = Schedule(
    profile="made",
    seed=7,
    time_scale=0.1,
    acts=(ACT,),
    warm_up=3.0,
    length=2.0,
    settle=1.0,
    links=("market_ws",),
    armed=frozenset({"market_ws"}),
)


@pytest.mark.parametrize(
    "request_",
    [
        protocol.Open("made", ExchangeConfig(tape=Path("a/tape.raw")), STUB, SCHEDULE, ("rest",)),
        protocol.Attach(),
        protocol.Inject("rest", "latency", {"latency": 10}, "upstream", 1.0),
        protocol.Heal("rest"),
        protocol.StartExchangeFault("http_error", {"status": 503}, {"once": True}),
        protocol.StopExchangeFault(3),
        protocol.Close(),
    ],
    ids=lambda request: type(request).__name__,
)
def test_a_request_arrives_as_it_was_sent(request_: protocol.AnyRequest) -> None:
    """Every request, a whole schedule included, comes out of the wire equal to what went in."""
    packed = protocol.pack(request_)
    body = packed[protocol.LENGTH_SIZE :]
    assert protocol.body_length(packed[: protocol.LENGTH_SIZE]) == len(body)
    assert protocol.unpack_request(body) == request_


@pytest.mark.parametrize(
    "message",
    [
        protocol.Answer({"handle": 3}),
        protocol.Refusal("NotArmed", "the link was not armed"),
        protocol.Events([Event(1.0, "exchange", "accepted", {"conn": 1})]),
        protocol.Failure("ToxiproxyDied", "it ended"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_arrives_as_it_was_sent(message: protocol.AnyMessage) -> None:
    """Every message of the arena comes out of the wire equal to what went in."""
    assert protocol.unpack_message(protocol.pack(message)[protocol.LENGTH_SIZE :]) == message


def test_a_secret_travels_and_is_shown_on_neither_side() -> None:
    """The exchange needs both halves of an HMAC key; it gets no private key that signs tokens."""
    keys = make_keys()
    packed = protocol.pack(protocol.Open("made", ExchangeConfig(keys=keys.ring), STUB))
    arrived = protocol.unpack_request(packed[protocol.LENGTH_SIZE :])
    assert isinstance(arrived, protocol.Open)
    assert arrived.exchange.keys == keys.ring
    assert keys.exchange.secret.reveal() not in repr(arrived)
    assert b"PRIVATE KEY" not in packed
    assert keys.ed25519.secret.reveal().encode() not in packed


def test_the_arena_sends_no_secret_back() -> None:
    """Whatever an answer or an event may hold."""
    planted = Secret("planted-7f3a")
    for message in (
        protocol.Answer({"key": planted}),
        protocol.Events([Event(1.0, "exchange", "request", {"key": planted})]),
    ):
        with pytest.raises(NotImplementedError) as caught:
            protocol.pack(message)
        assert planted.reveal() not in str(caught.value)
