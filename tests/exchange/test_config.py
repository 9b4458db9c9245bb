from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from downtick.errors import InputError
from downtick.exchange.auth.keys import process_keys
from downtick.exchange.config import ExchangeConfig


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"host": "0.0.0.0"}, "loopback"),
        ({"host": "localhost"}, "loopback"),
        ({"host": "127.evil.example"}, "loopback"),
        ({"certificate": Path("chain.pem")}, "private key"),
        ({"private_key": Path("key.pem")}, "private key"),
        ({"next_certificate": Path("chain.pem")}, "private key"),
        ({"next_private_key": Path("key.pem")}, "private key"),
        ({"time_scale": 0}, "time_scale"),
        ({"tick_rate": -1}, "tick_rate"),
        ({"queue_limit": 0}, "queue_limit"),
        ({"first_subscribe": 0}, "first_subscribe"),
        ({"message_limit": -8}, "message_limit"),
        ({"products": ()}, "product"),
    ],
)
def test_what_cannot_work_is_refused(settings: dict[str, Any], message: str) -> None:
    """In a sentence that names it, before anything is started."""
    with pytest.raises(InputError, match=message):
        ExchangeConfig(**settings)


def test_every_loopback_address_will_do() -> None:
    """Workers have one each."""
    assert ExchangeConfig(host="127.8.9.1").host == "127.8.9.1"


def test_an_exchange_knows_the_keys_of_its_process_and_shows_no_secret() -> None:
    """Unless it is given others; its configuration may be logged."""
    config = ExchangeConfig()
    assert config.keys == process_keys().ring
    assert config.check_auth
    for secret in (process_keys().exchange.secret, process_keys().exchange.passphrase):
        assert secret.reveal() not in repr(config)
