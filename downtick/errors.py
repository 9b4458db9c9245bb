"""Every exception that downtick raises on purpose.

::

    DowntickError
    ├── InputError                 what the user gave cannot be used; nothing was started (exit code 2)
    │   ├── ProfileError           a profile does not load; carries every problem of the file
    │   ├── TopologyError          a link would lead somewhere it must not, or is described wrongly
    │   ├── ToxicError             a toxic or its attributes are refused before Toxiproxy hears of them
    │   └── ToxiproxyNotFound      no Toxiproxy 2.12.0 could be had; carries every attempt and its reason
    ├── RigError                   the rig itself failed: never a verdict on the bot (exit code 4)
    │   ├── ToxiproxyError
    │   │   ├── ToxiproxyDied      the server ended before the test did; carries the end of its log
    │   │   ├── ToxiproxyRefused   the server answered something other than 2xx, or not in time
    │   │   └── ToxicIgnored       the server's echo is not what was asked
    │   ├── PortTaken              a link could not come back on its port
    │   ├── NotArmed               a reset was asked of a link that can only close
    │   ├── ArenaError
    │   │   ├── ArenaDied          the helper process ended; carries the end of its log
    │   │   └── ArenaLate          the helper process was later than its limit
    │   ├── ExchangeFailed         the stub exchange met an error of its own
    │   └── NoSteadyState          a link that the profile names delivered nothing within `warm_up`
    ├── Interrupted                somebody ended a run before its end; it is not judged
    └── DeadlineMissed             an awaited event did not happen in time (an AssertionError too)
"""

from __future__ import annotations


class DowntickError(Exception):
    """Base of everything that downtick raises on purpose."""

    exit_code = 4


class InputError(DowntickError):
    """What the user gave cannot be used. Nothing was started."""

    exit_code = 2


class ProfileError(InputError):
    """A profile does not load.

    Attributes:
        problems: every problem of the file, one line each: ``file:line:column: message``.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TopologyError(InputError):
    """A link would lead somewhere it must not, or its description is wrong."""


class ToxicError(InputError):
    """A toxic or its attributes are refused before Toxiproxy hears of them."""


class ToxiproxyNotFound(InputError):
    """No Toxiproxy of the pinned version could be had.

    Attributes:
        attempts: what was tried and why it failed, one line each, in the order tried.
    """

    def __init__(self, message: str, attempts: tuple[str, ...]) -> None:
        super().__init__("\n".join((message, *(f"  - {attempt}" for attempt in attempts))))
        self.attempts = attempts


class RigError(DowntickError):
    """The rig itself failed. This never says anything about the bot."""


class ToxiproxyError(RigError):
    """Something is wrong with the Toxiproxy server."""


class ToxiproxyDied(ToxiproxyError):
    """The server ended before the test did. The message carries the end of its log."""


class ToxiproxyRefused(ToxiproxyError):
    """The server answered something other than 2xx, or not in time."""


class ToxicIgnored(ToxiproxyError):
    """The server's echo is not what was asked: the toxic would not do what the test says."""


class PortTaken(RigError):
    """Another process took a link's port while the link was down."""


class NotArmed(RigError):
    """A reset was asked of a link whose open connections can only be closed."""


class ArenaError(RigError):
    """Something is wrong with the arena, the helper process."""


class ArenaDied(ArenaError):
    """The arena ended. The message carries the end of its log."""


class ArenaLate(ArenaError):
    """The arena acted later than its limit, so what it recorded would judge the bot unfairly."""


class ExchangeFailed(RigError):
    """The stub exchange met an error of its own, so what it did is no measure of the bot."""


class NoSteadyState(RigError):
    """A link that the profile names delivered nothing within ``warm_up``."""


class Interrupted(DowntickError):
    """Somebody ended a run before its end. It is not judged."""


class DeadlineMissed(DowntickError, AssertionError):
    """An awaited event did not happen in time. A test that waits for it fails with this."""

    exit_code = 1
