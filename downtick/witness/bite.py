"""The four answers to the question whether a fault left its trace."""

from __future__ import annotations

from enum import StrEnum


class Bite(StrEnum):
    """What is known of a fault. Only `BIT` lets a run pass."""

    BIT = "bit"
    BIT_OTHERWISE = "bit otherwise"
    DID_NOT_BITE = "did not bite"
    UNKNOWN = "unknown"
