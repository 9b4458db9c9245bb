from __future__ import annotations

from pathlib import Path

import pytest

from downtick import data


def test_a_checkout_uses_the_folders_at_its_top() -> None:
    """In a checkout the data is what people see there."""
    top = Path(data.__file__).parents[1]
    assert data.data_folder("proxy") == top / "proxy"
    assert data.data_folder("toxics") == top / "toxics"
    assert (data.data_folder("proxy") / "toxiproxy.json").is_file()


def test_an_installed_package_uses_its_own_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed from a wheel, the data is inside the package, whatever stands around it."""
    monkeypatch.setattr(data, "_PACKAGED", tmp_path)
    assert data.data_folder("toxics") == tmp_path / "toxics"
