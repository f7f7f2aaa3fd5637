"""Stories on labelled texts: BCubed F1 of the online pass, and how its numbers were fitted.

`python -m bench.stories --fit` tries the grid on the development split and prints the best; what
ships in `stories.cluster.WEIGHTS` is copied from there by hand. Needs `WATCHER_CORPORA`.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.harness import Figure, figure

from watcher.model.article import ArticleText, Features, PageState
from watcher.model.story import OpenStory
from watcher.stories.cluster import (
    WEIGHTS,
    Rarity,
    Weights,
    alike,
    joined,
    keys,
    likenesses,
    profile_of,
)
from watcher.stories.features import features

ORDERS = 5  # of arrival: the file's own, and shuffled ones
LEARNT = "train"  # the topics that the numbers were fitted on; the others are held out


@dataclass(frozen=True, slots=True)
class Labelled:
    seen: Features
    story: str
    topic: str


def corpus() -> list[Labelled]:
    """The labelled texts, about 35 words each, in the file's order."""
    path = Path(os.environ["WATCHER_CORPORA"]) / "stories" / "ecbplus-odd.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Labelled(features(plain("", row["text"], "en")), row["cluster"], row["topic"])
        for row in rows
    ]


def plain(title: str, body: str, language: str | None) -> ArticleText:
    return ArticleText(
        title=title, standfirst=None, body=body, byline=(), credit=None, published=None,
        modified=None, language=language, captions=(), links=(), state=PageState("article", 1.0),
        tags=(), source="import", method="bench", why=(),
    )  # fmt: skip


def held_out(texts: Iterable[Labelled], part: str) -> list[Labelled]:
    """A third of the topics is kept out of the fitting."""
    out = {one.topic for one in texts if int(one.topic) % 3 == 0}
    return [one for one in texts if (one.topic in out) == (part != LEARNT)]


def grouped(texts: Sequence[Labelled], weights: Weights = WEIGHTS) -> list[str]:
    """The story of each, in one pass, as the store does it."""
    counts: Counter[str] = Counter()
    stories: dict[str, OpenStory] = {}
    of: list[str] = []
    for number, one in enumerate(texts):
        counts.update(keys(one.seen))
        mine = profile_of(one.seen, Rarity(counts), weights)
        found = [like for like in likenesses(mine, 0, stories.values(), weights) if like.joins]
        if not found:
            name = f"s{number}"
            stories[name] = OpenStory(name, mine, 0, 0)
            of.append(name)
            continue
        best = found[0].story
        whole = joined(best.profile, mine)
        for other in found[1:]:
            if alike(whole, other.story.profile) >= weights.merge:
                whole = joined(whole, other.story.profile)
                del stories[other.story.story]
                of = [best.story if name == other.story.story else name for name in of]
        stories[best.story] = replace(best, profile=whole)
        of.append(best.story)
    return of


def bcubed(wanted: Sequence[str], got: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 (Bagga and Baldwin 1998)."""
    gold, made = defaultdict(set), defaultdict(set)
    for number, (one, two) in enumerate(zip(wanted, got, strict=True)):
        gold[one].add(number)
        made[two].add(number)
    both = [len(gold[one] & made[two]) for one, two in zip(wanted, got, strict=True)]
    count = len(wanted)
    precise = sum(n / len(made[two]) for n, two in zip(both, got, strict=True)) / count
    recalled = sum(n / len(gold[one]) for n, one in zip(both, wanted, strict=True)) / count
    return precise, recalled, 2 * precise * recalled / (precise + recalled)


def scores(texts: Sequence[Labelled], weights: Weights = WEIGHTS) -> list[float]:
    """BCubed F1 in each order of arrival."""
    found = []
    for seed in range(ORDERS):
        order = list(texts)
        if seed:
            random.Random(seed).shuffle(order)
        found.append(bcubed([one.story for one in order], grouped(order, weights))[2])
    return found


def figures() -> list[Figure]:
    texts = corpus()
    parts = {"all": texts, "fitted": held_out(texts, LEARNT), "held out": held_out(texts, "")}
    return [
        figure(f"stories, {name} topics", "", "BCubed F1", scores(part), bar=0.8, at_least=True,
               goal=0.85)
        for name, part in parts.items()
    ]  # fmt: skip


GRID = {
    "words": (0.7, 0.8, 0.9),
    "rarity": (1.0, 1.3),
    "join": (0.16, 0.18, 0.2, 0.22, 0.25),
    "merge": (0.4, 0.5, 0.7),
}


def fit() -> None:
    texts = held_out(corpus(), LEARNT)
    best = 0.0
    for words, rarity, join, merge in itertools.product(*GRID.values()):
        tried = replace(
            WEIGHTS, words=words, names=round(1 - words, 2), rarity=rarity, join=join,
            merge=merge,
        )  # fmt: skip
        found = scores(texts, tried)
        mean = sum(found) / len(found)
        if mean > best - 0.003:
            print(f"{mean:.4f} {min(found):.3f}", tried, flush=True)
        best = max(best, mean)


if __name__ == "__main__":
    if "--fit" in sys.argv:
        fit()
    else:
        for one in figures():
            print(one.name, one.ratio, one.lowest, one.highest)
