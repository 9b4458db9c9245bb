"""Recoveries from the outages and lies that real exchanges have had."""

from __future__ import annotations

from typing import Any

import pytest

from bot_v2.features.brokerages.broker import RateLimited, Rejected, Unavailable, Unknown
from tests.bot_v2.state.orders import T0, D, report, request
from tests.bot_v2.state.recovery.case import SETTINGS, Case


async def test_agreement_is_one_round(case: Case) -> None:
    """Nothing to settle: it says what is held, and since when they agree."""
    report = await case.recovery.run()
    assert report.may_resume
    assert report.rounds == 1
    assert report.reason == "broker and store agree: 1 BTC-USD, 0 open orders"
    assert await case.store.agreed_at() == T0


async def test_the_first_position_is_believed_when_told_thrice(case: Case) -> None:
    """Nothing to compare with: then at least it must stay the same."""
    case.exchange.base["ETH-USD"] = D(5)
    case.world.at(2, lambda: case.exchange.base.update({"ETH-USD": D(7)}))
    report = await case.recovery.run()
    assert report.may_resume
    assert report.rounds == 4
    assert (await case.store.position_belief())["ETH-USD"] == 7


async def test_a_position_of_fills_alone_is_no_belief_yet(case: Case) -> None:
    """An adopted order was filled before anybody had said what was held."""
    case.exchange.base["ETH-USD"] = D(5)
    await case.intend(symbol="ETH-USD")
    case.exchange.place(request(symbol="ETH-USD"))
    case.exchange.match("a")
    await case.store.update(case.exchange.orders["a"])
    assert (await case.store.position_belief())["ETH-USD"] == 1
    assert (await case.recovery.run()).may_resume
    assert (await case.store.position_belief())["ETH-USD"] == 6


async def test_an_order_that_was_filled_at_once_is_found(case: Case) -> None:
    """Not among the open orders does not mean that it was never placed (ccxt pull request 1880)."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.match("a")
    report = await case.recovery.run()
    assert report.may_resume
    assert (await case.intent()).state == "over"
    assert await case.held() == 2


async def test_an_open_order_is_known_again(case: Case) -> None:
    """It counts as open, and trading may go on."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.match("a", "0.25")
    report = await case.recovery.run()
    assert report.may_resume
    (intent,) = report.finding.open
    assert (intent.state, intent.remaining) == ("known", D("0.75"))
    assert await case.held() == D("1.25")


async def test_an_order_that_is_not_found_for_a_minute_is_waited_for(case: Case) -> None:
    """Accepted orders were "not found" for seconds to minutes (freqtrade issue 6392): nothing is concluded."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.hidden.add("a")
    case.world.at(60, lambda: case.exchange.match("a"))
    case.world.at(60, case.exchange.hidden.clear)
    first = await case.recovery.run()
    assert not first.may_resume
    assert "of order a (buy 1 BTC-USD) it is not known whether it exists" in first.reason
    assert first.seconds <= SETTINGS.run_for
    assert (await case.intent()).state == "unknown"
    await case.until_clear(within=100)
    assert (await case.intent()).state == "over"
    assert await case.held() == 2
    assert case.exchange.sent == []


async def test_an_absent_order_that_is_wanted_is_placed_again_under_its_name(case: Case) -> None:
    """After several looks, not after the first."""
    await case.intend()
    report = await case.workflow(resend=True).run()
    assert report.may_resume
    assert report.seconds >= SETTINGS.resend_after
    assert case.exchange.sent == ["a"]
    assert (await case.intent()).state == "known"
    assert case.metrics.get_counter("orders_resent") == 1


async def test_placed_again_it_is_the_order_that_was_there(case: Case) -> None:
    """The one that was only not shown is the answer, and there is no second."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.match("a")
    case.exchange.hidden.add("a")
    case.world.at(17, case.exchange.hidden.clear)
    assert (await case.workflow(resend=True).run()).may_resume
    assert [*case.exchange.orders] == ["a"]
    assert await case.held() == 2


@pytest.mark.parametrize("changes", [{"limit_price": None}, {}])
async def test_what_is_not_wanted_is_never_placed_again(case: Case, changes: Any) -> None:
    """A market order, or one that is too old: it waits and stays out."""
    await case.intend(**changes)
    case.workflow(resend=True)
    if not changes:
        case.world.advance(61)
    assert not (await case.recovery.run()).may_resume
    assert case.exchange.sent == []


