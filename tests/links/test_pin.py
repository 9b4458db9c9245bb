import platform
import re

import pytest

from downtick.links.pin import load_pin, this_platform


def test_the_pin_is_whole() -> None:
    """Version, module and archives speak of one release."""
    pin = load_pin()
    assert pin.version == "2.12.0"
    assert re.fullmatch(rf"\S+:{re.escape(pin.version)}@sha256:[0-9a-f]{{64}}", pin.image)
    assert pin.package.startswith(f"{pin.module}/")
    assert f"/v{pin.version}/" in pin.releases
    assert {f"toxiproxy_{pin.version}_{p}.tar.gz" for p in pin.archives} == {
        archive.name for archive in pin.archives.values()
    }
    assert len({archive.sha256 for archive in pin.archives.values()}) == len(pin.archives)


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("Linux", "x86_64", "linux_amd64"),
        ("Linux", "aarch64", "linux_arm64"),
        ("Darwin", "arm64", "darwin_arm64"),
        ("Linux", "riscv64", "linux_riscv64"),
    ],
)
def test_this_platform(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, expected: str
) -> None:
    """A platform is named as the release archives name it, known or not."""
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert this_platform() == expected
