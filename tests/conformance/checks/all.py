"""Every check of the contract, by its number."""

from __future__ import annotations

from importlib import import_module

from tests.conformance.trial import CHECKS

MODULES = ("validators", "timing", "errors", "redirects", "requests", "parsing", "robots")

for name in MODULES:
    import_module(f"tests.conformance.checks.{name}")

__all__ = ["CHECKS"]
