"""The compose file: what every service of it must be, and that it fits the topology and the bot."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot_v2.config import load
from downtick.commands.up import command as up
from downtick.data import data_folder
from downtick.links.pin import load_pin
from downtick.links.topology import COMPOSE_HOSTS, named_topology

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "compose"
FILE: dict[str, Any] = yaml.safe_load((FOLDER / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
BUILT = ("exchange", "bot")
SERVICE_KEYS = {
    *("image", "build", "command", "user", "read_only", "cap_drop", "security_opt", "init"),
    *("networks", "network_mode", "depends_on", "environment", "volumes", "tmpfs", "ports"),
    *("healthcheck", "sysctls", "stop_signal"),
}
"""Keys of the Compose specification that this file may use: docker-compose 1.29 knows all of them."""

each_service = pytest.mark.parametrize("name", SERVICES)


def aliases() -> dict[str, set[str]]:
    """Return the names of Toxiproxy in each network."""
    return {net: set(of["aliases"]) for net, of in SERVICES["toxiproxy"]["networks"].items()}


def test_there_is_the_whole_rig() -> None:
    """Four services; no `version`, which both commands take for the Compose specification."""
    assert set(SERVICES) == {"toxiproxy", "exchange", "bot", "prometheus"}
    assert {key for key in FILE if not key.startswith("x-")} == {"services", "networks", "volumes"}


@each_service
def test_a_service_has_only_keys_that_both_commands_know(name: str) -> None:
    """A slip of the pen is one of them."""
    assert set(SERVICES[name]) <= SERVICE_KEYS


@each_service
def test_a_service_can_do_little(name: str) -> None:
    """No root, nothing to write on but what is mounted, no capability, no way to more rights."""
    service = SERVICES[name]
    user, _, group = service["user"].partition(":")
    assert int(user) > 0
    assert int(group) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@each_service
def test_a_service_says_whether_it_is_well(name: str) -> None:
    """By a command, within a time, so often."""
    check = SERVICES[name]["healthcheck"]
    assert set(check) == {"test", "interval", "timeout", "retries"}
    assert check["test"][0] == "CMD"
    assert all(re.fullmatch(r"\d+s", check[key]) for key in ("interval", "timeout"))


@each_service
def test_a_published_port_is_for_this_machine_alone(name: str) -> None:
    """Whatever is published."""
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)


@each_service
def test_an_image_is_pinned_or_built_here(name: str) -> None:
    """By its digest, or from the Dockerfile with a base image that may be another."""
    service = SERVICES[name]
    if name in BUILT:
        build = service["build"]
        assert build["context"] == ".."
        assert build["dockerfile"] == "compose/Dockerfile"
        assert re.fullmatch(r"\$\{BASE_IMAGE:-python:3\.\d+\S+\}", build["args"]["BASE_IMAGE"])
        recipe = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
        assert f" AS {build['target']}\n" in recipe
        assert build["args"]["BASE_IMAGE"] == f"${{BASE_IMAGE:-{_default_base(recipe)}}}"
    else:
        assert re.fullmatch(r"\S+:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}", service["image"])


def _default_base(recipe: str) -> str:
    match = re.search(r"^ARG BASE_IMAGE=(\S+)$", recipe, re.MULTILINE)
    assert match is not None
    return match[1]


def test_it_is_the_toxiproxy_of_the_pin() -> None:
    """The one that everything else uses."""
    assert SERVICES["toxiproxy"]["image"] == load_pin().image


@each_service
def test_what_is_mounted_is_there_and_read_only(name: str) -> None:
    """Files of the repository are not for writing; volumes are declared."""
    for mount in SERVICES[name].get("volumes", []):
        source = mount.partition(":")[0]
        if source.startswith("."):
            assert (FOLDER / source).exists()
            assert mount.endswith(":ro")
        else:
            assert source in FILE["volumes"]


@each_service
def test_what_a_service_waits_for_is_well_first(name: str) -> None:
    """By its health, not by its start."""
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        assert wait == {"condition": "service_healthy"}


def test_the_bot_has_no_way_out() -> None:
    """All its networks, and Toxiproxy's, are internal: production cannot be reached whatever a name resolves to."""
    inside = {name for name, network in FILE["networks"].items() if network.get("internal")}
    assert set(SERVICES["bot"]["networks"]) <= inside
    assert set(SERVICES["toxiproxy"]["networks"]) <= inside
    assert SERVICES["exchange"]["network_mode"] == "service:toxiproxy"


def test_each_link_has_a_network_and_coinbases_name_in_it() -> None:
    """Three addresses, because each wants port 443 under its own name."""
    real = {
        "rest.links": "api.coinbase.com",
        "market-ws.links": "advanced-trade-ws.coinbase.com",
        "user-ws.links": "advanced-trade-ws-user.coinbase.com",
    }
    plans = named_topology("compose")
    assert tuple(plan.listen.host for plan in plans) == COMPOSE_HOSTS == tuple(real)
    assert {plan.listen.port for plan in plans} == {443}
    for host, name in real.items():
        assert [names for names in aliases().values() if host in names] == [{host, name}]
    assert set(SERVICES["bot"]["networks"]) > set(aliases())


def test_the_bot_is_told_coinbases_own_names() -> None:
    """As it would be in production, but for the authority and the keys of this run."""
    environment = SERVICES["bot"]["environment"]
    told = {value.partition("://")[2] for key, value in environment.items() if "ENDPOINT" in key}
    assert told == {name for names in aliases().values() for name in names if "coinbase" in name}


def test_keys_are_in_memory_only() -> None:
    """In a volume that the exchange writes and the bot reads."""
    assert FILE["volumes"]["shared"]["driver_opts"]["type"] == "tmpfs"
    assert "shared:/var/lib/downtick" in SERVICES["exchange"]["volumes"]
    assert "shared:/var/lib/downtick:ro" in SERVICES["bot"]["volumes"]


def test_the_bots_configuration_is_one() -> None:
    """And Prometheus looks where its page is."""
    config = load(FOLDER / "bot.yaml")
    assert config.strategy
    assert config.metrics is not None
    scraped = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = scraped["scrape_configs"]
    assert job["static_configs"] == [{"targets": [f"bot:{config.metrics.port}"]}]
    assert set(SERVICES["bot"]["networks"]) & set(SERVICES["prometheus"]["networks"]) == {"metrics"}


def test_the_data_that_is_mounted_is_the_repositorys() -> None:
    """Topologies and profiles where downtick looks for them."""
    mounts = dict(mount.split(":")[:2] for mount in SERVICES["exchange"]["volumes"])
    for name in ("proxy", "toxics"):
        assert (FOLDER / f"../{name}").resolve() == data_folder(name)
        assert mounts[f"../{name}"] == f"/app/{name}"


@pytest.mark.parametrize("profile", ["", "rest/http-503"])
def test_the_exchanges_command_is_one_of_downticks(tmp_path: Path, profile: str) -> None:
    """The shell makes of it what `downtick up` takes, with a profile and without."""
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    fake.chmod(0o755)
    *shell, script = SERVICES["exchange"]["command"]
    said = subprocess.run(
        [*shell, script.replace("$$", "$")],  # as compose hands it over
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "TIME_SCALE": "0.5", "PROFILE": profile},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert said[:3] == ["-m", "downtick", "up"]
    taken = up.make_context("up", said[3:]).params
    assert (taken["topology"], taken["time_scale"]) == ("compose", 0.5)
    assert taken["profile"] == (profile or None)
    assert f"shared:{taken['share']}" in SERVICES["exchange"]["volumes"]
