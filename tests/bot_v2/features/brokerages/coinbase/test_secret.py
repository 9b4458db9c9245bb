from __future__ import annotations

import copy
import dataclasses
import json
import pickle

import pytest

from bot_v2.features.brokerages.coinbase.secret import Secret


@dataclasses.dataclass
class _Holder:
    secret: Secret


def test_a_secret_shows_in_no_output() -> None:
    """Neither by itself nor as a part of something."""
    secret = Secret("planted")
    for shown in (repr(secret), str(secret), f"{secret}", f"{_Holder(secret)}", f"{[secret]!r}"):
        assert "planted" not in shown
        assert "***" in shown
    assert secret.reveal() == "planted"


def test_a_secret_is_not_written_down() -> None:
    """No pickle, no copy, no JSON has it."""
    secret = Secret("planted")
    for write in (pickle.dumps, copy.copy, json.dumps):
        with pytest.raises(TypeError):
            write(secret)


def test_secrets_are_equal_if_their_texts_are() -> None:
    """And say nothing of it to anything else."""
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
