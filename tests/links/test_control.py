import json
from typing import Any

import pytest
import requests
import toxiproxy.api
import urllib3

from downtick.errors import (
    PortTaken,
    TopologyError,
    ToxicIgnored,
    ToxiproxyError,
    ToxiproxyRefused,
)
from downtick.links.control import Control
from downtick.links.toxics import Toxic, toxic
from tests.links.fake_toxiproxy import FakeToxiproxy

LATENCY = toxic("latency", {"latency": 100})


def make(control: Control, **changes: Any) -> Any:
    """Make a proxy."""
    return control.create("p", changes.get("listen", "127.0.0.1:0"), "127.0.0.1:80")


def test_one_call_makes_a_proxy(control: Control, fake: FakeToxiproxy) -> None:
    """The library would read every proxy of the server first."""
    assert make(control).listen == "127.0.0.1:4711"
    assert fake.calls == ["POST /proxies"]


def test_calls_have_a_deadline_and_keep_the_connection(
    control: Control, fake: FakeToxiproxy
) -> None:
    """One pool with timeouts, and no second try behind the caller's back."""
    make(control)
    assert fake.options["retries"] is False
    assert (fake.options["timeout"].connect_timeout, fake.options["timeout"].read_timeout) == (1, 5)


@pytest.mark.parametrize("status", [199, 301, 400, 404, 409, 500, 503])
def test_answers_that_are_not_2xx(control: Control, fake: FakeToxiproxy, status: int) -> None:
    """Every answer but 2xx is an error that says what the server said."""
    fake.fail["/version"] = (status, "the reason")
    with pytest.raises(ToxiproxyRefused, match=f"GET .*version: .* {status}: the reason"):
        control.version()


def test_server_that_does_not_answer(control: Control, fake: FakeToxiproxy) -> None:
    """A hanging server is told from one that is not there."""
    fake.raising = urllib3.exceptions.ReadTimeoutError(None, "", "")  # type: ignore[arg-type]
    with pytest.raises(ToxiproxyRefused, match="no answer within 5 s"):
        control.version()
    fake.raising = urllib3.exceptions.ProtocolError("gone")
    with pytest.raises(ToxiproxyRefused, match="gone"):
        control.version()


@pytest.mark.parametrize(
    ("listen", "upstream"),
    [("0.0.0.0:0", "127.0.0.1:80"), ("127.0.0.1:0", "api.coinbase.com:443")],
)
def test_proxies_that_leave_the_machine(
    control: Control, fake: FakeToxiproxy, listen: str, upstream: str
) -> None:
    """A proxy that would listen or lead elsewhere is refused before anything is sent."""
    with pytest.raises(TopologyError):
        control.create("p", listen, upstream)
    assert fake.calls == []


def test_a_name_to_listen_at_is_taken_only_where_it_is_meant(
    control: Control, fake: FakeToxiproxy
) -> None:
    """Of a compose file, whose names mean this machine in its networks."""
    with pytest.raises(TopologyError, match="is not this machine alone"):
        make(control, listen="rest.links:443")
    assert fake.calls == []
    assert control.create("p", "rest.links:443", "127.0.0.1:80", hosts=("rest.links",))


@pytest.mark.parametrize("name", ["", "a/b", "a b", "../x", "a?b", "é"])
def test_names_that_are_no_path(control: Control, name: str) -> None:
    """Names go into paths, so they hold nothing that a path does not."""
    with pytest.raises(ValueError, match="proxy name"):
        control.create(name, "127.0.0.1:0", "127.0.0.1:80")


def test_port_that_is_taken(control: Control, fake: FakeToxiproxy) -> None:
    """A port that cannot be bound is told from every other refusal."""
    proxy = make(control)
    fake.fail["/proxies/p"] = (500, "listen tcp 127.0.0.1:4711: bind: address already in use")
    with pytest.raises(PortTaken, match=r"127\.0\.0\.1:4711"):
        control.enable(proxy)
    fake.fail["/proxies/p"] = (500, "something else")
    with pytest.raises(ToxiproxyRefused, match="something else"):
        control.enable(proxy)


def test_toxic_that_the_server_ignored(control: Control, fake: FakeToxiproxy) -> None:
    """An attribute that Toxiproxy does not know is missing in its echo, and that is an error."""
    proxy = make(control)
    wrong = Toxic("latency", {"latencyy": 1000}, "downstream", 1.0, "wrong")
    with pytest.raises(ToxicIgnored, match="asked for latencyy 1000, Toxiproxy says None"):
        control.add_toxic(proxy, wrong)


def test_toxicity_comes_back_in_32_bits(control: Control, fake: FakeToxiproxy) -> None:
    """What 32 bits make of a number is the same number; another one is not."""
    proxy = make(control)
    exact = toxic("latency", {"latency": 1}, toxicity=0.123456789)
    rounded = {**exact.__dict__, "toxicity": 0.12345679}
    fake.fail["/toxics"] = (200, json.dumps(rounded))
    assert control.add_toxic(proxy, exact)["toxicity"] == 0.12345679
    fake.fail["/toxics"] = (200, json.dumps({**rounded, "toxicity": 0.2}))
    with pytest.raises(ToxicIgnored, match="toxicity"):
        control.add_toxic(proxy, exact)


def test_enable_that_did_not_happen(control: Control, fake: FakeToxiproxy) -> None:
    """A 200 whose echo says that the proxy is still disabled is an error."""
    proxy = make(control)
    fake.fail["/proxies/p"] = (200, json.dumps({"enabled": False, "listen": proxy.listen}))
    with pytest.raises(ToxicIgnored, match="asked for enabled True"):
        control.enable(proxy)


def test_toxics_are_told_as_they_were_added(control: Control) -> None:
    """What the server has can be read back."""
    proxy = make(control)
    control.add_toxic(proxy, LATENCY)
    assert control.toxics(proxy) == (LATENCY,)
    control.remove_toxic(proxy, LATENCY.name)
    assert control.toxics(proxy) == ()


def test_second_server_in_one_process(control: Control) -> None:
    """The library knows one server a process, so a second one is refused with a sentence."""
    with pytest.raises(ToxiproxyError, match="knows one server a process"):
        Control("http://127.0.0.1:9999")


def test_library_is_left_as_it_was(fake: FakeToxiproxy) -> None:
    """When a control is closed the library is nobody's, and another server may follow."""
    with Control("http://127.0.0.1:1"):
        assert toxiproxy.api.requests is not requests
    assert toxiproxy.api.requests is requests
    with Control("http://127.0.0.1:2") as second:
        assert second.url == "http://127.0.0.1:2"


@pytest.mark.parametrize("url", ["http://example.com:8474", "http://0.0.0.0:8474"])
def test_server_elsewhere(fake: FakeToxiproxy, url: str) -> None:
    """A server that is not on loopback is not even asked."""
    with pytest.raises(TopologyError):
        Control(url)
    assert fake.calls == []
