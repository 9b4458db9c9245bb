from __future__ import annotations

import pytest

from downtick.errors import InputError, ProfileError, TopologyError
from downtick.exchange.auth.keys import make_keys, process_keys
from downtick.exchange.config import ExchangeConfig
from downtick.rig import Rig


def test_a_rig_has_the_keys_of_its_process_unless_it_is_given_others() -> None:
    """Both before anything is started."""
    own = make_keys()
    assert Rig().keys is process_keys()
    assert Rig(keys=own).keys is own
    assert Rig(keys=own, exchange=ExchangeConfig(keys=own.ring)).keys is own


def test_keys_are_given_to_the_rig_and_not_to_its_exchange() -> None:
    """Or no bot could use them, and every request would be refused."""
    with pytest.raises(InputError, match="give keys to the rig"):
        Rig(exchange=ExchangeConfig(keys=make_keys().ring))


def test_a_topology_is_looked_at_before_anything_is_started() -> None:
    """One that there is not is refused; before a sandbox no profile is played, because nobody could tell when."""
    with pytest.raises(TopologyError, match="there are stub"):
        Rig(topology="production")
    with pytest.raises(InputError, match="before the stub exchange only"):
        Rig.playing("streaming/market-feed-reset", topology="sandbox-exchange")


def test_what_is_expected_is_read_before_anything_is_started() -> None:
    """Beside a profile, or alone."""
    with pytest.raises(ProfileError, match="unknown check `flies`"):
        Rig(expect=["flies"])
    with pytest.raises(ProfileError, match="unknown check `flies`"):
        Rig.playing("streaming/market-feed-reset", expect=["flies"])
