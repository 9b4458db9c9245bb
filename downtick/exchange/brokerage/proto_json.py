"""Read a request's body as strictly as Coinbase does, and complain in its words.

Coinbase reads bodies with Go's ``protojson``: a field that it does not know is an error, and so is a number where a
string belongs; names may be written ``order_ids`` or ``orderIds``; ``null`` is a field left out. What is wrong comes
back as ``proto: (line 1:16): invalid value for string field orderIds: null`` (logs of live bots, 2026-04 and 2026-08;
texts and positions: google.golang.org/protobuf, encoding/protojson/decode.go).

A good body never gets to the slow reader here: msgspec reads it in one go.
"""

from __future__ import annotations

import json
import re
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, NoReturn, TypeVar, Union, get_args, get_origin

import msgspec

Form = TypeVar("Form", bound=msgspec.Struct)

_TOKEN: Final = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")|(?P<mark>[{}\[\],:])|(?P<literal>true|false|null)'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(?P<other>[^ \t\r\n]+)|$)"
)
_LONGEST_QUOTE: Final = 60


class ProtoError(Exception):
    """A body that Coinbase would not read.

    Attributes:
        within: the form that has no such field, if the fault is a field that is not known.
        field: its name.
    """

    within: type[msgspec.Struct] | None = None
    field: str = ""


def read(body: bytes, form: type[Form]) -> Form:
    """Return what a body says; no body at all says nothing.

    Args:
        body: as it was sent.
        form: frozen struct whose fields all have defaults; strings, booleans, enumerations (``Literal``), lists of
            strings, and further forms (``Form | None``).

    Raises:
        ProtoError: with the text that Coinbase would answer with.
    """
    if not body:
        return form()
    try:
        decoded: Form = _decoder(form).decode(body)
        return decoded
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass  # why, and whether at all: the slow reader knows
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise ProtoError("proto: syntax error (line 1:1): invalid UTF-8 in string") from None
    reader = _Reader(text)
    read_ = reader.form(form, reader.token())
    if reader.token().kind:
        reader.unexpected()
    return read_


@cache
def _decoder(form: type[Form]) -> msgspec.json.Decoder[Form]:
    return msgspec.json.Decoder(form)


class _Token(msgspec.Struct, frozen=True):
    """A piece of JSON: ``kind`` is empty at the end of the text."""

    kind: str
    text: str
    at: int


class _Reader:
    """Walks through a text along a form. It goes no deeper than the form does."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._last = _Token("", "", 0)

    def token(self) -> _Token:
        """Return the next piece of the text."""
        found = _TOKEN.match(self._text, self._at)
        assert found is not None  # every alternative may be missing
        kind = found.lastgroup or ""
        at, self._at = (found.start(kind) if kind else found.end()), found.end()
        token = _Token(kind, self._text[at : self._at], at)
        if kind == "string":
            token = _Token(kind, self._string(token), at)
        elif kind == "other":
            self._fail(at, "syntax error", f"invalid value {_quote(token.text)}")
        self._last = token
        return token

    def _string(self, token: _Token) -> str:
        try:
            value: str = json.loads(token.text)
            value.encode()  # half of a surrogate pair is no text
        except ValueError:
            self._fail(token.at, "syntax error", f"invalid string {_quote(token.text)}")
        return value

    def form(self, form: type[Form], token: _Token) -> Form:
        """Read an object whose fields are those of a form."""
        if token.text != "{" or token.kind != "mark":
            self.unexpected()
        kinds, values = _fields(form), dict[str, Any]()
        token = self.token()
        while token.text != "}" or token.kind != "mark":
            if token.kind != "string":
                self.unexpected()
            name = _named(form).get(token.text)
            if name is None:
                self._unknown(form, token)
            if name in values:
                self._fail(token.at, "", f'duplicate field "{token.text}"')
            self._mark(":")
            value = self.token()
            if value.text != "null" or value.kind != "literal":
                values[name] = self._value(name, kinds[name], value)
            token = self._next("}")
        return form(**values)

    def unexpected(self) -> NoReturn:
        """Refuse the piece that was read last."""
        if not self._last.kind:
            raise ProtoError("proto: unexpected EOF")
        end = max(self._at, self._last.at + 1)
        token = _quote(self._text[self._last.at : end])
        self._fail(self._last.at, "syntax error", f"unexpected token {token}")

    def _value(self, name: str, kind: Any, token: _Token) -> Any:
        if get_origin(kind) is list:
            return self._strings(name, token)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self.form(kind, token)
        if get_origin(kind) is Literal:
            return self._enumerated(name, get_args(kind), token)
        wanted = "bool" if kind is bool else "string"
        if token.kind != ("literal" if kind is bool else "string"):
            self._invalid(wanted, name, token)
        return token.text == "true" if kind is bool else token.text

    def _strings(self, name: str, token: _Token) -> list[str]:
        if token.text != "[" or token.kind != "mark":
            self.unexpected()
        values: list[str] = []
        token = self.token()
        while token.text != "]" or token.kind != "mark":
            if token.kind != "string":
                self._invalid("string", name, token)
            values.append(token.text)
            token = self._next("]")
        return values

    def _enumerated(self, name: str, words: tuple[str, ...], token: _Token) -> str:
        # An enumeration may also be written as its number.
        if token.kind == "number" and token.text.isdigit() and len(token.text) < 4:
            number = int(token.text)
            return words[number] if number < len(words) else words[0]
        if token.kind != "string" or token.text not in words:
            self._invalid("enum", name, token)
        return token.text

    def _next(self, end: str) -> _Token:
        """Return the end of a list, or the piece after the comma."""
        token = self.token()
        if token.kind == "mark" and token.text == end:
            return token
        if token.kind != "mark" or token.text != ",":
            self.unexpected()
        token = self.token()
        if token.kind == "mark":  # a comma that nothing follows
            self.unexpected()
        return token

    def _mark(self, mark: str) -> None:
        token = self.token()
        if token.kind != "mark" or token.text != mark:
            self.unexpected()

    def _invalid(self, kind: str, name: str, token: _Token) -> NoReturn:
        if token.kind == "mark" or not token.kind:
            self.unexpected()
        raw = _quote(self._text[token.at : self._at])
        self._fail(token.at, "", f"invalid value for {kind} field {_camel(name)}: {raw}")

    def _unknown(self, form: type[Form], token: _Token) -> NoReturn:
        error = ProtoError(self._words(token.at, "", f'unknown field "{_quote(token.text)}"'))
        error.within, error.field = form, token.text
        raise error

    def _fail(self, at: int, what: str, words: str) -> NoReturn:
        raise ProtoError(self._words(at, what, words))

    def _words(self, at: int, what: str, words: str) -> str:
        before = self._text[:at]
        line, column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
        return f"proto: {what}{' ' if what else ''}(line {line}:{column}): {words}"


@cache
def _fields(form: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.encode_name: _plain(field.type) for field in msgspec.structs.fields(form)}


@cache
def _named(form: type[msgspec.Struct]) -> dict[str, str]:
    """Return a form's fields by both of their names."""
    return {written: name for name in _fields(form) for written in (name, _camel(name))}


def _plain(kind: Any) -> Any:
    """Return the type of a field that may be missing."""
    if get_origin(kind) in {Union, UnionType}:
        return next(part for part in get_args(kind) if part is not NoneType)
    return kind


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _quote(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."
