from __future__ import annotations

import json
from decimal import Decimal

from downtick.exchange.pro.answers import data, fixed, message


def test_figures_have_at_least_so_many_places() -> None:
    """What is finer is told all the same."""
    assert fixed(Decimal(10), 8) == "10.00000000"
    assert fixed(Decimal("0.123456789012"), 8) == "0.123456789012"
    assert fixed(Decimal("1E+2"), 2) == "100.00"


def test_decimals_are_numbers_and_texts_are_texts() -> None:
    """Candles are the one, all else the other."""
    assert data([Decimal("1.50"), "1.50"]).answer.body == b'[1.50,"1.50"]'


def test_a_message_repeats_a_clients_words_shortly_and_in_any_encoding() -> None:
    """Whatever bytes they came from."""
    told = json.loads(message(400, "\udcff" + "x" * 500).answer.body)["message"]
    assert len(told) == 100
    assert told.startswith("?x")
