"""Whose exchange account it is: one user with one portfolio. The same seed gives the same ids."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5


class Identity(NamedTuple):
    """The user's ids, as Coinbase writes them.

    Attributes:
        user_id: of the user.
        portfolio_id: of the one portfolio, which is the default one.
    """

    user_id: str
    portfolio_id: str

    def id_of(self, kind: str, name: str) -> str:
        """Return the id of something that is the user's, such as the account (``kind``) in ``USD`` (``name``)."""
        return _derived(self.portfolio_id, f"{kind}:{name}")


def identity(seed: int) -> Identity:
    """Return the user of an exchange."""
    root = str(uuid5(NAMESPACE_URL, f"downtick:{seed}"))
    return Identity(_derived(root, "user"), _derived(root, "portfolio"))


@cache
def _space(space: str) -> UUID:
    return UUID(space)


def _derived(space: str, name: str) -> str:
    return str(uuid5(_space(space), name))
