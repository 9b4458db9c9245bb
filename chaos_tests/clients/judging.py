"""Holds what a client saw against what the exchange did."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from chaos_tests.clients.running import Seen
from downtick.history import Event
from downtick.rig import Rig

CANCELLED = ("CANCELLED", "canceled")
FILLED = ("FILLED", "closed", "done", "filled")
OPEN = ("OPEN", "open")


def assert_traded(rig: Rig, seen: Seen, *, edits: bool = True) -> None:
    """Check that the ledger has what a client did: an order placed, edited and cancelled, and another one filled.

    Args:
        rig: with the exchange's journal.
        seen: what the client told.
        edits: whether this client can edit an order in its place.
    """
    placed, cancelled = seen["placed"], seen["cancelled"]
    story = _story(rig, placed["order_id"])
    assert story[0].data["client_order_id"] == placed["client_order_id"]
    assert placed["status"] in OPEN
    if edits:
        edited = seen["edited"]
        assert _numbers(edited["found"]) == _numbers(edited["asked"])
        if edited["order_id"] == placed["order_id"]:
            assert [event.data["change"] for event in story] == ["accepted", "edited", "ended"]
            ticket = story[1].data["detail"]["ticket"]
        else:  # the client cancelled the order and placed another one
            ticket = _story(rig, edited["order_id"])[0].data["detail"]
        assert _numbers([ticket["base_size"], ticket["limit_price"]]) == _numbers(edited["asked"])
    assert seen["open orders"]["order_ids"] == [cancelled["order_id"]]
    assert cancelled["status"] in CANCELLED
    for number in {placed["order_id"], cancelled["order_id"]}:
        assert _story(rig, number)[-1].data["status"] == "CANCELLED"
    _assert_filled(rig, seen["filled"])


def assert_told(orders: dict[str, list[str]], seen: Seen) -> None:
    """Check that a user feed told how the two orders ended."""
    assert orders[seen["cancelled"]["order_id"]][-1] in CANCELLED
    assert orders[seen["filled"]["order_id"]][-1] in FILLED


def assert_welcome(
    rig: Rig, *, statuses: Collection[int] = (), refused: Collection[str] = ()
) -> None:
    """Check that every connection came over TLS and went by the client's wish, and that nothing was refused.

    Args:
        rig: with the exchange's journal.
        statuses: with which requests were refused all the same.
        refused: why subscriptions were.
    """
    accepted = {event.data["conn"] for event in rig.history.select("accepted")}
    assert {event.data["conn"] for event in rig.history.select("tls")} == accepted
    answers = rig.history.select("answer")
    assert sorted(e.data["status"] for e in answers if e.data["status"] != 200) == sorted(statuses)
    messages = rig.history.select("frame_received", type="refused")
    assert {event.data["reason"] for event in messages} == set(refused)
    assert {event.data["by"] for event in rig.history.select("closed")} <= {"bot"}


def _assert_filled(rig: Rig, filled: dict[str, Any]) -> None:
    story = _story(rig, filled["order_id"])
    fills = [event.data["detail"]["fill"] for event in story if event.data["change"] == "matched"]
    wanted = [_numbers([fill["size"], fill["price"], fill["commission"]]) for fill in fills]
    assert wanted
    assert sorted(_numbers(told) for _, *told in filled["fills"]) == sorted(wanted)
    assert len({number for number, *_ in filled["fills"]}) == len(wanted)
    assert filled["status"] in FILLED
    assert story[-1].data["status"] == "FILLED"


def _story(rig: Rig, order_id: str) -> list[Event]:
    return rig.history.select("ledger", order_id=order_id)


def _numbers(figures: Iterable[str | float]) -> list[float]:
    """Return figures as clients have them that count in floats."""
    return [float(figure) for figure in figures]
