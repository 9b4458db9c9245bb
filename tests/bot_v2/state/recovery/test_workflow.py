"""Recoveries from the outages and lies that real exchanges have had."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot_v2.features.brokerages.broker import RateLimited, Rejected, Unavailable, Unknown
from bot_v2.metrics import MetricsCollector
from bot_v2.state.intent import Intent
from bot_v2.state.recovery.absence import fresh, never
from bot_v2.state.recovery.report import RecoveryReport
from bot_v2.state.recovery.settings import RecoverySettings
from bot_v2.state.recovery.workflow import RecoveryWorkflow
from bot_v2.state.store import StateStore
from tests.bot_v2.state.orders import T0, D, report, request
from tests.bot_v2.state.recovery.exchange import Exchange, World

SETTINGS = RecoverySettings()


class Case:
    """A store that believes to hold one bitcoin, and an exchange that has it."""

    def __init__(self) -> None:
        self.world = World()
        self.exchange = Exchange(self.world, **{"BTC-USD": "1"})
        self.store = StateStore.open(":memory:")
        self.metrics = MetricsCollector()
        self.recovery = self.workflow()

    def workflow(self, resend: bool = False, **settings: Any) -> RecoveryWorkflow:
        """Return one, as after a start of the bot."""
        self.recovery = RecoveryWorkflow(
            self.exchange,
            self.store,
            RecoverySettings(**settings),
            self.metrics,
            wanted=fresh(SETTINGS) if resend else never,
            clock=self.world.clock,
        )
        return self.recovery

    async def intend(self, name: str = "a", state: str = "unknown", **changes: Any) -> Intent:
        """Write an order down, and have its answer lost."""
        await self.store.write_intent(request(name, **changes), T0 + self.world.now)
        await self.store.mark_sent(name)
        if state == "unknown":
            await self.store.mark_unknown(name)
        return await self.intent(name)

    async def intent(self, name: str = "a") -> Intent:
        found = await self.store.find_intent(name)
        assert found is not None
        return found

    async def held(self) -> Any:
        return (await self.store.position_belief()).get("BTC-USD")

    async def until_clear(self, within: float, pause: float = 1.0) -> RecoveryReport:
        """Run again and again until it may resume."""
        while True:
            report = await self.recovery.run()
            if report.may_resume:
                return report
            assert self.world.now < within, report.reason
            self.world.advance(pause)


@pytest.fixture
async def case() -> AsyncIterator[Case]:
    made = Case()
    await made.store.set_position("BTC-USD", D(1))
    yield made
    await made.store.close()


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


async def test_zero_balances_are_not_believed(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """However often they are told (Coinbase, 2024-02-28); trading stays off, and the log has the figures."""
    case.exchange.lie = {"BTC-USD": D(0)}
    case.world.at(3000, lambda: setattr(case.exchange, "lie", None))
    with caplog.at_level(logging.ERROR):
        first = await case.recovery.run()
    assert not first.may_resume
    assert first.reason == "BTC-USD is believed to be 1, the broker tells 0"
    assert "not believed, and asked again: BTC-USD is believed to be 1" in caplog.text
    assert case.exchange.asked.count("positions") > 10
    await case.until_clear(within=3500, pause=300)
    assert case.world.now >= 3000
    assert await case.held() == 1


async def test_a_product_that_is_missing_is_a_lie_too(case: Case) -> None:
    """An empty answer is no flat book."""
    case.exchange.lie = {}
    assert not (await case.recovery.run()).may_resume
    assert await case.held() == 1


async def test_empty_fills_take_nothing_back(case: Case) -> None:
    """Orders and position stand against them."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.late.add(case.exchange.match("a"))
    await case.until_clear(within=10)
    case.world.advance(500)
    await case.until_clear(within=510)
    assert await case.held() == 2


