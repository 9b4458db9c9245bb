"""The pytest plugin is loaded in everybody's runs: it is quick, quiet, and gets along with other plugins."""

from __future__ import annotations

import subprocess
import sys

import pytest

from downtick.links.locate import CACHE_VARIABLE, cache_folder

pytestmark = pytest.mark.integration
pytest_plugins = ["pytester"]

IMPORT_WITHIN_MS = 20.0
_CACHE = cache_folder().parent  # before pytester gives the test another home

EVERYDAY = """
import sys, unittest
import pytest

class TestOld(unittest.TestCase):
    def setUp(self):
        self.ready = True

    def test_ready(self):
        self.assertTrue(self.ready)

class TestPlain:
    @pytest.mark.parametrize("number", [1, 2])
    def test_number(self, number):
        assert number

def test_nothing_else_of_downtick_is_loaded():
    loaded = {name for name in sys.modules if name.split(".")[0] == "downtick"}
    assert loaded <= {"downtick", "downtick.plugin"}
"""
WITH_RIG = """
import asyncio, urllib.request
import pytest

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

@pytest.mark.toxics("rest/slow-answers", arm=("rest",))
def test_synchronous(rig):
    assert (rig.time_scale, rig.seed) == (0.1, 7)  # from the ini file, unless the option says otherwise
    opener.open(rig.endpoints.rest + "/time").close()
    assert rig.wait("answer", within=50)["status"] == 200

def test_with_a_loop_of_its_own(rig):
    async def use():
        await rig.inject("rest", "latency", latency=10)
        await rig.heal("rest")
        return await rig.until("inject_done", within=50)
    assert asyncio.run(use())["link"] == "rest"
"""
ASYNC = """
import pytest

@pytest.mark.asyncio
async def test_strict_mode(rig):
    await rig.inject("market_ws", "freeze")
    assert await rig.until("inject_done", within=50, link="market_ws")
"""
UNMATCHED = """
import asyncio, urllib.request

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

def test_faults(rig):
    asyncio.run(faults(rig))
    opener.open(rig.endpoints.rest + "/time").close()

async def faults(rig):
    await rig.exchange_fault("late_answer", delay=0.01)
    await rig.exchange_fault("http_error", status=503, selectors={"nth": 5})
    await rig.exchange_fault("heartbeat_silence")
"""
ASYNCIO = ("-o", "asyncio_default_fixture_loop_scope=function")  # or pytest-asyncio itself warns
STRICT = ("--strict-markers", "--strict-config", "-W", "error", "-p", "no:randomly")


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Give a pytest of its own, but not a Toxiproxy built anew."""
    monkeypatch.setenv(CACHE_VARIABLE, str(_CACHE))
    return pytester


def test_import_takes_less_than_20_ms() -> None:
    """What the plugin adds to every start of pytest: processor time, which a busy machine does not stretch."""
    code = (
        "import pytest, time; start = time.process_time(); import downtick.plugin;"
        "print((time.process_time() - start) * 1000)"
    )
    taken = [
        float(subprocess.check_output([sys.executable, "-c", code], text=True)) for _ in range(5)
    ]
    assert min(taken) < IMPORT_WITHIN_MS


@pytest.mark.parametrize(
    "options",
    [("-p", "no:asyncio", "-p", "no:xdist"), (*ASYNCIO, "-n", "1")],
    ids=["without asyncio and xdist", "with asyncio and xdist"],
)
def test_runs_without_a_rig_are_left_alone(
    pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    """Synchronous and unittest tests pass as ever, warnings being errors, and load nothing of downtick."""
    pytester.makepyfile(EVERYDAY)
    result = pytester.runpytest_subprocess(*STRICT, *options)
    result.assert_outcomes(passed=4)
    assert "downtick" not in result.stderr.str()


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (("-p", "no:asyncio", "-p", "no:xdist"), ""),
        ((*ASYNCIO, "-o", "asyncio_mode=strict", "-n", "1"), ASYNC),
    ],
    ids=["without asyncio and xdist", "asyncio strict, with xdist"],
)
def test_a_rig_works_in_every_kind_of_test(
    pytester: pytest.Pytester, options: tuple[str, ...], more: str
) -> None:
    """In synchronous tests, in tests with a loop of their own, and in asyncio's strict mode.

    The settings may stand in the ini file; an option wins over them. The run's last lines say of which faults
    it saw nothing; the others are not named.
    """
    pytester.makeini("[pytest]\ndowntick_time_scale = 0.25\ndowntick_seed = 7\n")
    suites = {"test_rig": WITH_RIG, "test_unmatched": UNMATCHED, "test_async": more}
    pytester.makepyfile(**{name: suite for name, suite in suites.items() if suite})
    result = pytester.runpytest_subprocess(*STRICT, "--downtick-time-scale", "0.1", *options)
    result.assert_outcomes(passed=4 if more else 3)
    warnings = [line for line in result.outlines if line.startswith("downtick: warning: ")]
    fault = "downtick: warning: test_unmatched.py::test_faults: exchange fault"
    assert warnings == [
        f"{fault} `heartbeat_silence` never matched (0 fitted)",
        f"{fault} `http_error` never matched (1 fitted)",
    ]


def test_help_tells_the_options(pytester: pytest.Pytester) -> None:
    """Every option stands in `pytest --help`."""
    told = pytester.runpytest_subprocess("--help").stdout.str()
    names = ("time-scale", "seed", "toxiproxy-url", "history")
    assert all(f"--downtick-{name}" in told for name in names)
