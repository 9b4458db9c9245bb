"""Where the packaged data stands: topologies and the Toxiproxy pin (`proxy/`), fault profiles (`toxics/`)."""

from __future__ import annotations

from pathlib import Path

_PACKAGED = Path(__file__).parent / "_data"


def data_folder(name: str) -> Path:
    """Return the folder ``proxy`` or ``toxics``: inside an installed package, or at the top of a checkout."""
    root = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent
    return root / name
