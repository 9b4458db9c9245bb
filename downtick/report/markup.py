"""HTML and SVG that cannot be broken out of: a text becomes markup by being escaped, and in no other way."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final


class Markup(str):
    """A text that is markup already. Only what this module made is."""

    __slots__ = ()


_VOID: Final = frozenset({"br", "input", "line", "link", "meta", "path", "rect"})


def tag(name: str, /, *content: str, **attributes: str | float | bool | None) -> Markup:
    """Return an element.

    Args:
        name: of the element.
        content: markup stands as it is, any other text is escaped.
        attributes: ``_`` stands for ``-``, and is dropped at the end of a name (``class_``). None and False leave an
            attribute out.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID and not content:
        return Markup(f"<{name}{told}/>")
    return Markup(f"<{name}{told}>{joined(content)}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """Return parts one after the other; what is no markup is escaped."""
    return Markup("".join(p if isinstance(p, Markup) else escape(p) for p in parts))


def _text(value: str | float | bool) -> str:
    if value is True:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
