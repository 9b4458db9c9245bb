from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.pro.messages import CHANNELS, Understood, understand

PRODUCTS = ("BTC-USD", "ETH-USD")


def _say(**message: Any) -> Understood:
    return understand(json.dumps(message), PRODUCTS)


def _errors(said: Understood) -> list[Any]:
    return [json.loads(frame) for frame in said.refused.frames] if said.refused else []


def _failed(reason: str, verb: str = "subscribe") -> dict[str, str]:
    return {"type": "error", "message": f"Failed to {verb}", "reason": reason}


def test_channels_are_names_or_objects_with_products_of_their_own() -> None:
    """An object without products has the message's."""
    said = _say(
        type="subscribe",
        product_ids=["BTC-USD"],
        channels=["ticker", {"name": "matches", "product_ids": ["ETH-USD"]}, {"name": "level2"}],
    )
    assert said.refused is None
    assert said.request is not None
    assert said.request.type == "subscribe"
    assert said.request.channels == {
        "ticker": ("BTC-USD",),
        "matches": ("ETH-USD",),
        "level2": ("BTC-USD",),
    }
    assert said.request.words == {
        "channels": ["ticker", "matches", "level2"],
        "products": ["BTC-USD", "ETH-USD"],
    }


def test_what_is_not_known_gets_an_error_each_and_the_rest_is_carried_out() -> None:
    """As seen on the sandbox."""
    said = _say(
        type="subscribe", product_ids=["BTC-USD", "A-B", "C-D"], channels=["ticker", "tick", "full"]
    )
    assert _errors(said) == [
        _failed("A-B is not a valid product"),
        _failed("C-D is not a valid product"),
        _failed("tick is not a valid channel"),
    ]
    assert said.request is not None
    assert said.request.channels == {"ticker": ("BTC-USD",), "full": ("BTC-USD",)}


def test_a_channel_of_products_needs_one() -> None:
    """Status needs none; an unsubscribe without products means all."""
    said = _say(type="subscribe", channels=["heartbeat", "status"])
    assert _errors(said) == [
        _failed("You need to specify at least one product ID for channel heartbeat")
    ]
    assert said.request is not None
    assert said.request.channels == {"status": ()}
    left = _say(type="unsubscribe", channels=["heartbeat"])
    assert left.refused is None
    assert left.request is not None
    assert left.request.channels == {"heartbeat": ()}


@pytest.mark.parametrize(
    ("message", "reason", "journalled"),
    [
        ({"type": "subscribe"}, "No channels provided", "No channels provided"),
        ({"type": "subscribe", "channels": []}, "No channels provided", "No channels provided"),
        (
            {"type": "subscribe", "channel": "ticker", "product_ids": ["BTC-USD"]},
            "No channels provided",
            "the Advanced Trade dialect (`channel`): the Exchange dialect takes `channels`",
        ),
        (
            {"type": "hello", "channels": ["ticker"]},
            "Type has to be either subscribe or unsubscribe",
            "type 'hello': expected subscribe or unsubscribe",
        ),
    ],
)
def test_a_message_that_means_nothing_gets_one_error(
    message: dict[str, Any], reason: str, journalled: str
) -> None:
    """In Coinbase's words to the client, in plain words to the journal."""
    said = _say(**message)
    assert said.request is None
    assert _errors(said) == [_failed(reason)]
    assert said.refused is not None
    assert said.refused.reason == journalled


def test_a_refused_unsubscribe_says_so() -> None:
    """The error's message names what failed."""
    said = _say(type="unsubscribe", product_ids=["BTC-USD"], channels=["tick"])
    assert _errors(said) == [_failed("tick is not a valid channel", "unsubscribe")]


@pytest.mark.parametrize("text", ["", "[]", "{", b"\xff", "null", '{"channels": "ticker"}', "1"])
def test_what_cannot_be_read_is_malformed(text: str | bytes) -> None:
    """One error, without a reason."""
    said = understand(text, PRODUCTS)
    assert said.request is None
    assert _errors(said) == [{"type": "error", "message": "Malformed JSON"}]


def test_credentials_are_what_signs_the_message() -> None:
    """Whatever they are; members that are not there are left out."""
    said = _say(type="subscribe", channels=["status"], key="k", timestamp=1, signature=None)
    assert said.credentials == {"key": "k", "timestamp": 1}


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["subscribe", "unsubscribe"]) | _ANY,
            "channels": st.lists(st.sampled_from(CHANNELS) | _ANY, max_size=4) | _ANY,
            "product_ids": st.lists(st.sampled_from([*PRODUCTS, "X-Y"]), max_size=4) | _ANY,
            "key": _ANY,
        },
    )
)
def test_every_message_is_carried_out_or_refused(message: dict[str, Any]) -> None:
    """Nothing that a client sends raises, and nothing is passed over in silence."""
    said = _say(**message)
    assert said.request is not None or said.refused is not None
    if said.request is not None:
        names = {name for names in said.request.channels.values() for name in names}
        assert set(said.request.channels) <= set(CHANNELS)
        assert names <= set(PRODUCTS)
    assert all(error["type"] == "error" for error in _errors(said))
