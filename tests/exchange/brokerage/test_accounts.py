"""Accounts are listed with what is free and what is held."""

from __future__ import annotations

from decimal import Decimal

from tests.exchange.brokerage.site import START, Site, limit


def test_accounts_with_their_balances() -> None:
    """What an open order needs is on hold, and not available."""
    site = Site()
    order_id = site.placed("mine", "SELL", limit_limit_gtc=limit("0.5", "99999"))
    told = site.ask("GET /accounts")
    assert (told["has_next"], told["cursor"], told["size"]) == (False, "", 4)
    by_currency = {account["currency"]: account for account in told["accounts"]}
    assert by_currency["BTC"]["available_balance"] == {"value": "1.5", "currency": "BTC"}
    assert by_currency["BTC"]["hold"] == {"value": "0.5", "currency": "BTC"}
    assert by_currency["BTC"]["type"] == by_currency["USDC"]["type"] == "ACCOUNT_TYPE_CRYPTO"
    assert by_currency["USD"]["type"] == "ACCOUNT_TYPE_FIAT"
    assert Decimal(by_currency["USD"]["available_balance"]["value"]) == 100_000
    site.ask("POST /orders/batch_cancel", {"order_ids": [order_id]})
    again = {account["currency"]: account for account in site.ask("GET /accounts")["accounts"]}
    assert again["BTC"]["hold"]["value"] == "0"


def test_one_account() -> None:
    """An account's own route tells what the list tells of it."""
    site = Site()
    for account in site.ask("GET /accounts")["accounts"]:
        assert site.ask(f"GET /accounts/{account['uuid']}") == {"account": account}


def test_an_account_that_is_not_there() -> None:
    """404."""
    assert Site().ask("GET /accounts/nothing", status=404)["error"] == "NOT_FOUND"


def test_pages_of_49_and_never_more_than_250() -> None:
    """The default and the most, as documented."""
    site = Site()
    for number in range(300):
        site.venue.ledger.credit(f"C{number:03}", Decimal(1), START)
    first = site.ask("GET /accounts")
    assert (len(first["accounts"]), first["size"], first["has_next"]) == (49, 49, True)
    second = site.ask(f"GET /accounts?limit=9999&cursor={first['cursor']}")
    assert (len(second["accounts"]), second["has_next"]) == (250, True)
    third = site.ask(f"GET /accounts?limit=9999&cursor={second['cursor']}")
    assert (len(third["accounts"]), third["has_next"], third["cursor"]) == (5, False, "")
    pages = first["accounts"] + second["accounts"] + third["accounts"]
    assert len({account["uuid"] for account in pages}) == 304


def test_the_same_seed_has_the_same_ids() -> None:
    """A test can know them."""
    first, second = (Site().ask("GET /accounts")["accounts"] for _ in range(2))
    assert [account["uuid"] for account in first] == [account["uuid"] for account in second]


def test_another_portfolio_has_no_accounts() -> None:
    """There is one portfolio."""
    site = Site()
    ours = site.venue.identity.portfolio_id
    assert site.ask("GET /accounts?retail_portfolio_id=another")["accounts"] == []
    assert len(site.ask(f"GET /accounts?retail_portfolio_id={ours}")["accounts"]) == 4
