"""Words as every part of watcher sees them."""

from __future__ import annotations

from watcher.text.normalise import fold


def tokens(text: str) -> list[str]:
    """The folded tokens of `text`, in order."""
    return fold(text).split()