async def test_a_refusal_of_the_second_request_proves_nothing(case: Case) -> None:
    """The first may hold the funds. It is tried three times, and then only waited for."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.hidden.add("a")
    case.exchange.refusal = Rejected("INSUFFICIENT_FUND")
    case.workflow(resend=True, wanted_for=1000.0, run_for=200.0)
    assert not (await case.recovery.run()).may_resume
    assert case.exchange.sent == ["a"] * 3
    assert (await case.intent()).state == "unknown"


async def test_absent_for_a_quarter_of_an_hour_it_does_not_exist(case: Case) -> None:
    """Longer than any that came up again; until then, nothing is traded."""
    await case.intend()
    await case.until_clear(within=1100, pause=100)
    assert case.world.now >= SETTINGS.absent_for
    intent = await case.intent()
    assert intent.state == "refused"
    assert "not shown in" in str(intent.reason)


async def test_absence_is_counted_anew_after_an_outage(case: Case) -> None:
    """Orders that were kept back in an outage are placed after it."""
    await case.intend()
    case.workflow(absent_for=20.0, errors_in_a_row=50)
    case.exchange.errors = [None] * 24 + [Unavailable("503")]
    case.world.at(30, lambda: case.exchange.place(request()))
    while not (await case.recovery.run()).may_resume:
        pass
    assert (await case.intent()).state == "known"


async def test_what_was_given_up_and_shows_is_booked(case: Case) -> None:
    """The list of open orders, or its fills, bring it back."""
    for name in "ab":
        await case.intend(name)
        await case.store.mark_lost(name, "not shown")
        case.exchange.place(request(name))
    case.exchange.match("b", "1")
    report = await case.recovery.run()
    assert report.may_resume
    assert (await case.intent("a")).state == "known"
    assert (await case.intent("b")).state == "over"
    assert await case.held() == 2


async def test_a_known_order_that_is_not_found_counts_as_open(case: Case) -> None:
    """It keeps nobody from trading, and limits count it."""
    await case.intend()
    await case.store.mark_known(report(request()))
    result = await case.recovery.run()
    assert result.may_resume
    assert [each.remaining for each in result.finding.open] == [D(1)]


async def test_an_order_whose_answer_is_waited_for_is_left_alone(case: Case) -> None:
    """Not placed again, not given up."""
    await case.intend(state="sent")
    case.workflow(resend=True, absent_for=10.0)
    assert not (await case.recovery.run()).may_resume
    assert case.exchange.sent == []
    assert (await case.intent()).state == "sent"


async def test_an_open_order_that_was_not_written_down_is_adopted(case: Case) -> None:
    """The store was lost, the order was not."""
    case.exchange.place(request("z"))
    report = await case.recovery.run()
    assert report.may_resume
    assert [each.client_order_id for each in report.finding.open] == ["z"]
    case.exchange.match("z")
    assert (await case.recovery.run()).may_resume
    assert await case.held() == 2


async def test_an_order_without_our_name_is_not_ours(case: Case) -> None:
    """What it does to the position is in dispute."""
    order = case.exchange.place(request("z"))
    case.exchange.orders["z"] = report(request(""), order_id=order.order_id)
    assert (await case.recovery.run()).finding.open == ()


async def test_fills_of_others_are_not_booked(case: Case) -> None:
    """Nor is the position that they lead to believed."""
    case.exchange.place(request("z"))
    case.exchange.match("z")
    await case.intend(side="sell")
    assert not (await case.recovery.run()).may_resume
    assert await case.held() == 1


async def test_errors_are_borne_twice(case: Case) -> None:
    """Then the answer comes, and everything is well."""
    case.exchange.errors = [Unavailable("503"), Unknown("cut")]
    report = await case.recovery.run()
    assert (report.may_resume, report.rounds) == (True, 3)


async def test_an_outage_ends_the_recovery(case: Case) -> None:
    """With the broker's own error."""
    case.exchange.errors = [Unavailable("503")] * 3
    with pytest.raises(Unavailable, match="503"):
        await case.recovery.run()


async def test_too_many_requests_are_waited_for_or_too_much(case: Case) -> None:
    """As long as the broker says, if that is in the bound."""
    case.exchange.errors = [RateLimited("slow down", 9.0)]
    assert (await case.recovery.run()).seconds == 9
    case.exchange.errors = [RateLimited("slow down", 99.0)]
    with pytest.raises(RateLimited):
        await case.recovery.run()


async def test_a_client_that_fails_is_an_outage(case: Case) -> None:
    """Its mistake does not end the bot."""

    async def broken() -> Any:
        raise TypeError("a mistake")

    case.exchange.open_orders = broken  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="open orders: TypeError"):
        await case.recovery.run()


async def test_settle_asks_once(case: Case) -> None:
    """It waits for nothing, and returns the intent as it is now."""
    intent = await case.intend()
    assert (await case.recovery.settle(intent)).state == "unknown"
    assert case.world.now == 0
    case.exchange.place(request())
    case.exchange.match("a")
    settled = await case.recovery.settle(intent)
    assert (settled.state, settled.filled) == ("over", D(1))
    assert await case.recovery.settle(intent) == settled
    case.exchange.errors = [Unavailable("503")]
    with pytest.raises(Unavailable):
        await case.recovery.settle(await case.intend("b"))


async def test_the_same_in_a_tenth_of_the_time(case: Case) -> None:
    """All durations follow the time scale."""
    await case.intend()
    case.workflow(time_scale=0.1)
    assert (await case.recovery.run()).seconds <= 3
    await case.until_clear(within=110, pause=10)
    assert 90 <= case.world.now < 110
