import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from downtick.errors import NotArmed, PortTaken, RigError, ToxicError, ToxiproxyRefused
from downtick.links.control import Control
from downtick.links.link import Link
from downtick.links.toxics import toxic
from downtick.links.vocabulary import LINK_FAULTS, TOXICS
from tests.links.fake_toxiproxy import FakeToxiproxy
from tests.links.test_toxics import GOOD


async def link(control: Control, *, armed: bool = False) -> Link:
    """Make a link."""
    return await Link.create(control, "rest", ("127.0.0.1", 80), proxy_name="p", armed=armed)


def state(fake: FakeToxiproxy) -> tuple[bool, list[tuple[str, float]]]:
    """Return whether the proxy listens, and its toxics."""
    proxy = fake.proxies["p"]
    return proxy["enabled"], [(t["name"], t["toxicity"]) for t in proxy["toxics"]]


async def test_an_unarmed_link_is_one_call(control: Control, fake: FakeToxiproxy) -> None:
    """A link knows where it listens as soon as it is there."""
    made = await link(control)
    assert (made.host, made.port, made.upstream) == ("127.0.0.1", 4711, ("127.0.0.1", 80))
    assert fake.calls == ["POST /proxies"]


async def test_a_link_is_armed_before_it_listens(control: Control, fake: FakeToxiproxy) -> None:
    """No connection can slip in between the proxy and its arming."""
    await link(control, armed=True)
    assert fake.calls == ["POST /proxies", "POST /proxies/p/toxics", "POST /proxies/p"]
    assert state(fake) == (True, [("armed", 0)])


@pytest.mark.parametrize("name", [*TOXICS, *LINK_FAULTS])
async def test_every_fault_starts_and_stops_by_its_name(
    control: Control, fake: FakeToxiproxy, name: str
) -> None:
    """Started and stopped, the link listens and no toxic strikes."""
    made = await link(control, armed=name != "close")
    echo = await made.start(name, GOOD.get(name, {}))
    assert echo.answers
    await made.stop(name)
    enabled, toxics = state(fake)
    assert enabled
    assert all(toxicity == 0 for _, toxicity in toxics)


@pytest.mark.parametrize(
    ("name", "attributes", "message"),
    [
        ("rest", {}, "no toxic or link fault is called 'rest'; did you mean 'reset'"),
        ("freeze", {"for": 1}, "freeze has no attribute 'for'"),
        ("blackhole", {"end": "rest"}, "end is 'rest'; did you mean 'reset'"),
    ],
)
async def test_faults_that_are_refused(
    control: Control, fake: FakeToxiproxy, name: str, attributes: dict[str, Any], message: str
) -> None:
    """A wrong name or attribute is refused before the server hears of it."""
    made = await link(control)
    with pytest.raises(ToxicError, match=message):
        await made.start(name, attributes)
    assert len(fake.calls) == 1


async def test_what_an_unarmed_link_cannot_do(control: Control, fake: FakeToxiproxy) -> None:
    """A reset that would be a close is refused, and so is a blackhole that would end in one."""
    made = await link(control)
    with pytest.raises(NotArmed, match="can only be closed"):
        await made.reset()
    with pytest.raises(NotArmed, match="cannot end in a reset"):
        await made.blackhole()
    assert len(fake.calls) == 1


async def test_what_an_armed_link_cannot_do(control: Control) -> None:
    """A close that would be a reset is refused, and so is a blackhole that would end in one."""
    made = await link(control, armed=True)
    with pytest.raises(RigError, match="it cannot close"):
        await made.close()
    with pytest.raises(RigError, match="cannot end a blackhole in a close"):
        await made.blackhole("close")


async def test_a_blackhole_ends_in_one_way(control: Control) -> None:
    """Asked again it is the same blackhole; the second end changes nothing."""
    made = await link(control, armed=True)
    await made.blackhole()
    assert (await made.blackhole()).answers == ()
    await made.end_blackhole()
    assert (await made.end_blackhole()).answers == ()


async def test_the_cut_comes_before_the_hole_is_closed(
    control: Control, fake: FakeToxiproxy
) -> None:
    """At the end of a blackhole connections are cut while both directions still lose everything."""
    made = await link(control, armed=True)
    await made.blackhole()
    fake.calls.clear()
    await made.end_blackhole()
    assert fake.calls == [
        "POST /proxies/p",
        "DELETE /proxies/p/toxics/blackhole_downstream",
        "DELETE /proxies/p/toxics/blackhole_upstream",
        "POST /proxies/p",
    ]


async def test_a_toxic_that_holds_data_is_switched_off(
    control: Control, fake: FakeToxiproxy
) -> None:
    """Removing it could hang for a client that left, so it is switched off, and on again when it is added."""
    made = await link(control)
    await made.start("latency", {"latency": 5})
    await made.stop("latency")
    assert state(fake) == (True, [("latency_downstream", 0)])
    await made.start("latency", {"latency": 7})
    assert fake.proxies["p"]["toxics"][0]["attributes"] == {"latency": 7, "jitter": 0}
    assert state(fake) == (True, [("latency_downstream", 1)])


