from __future__ import annotations

from typing import Any

import pytest

from downtick.exchange.ledger import Flags, LedgerSettings
from tests.exchange.brokerage.site import PERPETUAL, START
from tests.exchange.pro.floor import Floor

OID = "d50ec984-77a8-460a-b958-66f114b0de9b"
NOBODY = "aaaaaaaa-77a8-460a-b958-66f114b0de9b"


def test_a_new_order_is_pending() -> None:
    """As Coinbase answers a POST, whatever became of the order since."""
    floor = Floor()
    told = floor.place(client_oid=OID)
    assert told == {
        "id": told["id"],
        "product_id": "BTC-USD",
        "profile_id": floor.venue.identity.portfolio_id,
        "side": "buy",
        "type": "limit",
        "post_only": False,
        "created_at": "2026-09-30T02:37:15.057778Z",
        "fill_fees": "0.0000000000000000",
        "filled_size": "0.00000000",
        "executed_value": "0.0000000000000000",
        "market_type": "spot",
        "funding_currency": "USD",
        "client_oid": OID,
        "size": "0.00100000",
        "price": "10000.00000000",
        "time_in_force": "GTC",
        "status": "pending",
        "settled": False,
    }
    assert floor.place(type="market", price=None)["status"] == "pending"


def test_the_journal_keeps_the_true_book_that_an_order_met() -> None:
    """As in the other dialect."""
    floor = Floor()
    floor.place()
    (told,) = (told for kind, told in floor.journal if kind == "true_book")
    assert told["product"] == "BTC-USD"
    assert float(told["bid"]) < float(told["ask"])


@pytest.mark.parametrize("path", ["{}", f"client:{OID}"])
def test_an_order_is_found_by_either_name(path: str) -> None:
    """It is open by then."""
    floor = Floor()
    placed = floor.place(client_oid=OID)
    found = floor.ask(f"GET /orders/{path.format(placed['id'])}")
    assert found == {**placed, "status": "open"}


def test_a_filled_order_is_done_and_settled() -> None:
    """With what it cost."""
    floor = Floor()
    placed = floor.place(type="market", price=None, size="0.001")
    found = floor.ask(f"GET /orders/{placed['id']}")
    (fill,) = floor.ledger.state.fills
    assert (found["status"], found["done_reason"], found["settled"]) == ("done", "filled", True)
    assert found["filled_size"] == "0.00100000"
    assert float(found["executed_value"]) == pytest.approx(float(fill.price * fill.size))
    assert float(found["fill_fees"]) == pytest.approx(float(fill.commission))
    assert found["done_at"] == "2026-09-30T02:37:15.057778Z"
    assert "price" not in found


def test_the_same_name_is_the_same_order() -> None:
    """A client that asks again gets the order that it has, as it stands."""
    floor = Floor()
    placed = floor.place(client_oid=OID)
    again = floor.place(client_oid=OID, size="0.5")
    assert again == {**placed, "status": "open"}
    assert len(floor.ledger.state.orders) == 1


def test_a_name_that_was_used_can_be_made_an_error() -> None:
    """If the ledger is told so."""
    floor = Floor(settings=LedgerSettings(duplicate_client_order_id="reject"))
    floor.place(client_oid=OID)
    body = {"product_id": "BTC-USD", "side": "buy", "price": "1", "size": "1", "client_oid": OID}
    assert floor.refused("POST /orders", body) == "The client_order_id was used before"


def test_orders_without_a_name_are_different_ones() -> None:
    """Each gets one."""
    floor = Floor()
    names = {floor.place()["client_oid"] for _ in range(3)}
    assert len(names) == 3


@pytest.mark.parametrize("path", ["{}", f"client:{OID}"])
def test_a_cancelled_order_that_was_never_matched_is_purged(path: str) -> None:
    """The cancel is answered with the order's id; then nobody finds the order any more."""
    floor = Floor()
    placed = floor.place(client_oid=OID)
    where = path.format(placed["id"])
    assert floor.ask(f"DELETE /orders/{where}?product_id=BTC-USD") == placed["id"]
    assert floor.refused(f"GET /orders/{where}", status=404) == "NotFound"
    assert floor.ask("GET /orders?status=all") == []
    assert floor.refused(f"DELETE /orders/{where}") == "Order already done"


def test_a_cancelled_order_that_was_matched_stays() -> None:
    """It is done, by being cancelled."""
    floor = Floor()
    ask = floor.state.book("BTC-USD").best_ask
    assert ask is not None
    placed = floor.place(price=str(ask.price), size=str(ask.quantity + 1))
    floor.ask(f"DELETE /orders/{placed['id']}")
    found = floor.ask(f"GET /orders/{placed['id']}")
    assert (found["status"], found["done_reason"]) == ("done", "canceled")


