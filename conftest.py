"""Stages that are opened on demand: a Coinbase sandbox."""

from __future__ import annotations

pytest_plugins = ("chaos_tests.stages",)
