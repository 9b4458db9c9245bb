"""The pages of a report in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos_tests.report.browser import Page
from chaos_tests.report.scene import WILD, scene

pytestmark = [pytest.mark.integration, pytest.mark.browser]

PICTURES = Path("build", "reports")
NAMES = ("index", "a-scene", "its-twin")
SHOWN = "[...document.querySelectorAll('table.timed tbody tr')].filter(r => r.offsetParent)"
"""The rows that can be seen."""


def show(browser: Page, folder: Path, name: str = "a-scene", state: str = "") -> None:
    """Open a page in a state."""
    browser.open((folder / f"{name}.html").as_uri() + state)


def places(browser: Page, *shares: float) -> list[tuple[float, float]]:
    """Return places on the timeline that are such shares of the run's time from its begin, in pixels."""
    box = browser.js(
        "(() => {const t = document.querySelector('.timeline'); t.scrollIntoView();"
        "const o = document.querySelector('.overlay').getBoundingClientRect();"
        "return [o.left, o.width, o.top + 12]})()"
    )
    return [(box[0] + share * box[1], box[2]) for share in shares]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_complains_of_nothing_and_asks_for_nothing(
    browser: Page, folder: Path, name: str
) -> None:
    """Neither an error on the console, nor a dialog of a bot that would be markup, nor anything from a network."""
    show(browser, folder, name)
    assert browser.complaints == []
    assert [url for url in browser.requests if url != "about:blank"] == [
        (folder / f"{name}.html").as_uri()
    ]


def test_no_text_is_missing(browser: Page, folder: Path) -> None:
    """Verdict, sentences and lanes stand there in words; the bot's own words as text."""
    show(browser, folder)
    text = browser.js("document.body.innerText")
    judged = scene()
    wanted = [judged.verdict.result.value, judged.title, WILD]
    wanted += [finding.sentence for finding in judged.verdict.findings]
    wanted += [proof.sentence for proof in judged.verdict.proofs]
    wanted += ["Timeline", "Faults", "Connections", "Bytes", "Price age", "Orders", "REST calls"]
    assert [words for words in wanted if words not in text] == []
    assert [word for word in ("undefined", "NaN", "[object", "None") if word in text] == []


def test_every_lane_is_drawn(browser: Page, folder: Path) -> None:
    """Each has a drawing of some width, and each shape in it a size or a stroke."""
    show(browser, folder)
    widths = browser.js(
        "[...document.querySelectorAll('svg.plot')].map(s => s.getBoundingClientRect().width)"
    )
    assert len(widths) > 12
    assert min(widths) > 500
    strokes = browser.js(
        "[...document.querySelectorAll('svg.plot > *')].map(s => getComputedStyle(s))"
        ".filter(s => s.stroke === 'none' && s.fill === 'none').length"
    )
    assert strokes == 0


def test_the_brush_chooses_the_rows_below(browser: Page, folder: Path) -> None:
    """Those of its time stay, and the address says so; everything comes back on demand."""
    show(browser, folder)
    every = browser.js(f"{SHOWN}.length")
    browser.drag(*places(browser, 0.5, 0.75))
    times = browser.js(f"{SHOWN}.map(r => [Number(r.dataset.a), Number(r.dataset.b)])")
    since, until = map(float, browser.js("location.hash").removeprefix("#t=").split("-"))
    span = browser.js("Number(document.querySelector('.timeline').dataset.span)")
    assert since == pytest.approx(span / 2, abs=0.2)
    assert until == pytest.approx(span * 3 / 4, abs=0.2)
    assert 0 < len(times) < every
    assert all(begin <= until and end >= since for begin, end in times)
    browser.js("document.getElementById('all').click()")
    assert browser.js(f"{SHOWN}.length") == every
    assert browser.js("location.hash") == ""
    assert browser.complaints == []


