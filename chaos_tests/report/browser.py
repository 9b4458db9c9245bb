"""A headless Chromium, told what to do over its DevTools protocol, and what it complains of.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WITHIN = 30.0
"""Real seconds that the browser may take for anything."""

_COMPLAINTS = {"Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening"}


def program() -> str | None:
    """Return the browser of this machine, None if there is none. ``DOWNTICK_CHROMIUM`` names another one."""
    named = os.environ.get("DOWNTICK_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextlib.contextmanager
def browsing(chromium: str, folder: Path) -> Iterator[Page]:
    """Run a browser with one page.

    Args:
        chromium: its program.
        folder: for its profile; new.

    Raises:
        TimeoutError: it did not start.
    """
    flags = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    flags += ["--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # it does not start otherwise
    with (folder.parent / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            [chromium, *flags, "about:blank"], stdout=log, stderr=log, start_new_session=True
        )
    try:
        address = _address(folder / "DevToolsActivePort", process)
        with connect(address, max_size=None, compression=None) as connection:
            yield Page(connection)
            with contextlib.suppress(OSError):
                connection.send(json.dumps({"id": 0, "method": "Browser.close"}))
            process.wait(WITHIN)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _address(file: Path, process: subprocess.Popen[bytes]) -> str:
    """Return where the browser listens, as soon as it says so."""
    ends = time.monotonic() + WITHIN
    while time.monotonic() < ends and process.poll() is None:
        lines = file.read_text().split() if file.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.02)
    raise TimeoutError(f"Chromium did not start: see {file.parent.parent / 'chromium.log'}")


class Page:
    """One page of a browser.

    Attributes:
        complaints: of the page: exceptions, errors on the console, dialogs.
        requests: addresses that it asked for.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)
        self._session: str | None = None
        self.complaints: list[str] = []
        self.requests: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have something done, and return the answer.

        Raises:
            RuntimeError: the browser refused.
            TimeoutError: it did not answer.
        """
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._connection.send(json.dumps(message))
        while True:
            told = self._hear()
            if told.get("id") != number:
                continue
            if "error" in told:
                raise RuntimeError(f"{method}: {told['error']}")
            result: dict[str, Any] = told["result"]
            return result

    def open(self, address: str) -> None:
        """Open an address anew, and wait until it is there."""
        self.ask("Page.navigate", url="about:blank")
        self.ask("Page.navigate", url=address)
        self.until("document.readyState + location.href", f"complete{address}")

    def until(self, expression: str, value: Any) -> None:
        """Wait until an expression comes to a value.

        Raises:
            TimeoutError: it does not.
        """
        ends = time.monotonic() + WITHIN
        while (found := self.js(expression)) != value:
            if time.monotonic() > ends:
                raise TimeoutError(f"{expression} is {found!r}, not {value!r}")

    def js(self, expression: str) -> Any:
        """Return what an expression comes to in the page.

        Raises:
            RuntimeError: it failed.
        """
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(f"{expression}: {told['exceptionDetails']}")
        return told["result"].get("value")

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at one place, in pixels of the window, and let it go at another."""
        mouse = {"button": "left", "clickCount": 1, "buttons": 1}
        for kind, (x, y) in (
            *(("mousePressed", begin), ("mouseMoved", end), ("mouseReleased", end)),
        ):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **mouse)

    def size(self, width: int, height: int) -> None:
        """Make the window so wide and so high, in pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def scheme(self, name: str) -> None:
        """Prefer ``light`` or ``dark``."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.ask("Emulation.setEmulatedMedia", features=features)

    def picture(self) -> bytes:
        """Return what the window shows, as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def _hear(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._connection.recv(WITHIN))
        method, said = told.get("method"), told.get("params", {})
        if method in _COMPLAINTS or (
            method == "Runtime.consoleAPICalled" and said["type"] in {"error", "warning", "assert"}
        ):
            self.complaints.append(json.dumps(said))
        elif method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])
        return told
