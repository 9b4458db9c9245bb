"""A text that no output shows to anybody who did not ask for it by name."""

from __future__ import annotations

import hmac
from typing import NoReturn


class Secret:
    """Holds a key, a private key or a passphrase. ``repr``, ``str`` and formatting show stars.

    It cannot be pickled or copied into anything that is written down, and it is no JSON value.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(
            self._text.encode(), other._text.encode()
        )

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")
