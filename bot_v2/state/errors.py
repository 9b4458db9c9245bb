"""What can be wrong with the store.

::

    StateError
    ├── StoreInUse       another process has it
    ├── StoreTooNew      a newer version of the bot wrote it
    ├── StoreUnreadable  it is no store of this bot, or it is damaged
    └── StoreFailed      something could not be read or kept: the disk is full, say
"""

from __future__ import annotations


class StateError(Exception):
    """Base of everything that the store raises."""


class StoreInUse(StateError):
    """Another process has it. Two bots on one store would each count half of the orders."""


class StoreTooNew(StateError):
    """A newer version of the bot wrote it."""


class StoreUnreadable(StateError):
    """It is no store of this bot, or it is damaged, or it cannot be opened."""


class StoreFailed(StateError):
    """Something could not be read or kept."""
