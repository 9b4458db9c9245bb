"""The page of one run."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

import pytest

from downtick.report.page import run_page
from tests.report.runs import BROKEN, FAILED, PASSED, deaf, told
from tests.report.test_markup import WILD


def test_it_says_the_verdict_the_reasons_and_the_command() -> None:
    """What a person wants first."""
    text = run_page(told(FAILED)).decode()
    assert '<span class="badge fail">FAIL</span> a-run' in text
    assert "<li>reconnects: it never came back</li>" in text
    assert told(FAILED).again in text
    assert "1 of 1 open connections ended with it" in text


def test_a_finding_links_to_its_evidence() -> None:
    """Named by its instant; and where there is much of it, it says how much more."""
    text = run_page(told(FAILED)).decode()
    assert '<a href="#e=0" title="event 0">0.000 s</a>' in text
    many = replace(BROKEN, evidence=tuple([0] * 15))
    assert "and 3 more" in run_page(told(replace(FAILED, findings=(many,)))).decode()


def test_many_reasons_are_counted() -> None:
    """The tables below have them all."""
    text = run_page(told(replace(FAILED, reasons=tuple(["the same"] * 11)))).decode()
    assert text.count("<li>the same</li>") == 8
    assert "<li>and 3 more</li>" in text


def test_every_link_leads_to_an_event_of_the_table() -> None:
    """One to a frame too, which is in no table otherwise."""
    t = deaf()
    (frame, *_) = [n for n, event in enumerate(t.history()) if event.kind == "frame_sent"]
    broken = replace(BROKEN, evidence=(0, frame))
    text = run_page(told(replace(FAILED, findings=(broken,)), t=t)).decode()
    wanted = set(re.findall(r'href="#(e=\d+)"', text))
    assert f"e={frame}" in wanted
    assert wanted <= set(re.findall(r'id="(e=\d+)"', text))


@pytest.mark.parametrize("text", [WILD, "<!-- ", "]]>"])
def test_nothing_that_the_bot_says_becomes_markup(text: str) -> None:
    """Wherever it may stand: names, paths, bodies, reasons, sentences."""
    t = deaf()
    conn = t.opens("rest", 6)
    t.asks(conn, 7, text, query=text, method=text, body=text)
    t.places(conn, 8, text, product=text)
    t.subscribes(conn, 9, text, text)
    t.frame(conn, 9, channel=text, products=(text,))
    t.closes(conn, 10, by=text, how=text, reason=text)
    wild = replace(BROKEN, sentence=text, evidence=tuple(range(len(t.events))))
    verdict = replace(FAILED, reasons=(text,), findings=(wild,))
    page = run_page(told(verdict, text, t, bot=[text], asked_for=text)).decode()
    assert text not in page.partition("<body>")[2].rpartition("<script>")[0]
    assert escape(text) in page


def test_a_run_without_anything_has_a_page() -> None:
    """No event, no finding, no fault."""
    empty = told(replace(PASSED, findings=(), proofs=()))
    text = run_page(empty).decode()
    assert "no check was judged" in text
    assert "there was no fault" in text
