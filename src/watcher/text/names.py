"""How names of outlets and people are compared."""

from __future__ import annotations

from watcher.text.normalise import fold


def squash(name: str) -> str:
    """Folded and without blanks: `Balkan Insight` and `Balkaninsight` are one name."""
    return fold(name).replace(" ", "")