async def test_a_fill_between_two_answers_is_no_dispute(case: Case) -> None:
    """What was told of the position is held against the orders of before and after."""
    await case.intend()
    case.exchange.place(request())
    assert (await case.recovery.run()).may_resume
    told = case.exchange.get_positions

    async def filled_meanwhile() -> Any:
        if case.exchange.orders["a"].status == "open":
            case.exchange.match("a")
        return await told()

    case.exchange.get_positions = filled_meanwhile  # type: ignore[method-assign]
    assert (await case.recovery.run()).rounds == 1
    assert await case.held() in {1, 2}


async def test_a_position_from_before_a_fill_is_no_dispute(case: Case) -> None:
    """Another product is in dispute, and while that is looked at again, this one is filled."""
    await case.intend()
    case.exchange.place(request())
    told = case.exchange.get_positions

    async def filled_afterwards() -> Any:
        positions = await told()
        if case.exchange.orders["a"].status == "open":
            case.exchange.match("a")
        return {**positions, "ETH-USD": D(9)}

    await case.store.set_position("ETH-USD", D(5))
    case.exchange.get_positions = filled_afterwards  # type: ignore[method-assign]
    found = await case.recovery.round()
    assert [each.symbol for each in found.disputes] == ["ETH-USD"]


async def test_a_fill_after_the_cancel_is_booked_once(case: Case) -> None:
    """Also if it comes in the midst of the recovery (nautilus_trader pull request 4991)."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.cancel("a")
    case.exchange.hidden.add("a")
    case.world.at(4, case.exchange.hidden.clear)
    case.world.at(6, lambda: case.exchange.match("a", "0.5"))
    await case.recovery.run()
    case.world.advance(10)
    for _ in range(3):
        assert (await case.recovery.run()).may_resume
    assert await case.held() == D("1.5")
    assert (await case.intent()).state == "over"


async def test_a_stale_replica_takes_nothing_back(case: Case) -> None:
    """All its answers fit together, and are a minute old."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.freeze()
    case.exchange.match("a")
    await case.store.update(case.exchange.orders["a"])
    await case.store.record_fills([*case.exchange.matches.values()])
    case.world.at(60, case.exchange.thaw)
    report = await case.until_clear(within=100)
    assert case.world.now >= 60
    assert report.may_resume
    assert await case.held() == 2
    assert case.metrics.get_counter("fills_unbooked") == 0


async def test_a_voided_fill_is_unbooked_in_the_end(case: Case) -> None:
    """When position, order and fills have told the same story for long enough (nautilus_trader pull request 4491)."""
    await case.intend()
    case.exchange.place(request())
    case.exchange.match("a", "0.4")
    gone = case.exchange.match("a", "0.6")
    assert (await case.recovery.run()).may_resume
    assert await case.held() == 2
    case.exchange.void(gone)
    await case.until_clear(within=200)
    assert case.world.now >= SETTINGS.void_for
    assert await case.held() == D("1.4")
    assert (await case.intent()).filled == D("0.4")


async def test_what_is_explained_only_in_part_is_not_believed(case: Case) -> None:
    """A fill was voided, and more than that is missing."""
    await case.intend()
    case.exchange.place(request())
    gone = case.exchange.match("a")
    assert (await case.recovery.run()).may_resume
    case.exchange.void(gone)
    case.exchange.base["BTC-USD"] = D("0.5")
    for _ in range(4):
        assert not (await case.recovery.run()).may_resume
        case.world.advance(50)
    assert await case.held() == 2


async def test_after_a_rollback_the_books_are_the_exchanges(case: Case) -> None:
    """The order and its fills have never been (Paradex, 2026-01-19)."""
    await case.intend(side="sell")
    case.exchange.place(request(side="sell"))
    case.exchange.match("a", "0.5")
    assert (await case.recovery.run()).may_resume
    assert await case.held() == D("0.5")
    case.exchange.orders.clear()
    case.exchange.matches.clear()
    await case.until_clear(within=200)
    assert await case.held() == 1


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
