from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from downtick.exchange.messages import (
    AUTHENTICATION_FAILURE,
    FAILURE_TO_SUBSCRIBE,
    PRIVATE_CHANNELS,
    PUBLIC_CHANNELS,
    Refused,
    Request,
    error_frame,
    understand,
)

PRODUCTS = ("BTC-USD", "ETH-USD", "USDT-USDC")
EVERY_CHANNEL = (*PUBLIC_CHANNELS, *PRIVATE_CHANNELS)


def _understand(**message: Any) -> Request | Refused:
    return understand(json.dumps(message), PRODUCTS)


def _understand_private(**message: Any) -> Request | Refused:
    return understand(json.dumps(message), PRODUCTS, EVERY_CHANNEL)


def test_a_subscription_is_understood() -> None:
    """Type, channel and products come out as they went in."""
    found = _understand(type="subscribe", channel="level2", product_ids=["ETH-USD", "BTC-USD"])
    assert found == Request("subscribe", "level2", ("ETH-USD", "BTC-USD"))


@pytest.mark.parametrize("more", [{}, {"product_ids": []}, {"product_ids": None}, {"jwt": "x.y.z"}])
def test_products_and_jwt_may_be_left_out(more: dict[str, Any]) -> None:
    """Public channels take messages with and without either."""
    found = _understand(type="subscribe", channel="heartbeats", **more)
    assert found == Request("subscribe", "heartbeats", ())


def test_products_of_heartbeats_mean_nothing() -> None:
    """The channel has no products, also where a client names some."""
    found = _understand(type="subscribe", channel="heartbeats", product_ids=["NO-SUCH"])
    assert found == Request("subscribe", "heartbeats", ())


def test_a_usdc_product_is_its_usd_book() -> None:
    """The alias is resolved, twice named is once meant, and a real USDC book is left alone."""
    names = ["BTC-USDC", "BTC-USD", "USDT-USDC"]
    found = _understand(type="subscribe", channel="ticker", product_ids=names)
    assert found == Request("subscribe", "ticker", ("BTC-USD", "USDT-USDC"))


def test_a_private_subscription_brings_its_token() -> None:
    """Whoever checks it gets it; it is not written where a request is shown."""
    found = _understand_private(type="subscribe", channel="user", jwt="x.y.z")
    assert found == Request("subscribe", "user", (), "x.y.z")
    assert "x.y.z" not in repr(found)


@pytest.mark.parametrize("jwt", [None, 7, ["x.y.z"], {"jwt": "x.y.z"}])
def test_a_token_that_is_no_text_is_none(jwt: object) -> None:
    """The login then refuses the subscription as one without a token."""
    found = _understand_private(type="subscribe", channel="user", jwt=jwt)
    assert found == Request("subscribe", "user", (), None)


def test_user_knows_products_in_usdc_by_their_own_name() -> None:
    """There they are no aliases; one that has no book at all is refused all the same."""
    names = ["BTC-USDC", "BTC-USD", "BTC-USDC"]
    found = _understand_private(type="subscribe", channel="user", product_ids=names)
    assert found == Request("subscribe", "user", ("BTC-USDC", "BTC-USD"))
    found = _understand_private(type="subscribe", channel="user", product_ids=["XX-USDC"])
    assert isinstance(found, Refused)
    assert found.answer == FAILURE_TO_SUBSCRIBE


def test_products_of_the_balance_summary_mean_nothing() -> None:
    """The channel tells of the account."""
    found = _understand_private(
        type="subscribe", channel="futures_balance_summary", product_ids=["NO-SUCH"], jwt="x"
    )
    assert found == Request("subscribe", "futures_balance_summary", (), "x")


@pytest.mark.parametrize("channel", ["user", "futures_balance_summary", "heartbeat", "nonsense"])
def test_channels_that_are_not_open_to_all_fail_authentication(channel: str) -> None:
    """Coinbase says so of private channels and of misspelt ones."""
    found = _understand(type="subscribe", channel=channel)
    assert isinstance(found, Refused)
    assert found.answer == AUTHENTICATION_FAILURE


def test_the_other_dialect_is_told_from_a_typing_error() -> None:
    """A client of the Exchange feed is refused, and the journal can tell why."""
    found = _understand(type="subscribe", channels=["ticker"], product_ids=["BTC-USD"])
    assert isinstance(found, Refused)
    assert found.answer == FAILURE_TO_SUBSCRIBE
    assert "Exchange dialect" in found.reason


def test_an_unknown_product_is_refused_by_name() -> None:
    """One wrong product refuses the message."""
    found = _understand(type="subscribe", channel="ticker", product_ids=["BTC-USD", "XX-YY"])
    assert isinstance(found, Refused)
    assert "XX-YY" in found.reason


def test_an_unknown_product_can_be_unsubscribed() -> None:
    """There is nothing to refuse: it is not subscribed."""
    found = _understand(type="unsubscribe", channel="ticker", product_ids=["XX-YY"])
    assert found == Request("unsubscribe", "ticker", ("XX-YY",))


@given(st.text() | st.binary())
def test_no_message_raises(message: str | bytes) -> None:
    """Whatever a client sends is understood or refused."""
    assert isinstance(understand(message, PRODUCTS), (Request, Refused))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(max_examples=50)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["subscribe", "unsubscribe"]) | _json,
            "channel": st.sampled_from(EVERY_CHANNEL) | _json,
            "product_ids": st.lists(st.sampled_from(PRODUCTS)) | _json,
            "channels": _json,
            "jwt": _json,
        },
    )
)
def test_no_well_formed_message_raises(message: dict[str, Any]) -> None:
    """Also messages that are nearly right are understood or refused; those understood name known things only."""
    found = _understand_private(**message)
    if isinstance(found, Request) and found.type == "subscribe":
        assert found.channel in EVERY_CHANNEL
        assert set(found.products) <= set(PRODUCTS)


def test_an_error_frame_quotes_its_message() -> None:
    """It is JSON whatever the message holds."""
    assert json.loads(error_frame('a "b"\n')) == {"type": "error", "message": 'a "b"\n'}
