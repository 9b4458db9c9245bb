"""Every exception that the streaming client raises on purpose.

::

    StreamingError
    ├── ClientClosed     asked of a client that was closed
    └── ClientCrashed    the client's background task ended in an error of its own; the error is the cause

The network is no exception: a lost connection is made again, and shows as a `Gap` among the messages.
"""

from __future__ import annotations


class StreamingError(Exception):
    """Base of everything that the streaming client raises on purpose."""


class ClientClosed(StreamingError):
    """The client was closed. Make a new one."""


class ClientCrashed(StreamingError):
    """The background task ended in an error of its own, which is the cause of this one."""
