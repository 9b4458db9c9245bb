"""What every page is wrapped in."""

from __future__ import annotations

import base64
import hashlib
import re

from downtick.report.markup import tag
from downtick.report.shell import asset, page


def test_a_page_loads_nothing_and_runs_its_own_script_alone() -> None:
    """Its policy says so, by the hash of the very script that stands in it."""
    text = page("A title", tag("p", "x")).decode()
    script = re.search(r"<script>(.*)</script>", text, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=\"?(https?:)?//|@import|url\(", text)


def test_the_title_is_text() -> None:
    """It has the name of a profile in it."""
    assert "<title>&lt;/title&gt;</title>" in page("</title>").decode()


def test_style_and_script_stay_in_their_elements() -> None:
    """Neither has what would end it."""
    assert "</" not in asset("page.css")
    assert "</script" not in asset("page.js")
    assert "<!--" not in asset("page.js")
