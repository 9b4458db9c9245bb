import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from downtick.data import data_folder
from downtick.errors import TopologyError
from downtick.links.addresses import SANDBOX_HOSTS, Address
from downtick.links.topology import (
    COMPOSE_HOSTS,
    NAMES,
    SIZE_LIMIT,
    LinkPlan,
    load_topology,
    named_topology,
    parse_topology,
)
from downtick.links.vocabulary import LINKS

GOOD = {"name": "rest", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:80", "enabled": True}


def parse(*proxies: object) -> tuple[LinkPlan, ...]:
    """Read a topology of these proxies."""
    return parse_topology(json.dumps(proxies).encode(), "t.json")


def test_every_topology_that_is_packaged() -> None:
    """The stub's topology has every link, all on this machine."""
    plans = named_topology("stub")
    assert tuple(plan.name for plan in plans) == LINKS
    assert {plan.upstream for plan in plans} == {Address("127.0.0.1", 0)}


def test_a_topology_for_each_sandbox() -> None:
    """Their links lead to hosts of Coinbase's that are named, each host by one link, and listen on this machine."""
    found: set[str] = set()
    for name in ("sandbox-advanced", "sandbox-exchange"):
        plans = named_topology(name)
        assert {plan.listen.host for plan in plans} == {"127.0.0.1"}
        hosts = {plan.upstream.host for plan in plans}
        assert len(hosts) == len(plans)
        found |= hosts
    assert found == set(SANDBOX_HOSTS)


def test_every_file_of_a_topology_has_its_name() -> None:
    """What stands in the folder can be asked for."""
    files = {path.stem for path in data_folder("proxy").glob("*.json")} - {"toxiproxy"}
    assert files == set(NAMES)


def test_names_of_the_compose_file_are_for_its_topology_alone() -> None:
    """In any other they are no place to listen; they never are one to lead to."""
    assert {plan.listen.host for plan in named_topology("compose")} == set(COMPOSE_HOSTS)
    with pytest.raises(TopologyError, match="is not this machine alone"):
        load_topology(data_folder("proxy") / "compose.json")
    named = {**GOOD, "upstream": f"{COMPOSE_HOSTS[0]}:443"}
    with pytest.raises(TopologyError, match="leads off this machine"):
        parse_topology(json.dumps([named]).encode(), "t.json", COMPOSE_HOSTS)


def test_a_topology_that_there_is_not() -> None:
    """A name is no path, and a slip of the pen is told from it."""
    with pytest.raises(TopologyError, match="did you mean 'sandbox-exchange'"):
        named_topology("sandbox-exchang")
    with pytest.raises(TopologyError, match="there are stub, "):
        named_topology("../toxics/x")


def test_a_link_that_is_whole() -> None:
    """Names, addresses and the switch are read; enabled is what it is if it is not said."""
    assert parse(GOOD) == (LinkPlan("rest", Address("127.0.0.1", 0), Address("127.0.0.1", 80)),)
    assert parse({k: v for k, v in GOOD.items() if k != "enabled"}) == parse(GOOD)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"listen": "0.0.0.0:80"}, r"t.json: \[0\].listen: '0.0.0.0:80' is not this machine alone"),
        ({"upstream": "api.coinbase.com:443"}, r"\[0\].upstream: .* leads off this machine"),
        ({"upstream": 80}, r"\[0\].upstream: found 80; allowed: text of the form host:port"),
        ({"listen": None}, r"\[0\].listen: found None"),
        ({"name": "market"}, r"\[0\].name: found 'market'; did you mean 'market_ws'"),
        ({"name": []}, r"\[0\].name: found \[\]"),
        ({"enabled": "yes"}, r"\[0\].enabled: found 'yes'; allowed: true, false"),
        ({"upstraem": "x"}, r"\[0\].upstraem: unknown key; did you mean 'upstream'"),
    ],
)
def test_links_that_are_refused(change: dict[str, Any], message: str) -> None:
    """A message names file, place and key, what was found and what is allowed."""
    with pytest.raises(TopologyError, match=message):
        parse({**GOOD, **change})


def test_all_problems_at_once() -> None:
    """Every problem of every link is told."""
    with pytest.raises(TopologyError) as caught:
        parse(GOOD, GOOD, {**GOOD, "name": "user_ws", "listen": "x", "enabled": 1}, 5)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "[1].name",
        "[2].enabled",
        "[2].listen",
        "[3]",
    ]


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000, b"{}", b"[]", b"3"])
def test_text_that_is_no_topology(text: bytes) -> None:
    """What is not a list of proxies is one error with the file's name."""
    with pytest.raises(TopologyError, match=r"^t\.json"):
        parse_topology(text, "t.json")


@pytest.mark.parametrize("kind", ["missing", "folder", "large"])
def test_files_that_cannot_be_read(tmp_path: Path, kind: str) -> None:
    """No file, a folder and a huge file are one error each."""
    path = tmp_path / "t.json"
    if kind == "folder":
        path.mkdir()
    if kind == "large":
        path.write_bytes(b" " * (SIZE_LIMIT + 1))
    with pytest.raises(TopologyError, match=r"t\.json"):
        load_topology(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from([*GOOD, "x"]) | st.text(), inner)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_a_topology_or_one_error(value: object) -> None:
    """Whatever JSON is given, there are plans on this machine or a TopologyError."""
    try:
        plans = parse_topology(json.dumps(value).encode(), "t.json")
    except TopologyError:
        return
    assert all(plan.listen.host in ("127.0.0.1", "::1") for plan in plans)
