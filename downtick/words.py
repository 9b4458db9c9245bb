"""The vocabulary of this downtick: what its links, its exchange and its checks bring to a profile."""

from __future__ import annotations

from typing import Final

from downtick.checks.vocabulary import CHECKS
from downtick.exchange.vocabulary import EXCHANGE_FAULTS, TRIGGERS
from downtick.links.vocabulary import LINK_FAULTS, LINKS, TOXICS
from downtick.profiles.vocabulary import Vocabulary

VOCABULARY: Final = Vocabulary(
    links=LINKS,
    toxics=TOXICS,
    link_faults=LINK_FAULTS,
    exchange_faults=EXCHANGE_FAULTS,
    triggers=TRIGGERS,
    checks=CHECKS,
)