def test_an_address_restores_the_moment(browser: Page, folder: Path) -> None:
    """A part of the time, an instant, or an event, as somebody sent it."""
    show(browser, folder, state="#t=10-20")
    assert browser.js("['from', 'to'].map(i => document.getElementById(i).value)") == ["10", "20"]
    assert browser.js(f"{SHOWN}.every(r => r.dataset.a <= 20 && r.dataset.b >= 10)")
    assert browser.js("document.querySelectorAll('.brush').length") == 1
    show(browser, folder, state="#t=12.5")
    assert browser.js("document.getElementById('now').textContent") == "at 12.5 s"
    assert browser.js("document.querySelectorAll('.cursor').length") == 1
    show(browser, folder, state="#t=x-&e=no")
    assert browser.js("document.querySelectorAll('.cursor, .brush').length") == 0
    assert browser.complaints == []


def test_a_finding_leads_to_its_evidence(browser: Page, folder: Path) -> None:
    """The event's row is marked and in sight, also if the brush had hidden it; the timeline shows its moment."""
    show(browser, folder, state="#t=1-2")
    browser.js("document.querySelector('#findings .evidence a:last-child').click()")
    number = browser.js("document.querySelector('#findings .evidence a:last-child').hash")
    browser.until("document.querySelector('tr.here')?.id ?? ''", number.removeprefix("#"))
    assert browser.js("location.hash") == number
    top = browser.js("document.querySelector('tr.here').getBoundingClientRect().top")
    assert 0 <= top < 900
    assert browser.js("document.querySelectorAll('.cursor').length") == 1


def test_a_click_on_a_shape_leads_to_its_event(browser: Page, folder: Path) -> None:
    """On a fault, to when it was asked for."""
    show(browser, folder)
    x, y = browser.js(
        "(() => {const s = document.querySelector('rect.solid[data-e]'); s.scrollIntoView();"
        "const b = s.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]})()"
    )
    number = browser.js("document.querySelector('rect.solid[data-e]').dataset.e")
    browser.drag((x, y), (x, y))
    assert browser.js("location.hash") == f"#e={number}"


def test_zooming_stretches_the_chosen_time(browser: Page, folder: Path) -> None:
    """Drawings and seconds alike."""
    show(browser, folder, state="#t=10-20")
    browser.js("document.getElementById('zoom').click()")
    marks = browser.js(
        "[...document.querySelector('.axis .plot').children].map(m => Number(m.textContent))"
    )
    assert (marks[0], marks[-1]) == (10, 20)
    left, right = places(browser, 0.1, 0.2)
    browser.drag(left, right)
    assert browser.js("location.hash") == "#t=11-12"
    assert browser.complaints == []


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_needs_not_scroll_sideways(browser: Page, folder: Path, name: str) -> None:
    """But for a table that is wider than it, within itself."""
    browser.size(360, 740)
    show(browser, folder, name)
    assert browser.js("document.documentElement.scrollWidth") <= 360


def test_light_and_dark_look_different(browser: Page, folder: Path) -> None:
    """Each has paper and ink of its own; the pictures are kept in `build/reports`."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    papers = []
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        browser.size(1200, 1500)
        show(browser, folder)
        style = "getComputedStyle(document.body)"
        papers.append(browser.js(f"[{style}.backgroundColor, {style}.color]"))
        (PICTURES / f"report-{scheme}.png").write_bytes(browser.picture())
    assert papers == [
        ["rgb(255, 255, 255)", "rgb(28, 33, 39)"],
        ["rgb(18, 22, 27)", "rgb(228, 232, 236)"],
    ]


def test_it_can_be_printed(browser: Page, folder: Path) -> None:
    """Without its tools."""
    show(browser, folder)
    browser.ask("Emulation.setEmulatedMedia", media="print")
    assert browser.js("getComputedStyle(document.querySelector('.tools')).display") == "none"
    assert len(browser.ask("Page.printToPDF", printBackground=True)["data"]) > 10_000
    browser.ask("Emulation.setEmulatedMedia", media="")