def test_what_is_not_there_cannot_be_cancelled() -> None:
    """And what is no id is none."""
    floor = Floor()
    assert floor.refused(f"DELETE /orders/{NOBODY}", status=404) == "order not found"
    assert floor.refused(f"DELETE /orders/client:{NOBODY}", status=404) == "order not found"
    assert floor.refused(f"GET /orders/{NOBODY}", status=404) == "NotFound"
    assert floor.refused("GET /orders/7") == "Invalid order id"
    assert floor.refused("DELETE /orders/client:") == "Invalid order id"


def test_all_orders_are_cancelled_or_those_of_a_product() -> None:
    """The answer lists them. A body is passed over."""
    floor = Floor()
    bitcoin = [floor.place()["id"] for _ in range(2)]
    ether = floor.place(product_id="ETH-USD", price="100", size="0.1")["id"]
    assert floor.ask("DELETE /orders?product_id=ETH-USD", {"product_id": "BTC/USD"}) == [ether]
    assert floor.ask("DELETE /orders") == bitcoin
    assert floor.ask("DELETE /orders") == []
    assert floor.refused("DELETE /orders?product_id=X-Y", status=404) == "Product not found"


def test_orders_are_listed_by_their_states() -> None:
    """Those that are open, unless told otherwise."""
    floor = Floor()
    resting = floor.place()["id"]
    waiting = floor.place(side="sell", stop="loss", stop_price="60000", price="59000")["id"]
    filled = floor.place(type="market", price=None)["id"]

    def ids(query: str) -> list[str]:
        return [found["id"] for found in floor.ask(f"GET /orders{query}")]

    assert ids("") == [waiting, resting]
    assert ids("?status=open") == [resting]
    assert ids("?status=active") == [waiting]
    assert ids("?status=open&status=active&status=pending&limit=1000") == [waiting, resting]
    assert ids("?status=done") == [filled]
    assert ids("?status=all") == [filled, waiting, resting]
    assert ids("?product_id=ETH-USD") == []
    assert floor.refused("GET /orders?status=closed") == "closed is not a valid status"


def test_a_page_leads_to_the_next_one() -> None:
    """By the cursors in its headers: after is older, before is newer."""
    floor = Floor()
    ids = [floor.place()["id"] for _ in range(5)][::-1]
    first = floor.answer("GET /orders?limit=2")
    older = floor.ask(f"GET /orders?limit=2&after={first.headers['CB-AFTER']}")
    newer = floor.ask(f"GET /orders?before={first.headers['CB-AFTER']}")
    assert [found["id"] for found in older] == ids[2:4]
    assert [found["id"] for found in newer] == ids[:1]
    last = floor.answer("GET /orders?after=1")
    assert (last.answer.body, last.headers) == (b"[]", {})


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"size": "1000"}, "Insufficient funds"),
        ({"size": "0.000000001"}, "size is too small. Minimum size is 0.00000001"),
        ({"size": "0.0000000109"}, "size is too accurate. Smallest unit is 0.00000001"),
        ({"size": "99999999"}, "size is too large. Maximum size is"),
        ({"price": "100.001"}, "price is too accurate. Smallest unit is 0.01000000"),
        ({"type": "market", "size": None, "funds": "0.5"}, "funds is too small. Minimum size is 1"),
        ({"type": "market", "size": None, "funds": "5.001"}, "funds is too accurate"),
    ],
)
def test_a_refused_order_has_its_message(more: dict[str, Any], words: str) -> None:
    """HTTP 400, and nothing is taken."""
    floor = Floor()
    body = {"product_id": "BTC-USD", "side": "buy", "price": "10000", "size": "0.001", **more}
    assert floor.refused("POST /orders", body).startswith(words)
    assert not floor.ledger.state.orders


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (Flags(cancel_only=True), "Cancel only mode"),
        (Flags(trading_disabled=True), "Trading pair not available"),
        (Flags(status="delisted"), "Trading pair not available"),
        (Flags(post_only=True), "Post only mode"),
        (Flags(limit_only=True), "Limit only mode"),
    ],
)
def test_a_products_state_is_told(flags: Flags, words: str) -> None:
    """Cancels work all the same."""
    floor = Floor()
    placed = floor.place()
    floor.ledger.set_flags("BTC-USD", flags, START)
    body = {"product_id": "BTC-USD", "side": "buy", "type": "market", "size": "0.001"}
    assert floor.refused("POST /orders", body) == words
    assert floor.ask(f"DELETE /orders/{placed['id']}") == placed["id"]


def test_a_post_only_order_that_would_match_is_rejected() -> None:
    """It is answered like an order, and is none."""
    floor = Floor()
    told = floor.place(price="90000", post_only=True)
    assert (told["status"], told["reject_reason"]) == ("rejected", "post only")
    assert not floor.ledger.state.orders


@pytest.mark.parametrize("product_id", ["X-Y", PERPETUAL])
def test_a_product_that_is_not_traded_here_is_not_found(product_id: str) -> None:
    """Futures are none of this dialect's."""
    floor = Floor()
    body = {"product_id": product_id, "side": "buy", "price": "1", "size": "1"}
    assert floor.refused("POST /orders", body, status=404) == "Product not found"
