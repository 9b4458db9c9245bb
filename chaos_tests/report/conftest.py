from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos_tests.report.browser import NAMES, Page, browsing, program
from chaos_tests.report.scene import scene
from downtick.report.folder import ReportFolder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the report of a scene and of its twin."""
    folder = tmp_path_factory.mktemp("report")
    report = ReportFolder(folder)
    report.add(scene())
    report.add(scene("its-twin"))
    report.finish()
    return folder


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Return a page of a browser. Where there is none, say so and end: nothing can be tested."""
    if (found := program()) is None:
        pytest.exit(
            f"make test-report needs a Chromium, and none of {', '.join(NAMES)} is on PATH: install one,"
            " or name it in DOWNTICK_CHROMIUM",
            returncode=2,
        )
    with browsing(found, tmp_path_factory.mktemp("chromium") / "profile") as page:
        yield page


@pytest.fixture
def browser(chromium: Page) -> Page:
    """Return the page, wide and light, as if it had not complained of anything yet."""
    chromium.complaints.clear()
    chromium.requests.clear()
    chromium.size(1200, 900)
    chromium.scheme("light")
    return chromium
