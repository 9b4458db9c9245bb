"""What every page of a report is wrapped in: its style and its script within it, nothing from anywhere else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from downtick.report.markup import Markup, joined, tag
from downtick.verdict import Result


def page(title: str, *content: Markup) -> bytes:
    """Return an HTML page.

    Its policy lets the browser run the page's own script alone and load nothing: should a text of the bot ever become
    markup, it still could do nothing.

    Args:
        title: of the page.
        content: of its body.
    """
    style, script = asset("page.css"), asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    body = tag("body", *content, tag("script", Markup(script)))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n".encode()


@cache
def asset(name: str) -> str:
    """Return a file that stands beside this one."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def badge(result: Result) -> Markup:
    """Return a result as a coloured word."""
    return tag("span", result.value, class_=f"badge {word(result.value)}")


def word(text: str) -> str:
    """Return a text as the name of a class."""
    return text.lower().replace(" ", "-")


def table(head: tuple[str, ...], rows: list[Markup], **attributes: str | None) -> Markup:
    """Return a table that scrolls by itself where a screen is too narrow for it."""
    heads = tag("thead", tag("tr", *(tag("th", cell, scope="col") for cell in head)))
    body = tag("tbody", joined(rows))
    return tag("div", tag("table", heads, body, **attributes), class_="wide")
