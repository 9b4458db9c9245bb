"""What is said of captures: where they are, that they are secret, or why there are none. Never what is in them."""

from __future__ import annotations

from downtick.history import Event


def capture_words(event: Event) -> str | None:
    """Return what an event tells of captures, as a sentence; None if it tells nothing of them."""
    match event.kind:
        case "capturing":
            files = ", ".join((*event["files"].values(), event["key_log"]))
            return f"SECRET, for they hold keys and all that was sent: {files}, beside the history"
        case "no_capture":
            return f"no capture: {event['reason']}"
        case "captured" if lost := {
            link: count["dropped"] for link, count in event["counts"].items() if count["dropped"]
        }:
            told = ", ".join(f"{count} of {link}" for link, count in lost.items())
            return f"packets missing from the captures, for which the kernel had no room: {told}"
        case _:
            return None
