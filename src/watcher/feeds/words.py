"""Counts in the words of a reason."""

from __future__ import annotations

from watcher.model.when import Micros


def count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def clamped(value: Micros, low: Micros, high: Micros) -> Micros:
    return max(low, min(value, high))
