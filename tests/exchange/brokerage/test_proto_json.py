"""Bodies are read as protojson reads them, and refused in its words."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.exchange.brokerage.proto_json import ProtoError, read


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    base_size: str = ""
    post_only: bool = False


class Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_ids: list[str] = []
    side: Literal["UNKNOWN_ORDER_SIDE", "BUY", "SELL"] = "UNKNOWN_ORDER_SIDE"
    inner: Inner | None = None
    end_time: str = ""


def words(body: str | bytes) -> str:
    """Return what a body is refused with."""
    with pytest.raises(ProtoError) as refused:
        read(body if isinstance(body, bytes) else body.encode(), Outer)
    return str(refused.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", Outer()),
        (b"{}", Outer()),
        (b' { "end_time" : "x" } ', Outer(end_time="x")),
        (b'{"orderIds":["a","b"],"endTime":"x"}', Outer(order_ids=["a", "b"], end_time="x")),
        (b'{"order_ids":null,"side":null,"inner":null}', Outer()),
        (b'{"side":"SELL"}', Outer(side="SELL")),
        (b'{"side":1}', Outer(side="BUY")),
        (b'{"side":99}', Outer()),
        (b'{"inner":{"baseSize":"1","postOnly":true}}', Outer(inner=Inner("1", True))),
        (b'{"inner":{"postOnly":false,"base_size":"\\u00e9\\n"}}', Outer(inner=Inner("é\n"))),
        (b'{"orderIds":[],"inner":{}}', Outer(inner=Inner())),
    ],
)
def test_a_good_body(body: bytes, said: Outer) -> None:
    """Names may be written both ways, null is a field left out, an enumeration may be a number."""
    assert read(body, Outer) == said


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        # Logged by live bots.
        (
            '{"order_ids": [null]}',
            "(line 1:16): invalid value for string field orderIds: null",
        ),
        (
            '{"end_time":"", "newClientOrderId":"x"}',
            '(line 1:17): unknown field "newClientOrderId"',
        ),
        ('"{}"', 'syntax error (line 1:1): unexpected token "{}"'),
        # By protojson's source.
        ('{"end_time": 0.5}', "(line 1:14): invalid value for string field endTime: 0.5"),
        (
            '{\n "inner": {\n  "post_only": "true"}}',
            '(line 3:16): invalid value for bool field postOnly: "true"',
        ),
        ('{"side":"buy"}', '(line 1:9): invalid value for enum field side: "buy"'),
        ('{"side":1.5}', "(line 1:9): invalid value for enum field side: 1.5"),
        ('{"side":-1}', "(line 1:9): invalid value for enum field side: -1"),
        ('{"endTime":"a","end_time":"b","x":1}', '(line 1:16): duplicate field "end_time"'),
        ('{"inner":[]}', "syntax error (line 1:10): unexpected token ["),
        ('{"order_ids":"a"}', 'syntax error (line 1:14): unexpected token "a"'),
        ('{"order_ids":{}}', "syntax error (line 1:14): unexpected token {"),
        ("[]", "syntax error (line 1:1): unexpected token ["),
        ("{} {}", "syntax error (line 1:4): unexpected token {"),
        ('{"end_time":NaN}', "syntax error (line 1:13): invalid value NaN}"),
        ('{"end_time":"x"', "unexpected EOF"),
        ('{"order_ids":["x"', "unexpected EOF"),
        ("{", "unexpected EOF"),
        ("   ", "unexpected EOF"),
        ('{"end_time":"\\ud800"}', 'syntax error (line 1:13): invalid string "\\ud800"'),
        ('{"end_time":"\\x"}', 'syntax error (line 1:13): invalid string "\\x"'),
        ('{"end_time":"x",}', "syntax error (line 1:17): unexpected token }"),
        ('{"order_ids":["x",]}', "syntax error (line 1:19): unexpected token ]"),
        ('{"order_ids":["x" "y"]}', 'syntax error (line 1:19): unexpected token "y"'),
        ('{"end_time" "x"}', 'syntax error (line 1:13): unexpected token "x"'),
        ("{1:2}", "syntax error (line 1:2): unexpected token 1"),
        (b"\xff", "syntax error (line 1:1): invalid UTF-8 in string"),
        (b'{"end_time":"\xff"}', "syntax error (line 1:1): invalid UTF-8 in string"),
    ],
)
def test_a_bad_body(body: str | bytes, refusal: str) -> None:
    """What is wrong, and where: line and column of the piece that is wrong."""
    assert words(body) == f"proto: {refusal}"


def test_an_unknown_field_tells_where_it_would_have_been() -> None:
    """Whoever knows better what an unknown field means can tell which form lacks it."""
    with pytest.raises(ProtoError) as refused:
        read(b'{"inner":{"twap":{"a":[1]}}}', Outer)
    assert (refused.value.within, refused.value.field) == (Inner, "twap")


def test_an_abyss_is_not_followed() -> None:
    """Brackets without end are refused at the first one that does not belong."""
    assert words('{"order_ids":' + "[" * 200_000).endswith("unexpected token [")
    assert words("[" * 200_000).startswith("proto: syntax error (line 1:1)")


def test_a_long_piece_is_cut_short() -> None:
    """A refusal does not give back all that was sent."""
    assert len(words('{"end_time":' + "9" * 10_000 + "}")) < 150


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["order_ids", "orderIds", "side", "inner", "base_size", "post_only", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(value=JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """Nothing but a form or a refusal comes of JSON, whatever it says."""
    with suppress(ProtoError):
        assert isinstance(read(json.dumps(value).encode(), Outer), Outer)


@given(
    body=st.binary(max_size=60)
    | st.text(alphabet='{}[],:"\\x1nul tru', max_size=40).map(str.encode)
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing but a form or a refusal comes of bytes."""
    with suppress(ProtoError):
        assert isinstance(read(body, Outer), Outer)


@given(
    ids=st.lists(st.text(max_size=4), max_size=3),
    side=st.sampled_from(["UNKNOWN_ORDER_SIDE", "BUY", "SELL"]),
    size=st.text(max_size=6),
    post_only=st.booleans(),
)
def test_what_is_written_is_read(ids: list[str], side: Any, size: str, post_only: bool) -> None:
    """The quick way and the slow way read the same: names in camel case only the slow one can read."""
    said = Outer(order_ids=ids, side=side, inner=Inner(size, post_only))
    snake = msgspec.json.encode(said)
    camel = snake.replace(b'"order_ids":', b'"orderIds":').replace(b'"base_size":', b'"baseSize":')
    assert read(snake, Outer) == read(camel, Outer) == said
