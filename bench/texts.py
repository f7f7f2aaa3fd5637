"""Made-up articles whose words follow Zipf's law, the same on every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

WORDS = 30_000


class Texts:
    """`vocabulary` is the words, the most common first."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self.vocabulary = [f"{self._chance.choice('bdfgklmnprst')}{n:x}o" for n in range(WORDS)]
        self._weights = list(accumulate(1 / (n + 3) for n in range(WORDS)))

    def words(self, count: int) -> str:
        drawn = self._chance.choices(self.vocabulary, cum_weights=self._weights, k=count)
        return " ".join(drawn)

    def lines(self, count: int, words: int) -> Iterator[dict[str, Any]]:
        """Lines as `import articles` takes them, with bodies of three paragraphs."""
        for n in range(count):
            yield {
                "id": str(n),
                "url": f"https://o{n % 50}.example/{n}",
                "title": self.words(8),
                "body": "\n\n".join(self.words(words // 3) for _ in range(3)),
                "published": f"2026-{1 + n % 9:02}-{1 + n % 28:02}T10:00:00Z",
            }
