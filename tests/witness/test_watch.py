from __future__ import annotations

import sys

import pytest

from downtick.history import History
from downtick.witness.kernel import NoWitness, look
from downtick.witness.sightings import WatchedLink
from downtick.witness.watch import Witness

LINK = WatchedLink("rest", ("127.1.1.1", 7001), ("127.0.0.1", 8001))


def test_elsewhere_there_is_no_witness_and_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once, and nothing ever after."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert isinstance(look([7001], []), NoWitness)
    history = History()
    witness = Witness([LINK], history.extend).open()
    witness.close()
    (event,) = history
    assert event.kind == "no_witness"
    assert "this is darwin" in event["reason"]
    assert witness.none == NoWitness(event["reason"])
