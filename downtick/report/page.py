"""The page of one run: the verdict, what it rests on, and what happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from downtick.checks.finding import Finding
from downtick.checks.proofs import Proof
from downtick.report.captures import capture_words
from downtick.report.fates import fates
from downtick.report.judged_run import JudgedRun
from downtick.report.lanes.axis import Axis
from downtick.report.markup import Markup, joined, tag
from downtick.report.shell import badge, page, table, word
from downtick.report.tables import MOST_EVIDENCE, tables
from downtick.report.timeline_section import timeline_section

_MOST_REASONS: Final = 8


def run_page(judged: JudgedRun) -> bytes:
    """Return the page as one HTML file."""
    axis = Axis(judged.start, judged.end)
    found = fates(judged.run, judged.verdict)
    return page(
        f"{judged.verdict.result.value} {judged.name}",
        _head(judged),
        tag(
            "main",
            _findings(judged),
            _faults(judged),
            timeline_section(judged, axis, found),
            *tables(judged, found),
        ),
    )


def _head(judged: JudgedRun) -> Markup:
    said, verdict = judged.header.run, judged.verdict
    facts = {
        "profile": judged.profile,
        "seed": said.get("seed"),
        "time scale": said.get("time_scale"),
        "began": judged.header.started_at[:19].replace("T", " ") + " UTC",
        "lasted": f"{judged.end - judged.start:.1f} s",
        "events": len(judged.history),
        "downtick": said.get("downtick"),
        "Toxiproxy": said.get("toxiproxy"),
    }
    told = [
        tag("div", tag("dt", name), tag("dd", str(value)))
        for name, value in facts.items()
        if value is not None
    ]
    return tag(
        "header",
        tag("p", tag("a", "all runs", href="index.html"), class_="up"),
        tag("h1", badge(verdict.result), " ", judged.name),
        tag("p", judged.title, class_="title"),
        tag("ul", *_reasons(verdict.reasons), class_="reasons"),
        tag("dl", *told),
        tag("p", "again, with the same seed: ", tag("code", judged.again), class_="again"),
        *_captures(judged),
    )


def _reasons(reasons: tuple[str, ...]) -> Iterator[Markup]:
    """Yield the first reasons; the tables have them all."""
    yield from (tag("li", reason) for reason in reasons[:_MOST_REASONS])
    if len(reasons) > _MOST_REASONS:
        yield tag("li", f"and {len(reasons) - _MOST_REASONS} more")


def _captures(judged: JudgedRun) -> Iterator[Markup]:
    """Yield what became of captures, if they were asked for."""
    yield from (
        tag("p", words, class_="note") for words in map(capture_words, judged.history) if words
    )


def _findings(judged: JudgedRun) -> Markup:
    rows = [
        tag(
            "tr",
            tag("td", finding.outcome.value, class_=f"outcome {word(finding.outcome.value)}"),
            tag("td", _check(finding)),
            tag("td", finding.sentence, class_="long"),
            tag("td", *links(judged, finding.evidence), class_="evidence"),
        )
        for finding in judged.verdict.findings
    ]
    if not rows:
        return _empty("Checks", "no check was judged")
    heads = ("outcome", "check", "what it says", "evidence")
    return tag("section", tag("h2", "Checks"), table(heads, rows, id="findings", class_="cards"))


def _check(finding: Finding) -> Markup:
    given = ", ".join(f"{name} {value}" for name, value in finding.parameters.items())
    weaker = f" ({finding.weaker})" if finding.weaker else ""
    return joined([tag("b", finding.check), weaker, " ", tag("small", given)])


def _faults(judged: JudgedRun) -> Markup:
    rows = [
        tag(
            "tr",
            tag("td", proof.bite.value, class_=f"outcome {word(proof.bite.value)}"),
            tag("td", tag("b", proof.fault), " on ", proof.place),
            tag("td", proof.sentence, _accepted(judged, proof), class_="long"),
            tag("td", *links(judged, proof.evidence), class_="evidence"),
        )
        for proof in judged.verdict.proofs
    ]
    if not rows:
        return _empty("Faults", "there was no fault")
    heads = ("proof", "fault", "what is known of it", "evidence")
    return tag("section", tag("h2", "Faults"), table(heads, rows, id="faults", class_="cards"))


def _accepted(judged: JudgedRun, proof: Proof) -> str:
    return ", accepted unwitnessed" if proof in judged.verdict.accepted else ""


def links(judged: JudgedRun, evidence: tuple[int, ...]) -> list[Markup]:
    """Return links to events: each is named by its instant."""
    found: list[Markup] = []
    for number in evidence[:MOST_EVIDENCE]:
        at = judged.history[number].at - judged.start
        link = tag("a", f"{at:.3f} s", href=f"#e={number}", title=f"event {number}")
        found += [link, Markup(" ")]
    more = len(evidence) - MOST_EVIDENCE
    return [*found, tag("small", f"and {more} more")] if more > 0 else found


def _empty(head: str, sentence: str) -> Markup:
    return tag("section", tag("h2", head), tag("p", sentence, class_="note"))
