"""A text that is shown to nobody who did not ask for it by name."""

from __future__ import annotations

import hmac


class Secret:
    """Holds a text that must not appear in any output: repr, str and formatting give stars instead.

    It is no JSON value either, so that neither a journal nor a history can be written with one in it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def matches(self, text: str) -> bool:
        """Return whether a text is this one, in a time that tells nothing of it."""
        return hmac.compare_digest(_bytes(self._text), _bytes(text))

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.matches(other._text)

    def __hash__(self) -> int:
        return hash((Secret, self._text))


def _bytes(text: str) -> bytes:
    """Return any text as bytes, also one that came with bytes which are no UTF-8."""
    return text.encode(errors="surrogatepass")
