"""Text that becomes markup."""

from __future__ import annotations

from downtick.report.markup import joined, tag

WILD = "</script><img src=x onerror='alert(1)'>\""
TAME = "&lt;/script&gt;&lt;img src=x onerror=&#x27;alert(1)&#x27;&gt;&quot;"


def test_a_text_is_escaped_wherever_it_stands() -> None:
    """As content, as an attribute, and beside markup."""
    assert tag("b", WILD) == f"<b>{TAME}</b>"
    assert tag("b", title=WILD) == f'<b title="{TAME}"></b>'
    assert joined([tag("i"), WILD]) == f"<i></i>{TAME}"


def test_markup_is_not_escaped_twice() -> None:
    """What `tag` made stands as it is."""
    assert tag("p", tag("b", "&")) == "<p><b>&amp;</b></p>"


def test_attributes_are_named_as_html_names_them() -> None:
    """None and False leave one out, True has no value, a figure is short."""
    told = tag("rect", class_="a", data_x=0.5, aria_label=None, hidden=False, inert=True)
    assert told == '<rect class="a" data-x="0.5" inert=""/>'
