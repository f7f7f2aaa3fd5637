"""Durations in the words of a reason."""

from __future__ import annotations

from watcher.model.when import SECOND, Micros


def span(length: Micros) -> str:
    """A duration in words: `1d 2h`, `1h 30m`, `45m`, `10s`; the two largest units."""
    left = length // SECOND
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number}{unit}")
    return " ".join(parts[:2]) or "0s"