async def test_a_name_that_another_toxic_had(control: Control, fake: FakeToxiproxy) -> None:
    """A toxic that was switched off makes way for another one of its name."""
    made = await link(control)
    await made.add_toxic(toxic("latency", {"latency": 5}, name="x"))
    await made.remove_toxic("x")
    await made.add_toxic(toxic("bandwidth", {"rate": 5}, name="x"))
    assert [t["type"] for t in fake.proxies["p"]["toxics"]] == ["bandwidth"]


async def test_toxics_that_are_there_or_not(control: Control) -> None:
    """A toxic cannot be added twice, nor removed when it is not there."""
    made = await link(control)
    await made.start("latency", {"latency": 5})
    with pytest.raises(RigError, match="has a toxic 'latency_downstream' already"):
        await made.start("latency", {"latency": 5})
    with pytest.raises(RigError, match="no toxic 'latency_upstream'; did you mean"):
        await made.stop("latency", stream="upstream")


async def test_a_down_link_has_nothing_to_cut(control: Control, fake: FakeToxiproxy) -> None:
    """A cut of a link that is down is refused and does not bring it up."""
    made = await link(control, armed=True)
    await made.down()
    with pytest.raises(RigError, match="no connection to reset"):
        await made.reset()
    assert state(fake)[0] is False


async def test_a_port_that_is_lost_in_a_reset(control: Control, fake: FakeToxiproxy) -> None:
    """A port that is taken in the middle of a reset is told, and healing brings the link back."""
    made = await link(control, armed=True)
    fake.calls.clear()
    answer = fake.request

    def taken(*arguments: Any, **options: Any) -> Any:
        if len(fake.calls) == 1:
            fake.fail["/proxies/p"] = (500, "bind: address already in use")
        return answer(*arguments, **options)

    fake.request = taken  # type: ignore[method-assign]
    with pytest.raises(PortTaken, match=r"rest cannot listen on 127\.0\.0\.1:4711 again"):
        await made.reset()
    await made.heal()
    assert state(fake)[0] is True


Step = Callable[[Link], Any]
STEPS: dict[str, Step] = {
    "down": Link.down,
    "freeze": Link.freeze,
    "blackhole": Link.blackhole,
    "latency": lambda made: made.start("latency", {"latency": 5}),
    "timeout": lambda made: made.start("timeout", {"timeout": 0}, stream="upstream"),
}


@pytest.mark.parametrize("first", STEPS)
@pytest.mark.parametrize("second", STEPS)
async def test_heal_from_two_faults(
    control: Control, fake: FakeToxiproxy, first: str, second: str
) -> None:
    """From any two faults, in any order, a link is healed to one that listens and passes everything."""
    made = await link(control, armed=True)
    await STEPS[first](made)
    if second != first:
        await STEPS[second](made)
    await made.heal()
    enabled, toxics = state(fake)
    assert enabled
    assert all(toxicity == 0 for _, toxicity in toxics)
    assert ("armed", 0) in toxics


async def test_heal_of_a_toxic_whose_answer_was_lost(control: Control, fake: FakeToxiproxy) -> None:
    """A toxic that the server has though its call failed is found and ended."""
    made = await link(control)
    fake.proxies["p"]["toxics"].append(
        {
            "name": "timeout_downstream",
            "type": "timeout",
            "stream": "downstream",
            "toxicity": 1,
            "attributes": {"timeout": 0},
        }
    )
    await made.heal()
    assert state(fake) == (True, [])


async def test_heal_goes_on_after_a_failure(control: Control, fake: FakeToxiproxy) -> None:
    """What cannot be ended does not spare the rest; the failure is told in the end."""
    made = await link(control)
    await made.start("timeout", {"timeout": 0})
    await made.start("limit_data", {"bytes": 1})
    await made.down()
    fake.fail["/toxics/limit_data_downstream"] = (503, "busy")
    with pytest.raises(ToxiproxyRefused, match="busy"):
        await made.heal()
    assert state(fake) == (True, [("limit_data_downstream", 1)])
    await made.heal()
    assert state(fake) == (True, [])


async def test_a_cancelled_verb_is_carried_out(control: Control, fake: FakeToxiproxy) -> None:
    """Whoever cancels a reset half way does not leave the link down: it is one piece of work."""
    made = await link(control, armed=True)
    begun, go_on = threading.Event(), threading.Event()
    answer = fake.request

    def slow(*arguments: Any, **options: Any) -> Any:
        begun.set()
        assert go_on.wait(5)
        return answer(*arguments, **options)

    fake.request = slow  # type: ignore[method-assign]
    task = asyncio.create_task(made.reset())
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await made.down()  # waits for the verb before it
    assert fake.calls.count("POST /proxies/p") == 1 + 2 + 1


async def test_destroy_twice(control: Control, fake: FakeToxiproxy) -> None:
    """A destroyed link is gone, twice destroyed too, and its verbs say so."""
    made = await link(control)
    await made.destroy()
    await made.destroy()
    assert fake.proxies == {}
    with pytest.raises(RigError, match="rest is destroyed"):
        await made.down()
