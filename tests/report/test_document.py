"""``report.json`` and its schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec

from downtick.report.document import Report, document, document_schema, run_report
from tests.report.runs import DOUBTED, FAILED, PASSED, told

SCHEMA = Path(__file__).parents[2] / "docs" / "report.schema.json"


def test_it_says_what_every_run_came_to() -> None:
    """The worst of them is the result of all, and evidence is told in words too."""
    runs = [run_report(told(PASSED, "good")), run_report(told(FAILED, "bad"))]
    said = json.loads(document(runs))
    assert (said["format"], said["version"], said["result"]) == ("downtick.report", 1, "FAIL")
    bad = said["runs"][1]
    assert (bad["name"], bad["page"], bad["seconds"]) == ("bad", "bad.html", 40.0)
    assert bad["findings"][0]["events"] == ["0.000s    exchange   #1 accepted (listener market_ws)"]
    assert bad["findings"][0]["parameters"] == {"within": 5.0}
    assert bad["faults"][0]["bite"] == "bit"
    assert bad["again"].startswith("downtick run market-feed-reset --seed 7")


def test_what_is_written_can_be_read_again() -> None:
    """By the same types, and it keeps to its schema."""
    written = document([run_report(told(verdict)) for verdict in (PASSED, FAILED, DOUBTED)])
    assert len(msgspec.json.decode(written, type=Report).runs) == 3
    jsonschema.validate(json.loads(written), document_schema())
    jsonschema.validate(json.loads(document([])), document_schema())


def test_the_schema_in_the_docs_is_the_schema() -> None:
    """Written by ``downtick schema --report > docs/report.schema.json``."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == document_schema()
