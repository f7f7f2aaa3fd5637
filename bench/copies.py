"""Copies: what is made of news texts as syndication does, found again by our rule, by simhash and
by MinHash in the same run; what a fingerprint costs, and what it weighs.

Texts are the bodies of the fixture newsroom and, where `WATCHER_CORPORA` is set, of the development
pages. Hard negatives: other outlets' reports on the same events, and texts that quote one another.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.harness import Figure, cpu, figure

from watcher.stories.copies import CONTAINED, OF_SHORT, RUN, SHARED
from watcher.stories.fingerprint import SHORT, prints, shingles
from watcher.text.tokens import tokens

NEWSROOM = Path(__file__).parents[1] / "fixtures" / "newsroom"
MOST = 100  # texts: every pair is looked at
LEAST_WORDS = 120

FOOTER = (
    "Follow us on all channels. All rights reserved. Support independent reporting with a monthly "
    "gift. Sign up for the morning letter. Terms, privacy and imprint are found below this line."
)


@dataclass(frozen=True, slots=True)
class Made:
    """A text, the one it was taken from (its own number for an original), and how."""

    body: str
    source: int
    kind: str


def bodies() -> list[str]:
    """Bodies of at least `LEAST_WORDS` words, each once."""
    found = {}
    for account in sorted(NEWSROOM.glob("*/account.json")):
        for row in json.loads(account.read_text("utf-8"))["pages"]:
            if row.get("role") != "copy" and row.get("revision", 1) == 1:
                found["\n\n".join(row.get("body", []))] = True
    texts = [one for one in found if len(one.split()) >= LEAST_WORDS]
    return [*texts, *_development()][:MOST]


def _development() -> Iterator[str]:
    folder = os.environ.get("WATCHER_CORPORA")
    if folder is None:
        return
    listed = Path(folder) / "pages" / "articles" / "pages.jsonl"
    with listed.open(encoding="utf-8") as lines:
        for line in lines:
            body = str(json.loads(line).get("body") or json.loads(line).get("text") or "")
            if len(body.split()) >= LEAST_WORDS:
                yield body


def derived(texts: Sequence[str]) -> list[Made]:
    """Every text, and from each of them one copy of every kind."""
    chance = random.Random(7)
    made = [Made(body, number, "original") for number, body in enumerate(texts)]
    for number, body in enumerate(texts):
        for kind, how in KINDS.items():
            made.append(Made(how(body, texts[number - 1], chance), number, kind))
    return made


def _retitled(body: str, other: str, chance: random.Random) -> str:
    return body.replace(". ", ".  ").replace("“", '"').replace("”", '"').replace("’", "'")


def _trimmed(body: str, other: str, chance: random.Random) -> str:
    words = body.split(" ")
    return " ".join(words[: max(20, len(words) * 2 // 5)])


def _teaser(body: str, other: str, chance: random.Random) -> str:
    return " ".join(body.split()[:60]) + " …"


def _introduced(body: str, other: str, chance: random.Random) -> str:
    intro = " ".join(sorted(other.split()[:45], key=lambda word: chance.random()))
    return f"By our own correspondent. {intro}.\n\n{body}"


def _quotes(body: str, other: str, chance: random.Random) -> str:
    """One word in twelve is another one, and one sentence in eight is gone."""
    sentences = [one for one in body.split(". ") if chance.random() > 0.125] or [body]
    words = ". ".join(sentences).split(" ")
    return " ".join("otherwise" if chance.random() < 0.04 else word for word in words)


def _shuffled(body: str, other: str, chance: random.Random) -> str:
    parts = body.split("\n\n") if "\n\n" in body else body.split(". ")
    chance.shuffle(parts)
    return "\n\n".join(parts)


def _half(body: str, other: str, chance: random.Random) -> str:
    words, others = body.split(" "), other.split(" ")
    half = min(len(words), len(others)) // 2
    return " ".join(words[: len(words) // 2]) + "\n\n" + " ".join(others[len(others) - half // 2 :])


def _boilerplate(body: str, other: str, chance: random.Random) -> str:
    return f"{body}\n\n{FOOTER}"


KINDS: Mapping[str, Callable[[str, str, random.Random], str]] = {
    "retitled": _retitled,
    "trimmed to 40 %": _trimmed,
    "teaser of 60 words": _teaser,
    "new introduction": _introduced,
    "changed quotes": _quotes,
    "shuffled paragraphs": _shuffled,
    "half and half": _half,
    "added boilerplate": _boilerplate,
}


# -- the three rules: a number for every made text, the original that it is taken for, or None ----


def by_prints(made: Sequence[Made], originals: int) -> list[int | None]:
    marks = [(set(prints(one.body)), shingles(one.body)) for one in made]
    return [
        _best(number, originals, lambda one, two: _likeness(marks[one], marks[two]))
        for number in range(originals, len(made))
    ]


def _likeness(one: tuple[set[int], list[int]], two: tuple[set[int], list[int]]) -> float:
    short = min(len(one[1]), len(two[1])) < SHORT
    a, b = (set(one[1]), set(two[1])) if short else (one[0], two[0])
    common = len(a & b)
    if common < (RUN if short else SHARED):
        return 0.0
    part = common / (min(len(a), len(b)) or 1)
    return part if part >= (OF_SHORT if short else CONTAINED) else 0.0


def by_simhash(made: Sequence[Made], originals: int, most: int = 8) -> list[int | None]:
    marks = [_simhash(one.body) for one in made]

    def like(one: int, two: int) -> float:
        apart = (marks[one] ^ marks[two]).bit_count()
        return 1 - apart / 64 if apart <= most else 0.0

    return [_best(number, originals, like) for number in range(originals, len(made))]


def _simhash(body: str) -> int:
    """64 bits over words, each hashed (Charikar 2002), as it is used for pages."""
    votes = [0] * 64
    for word in tokens(body):
        hashed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
        for bit in range(64):
            votes[bit] += 1 if hashed >> bit & 1 else -1
    return sum(1 << bit for bit, vote in enumerate(votes) if vote > 0)


def by_minhash(made: Sequence[Made], originals: int, least: float = 0.3) -> list[int | None]:
    marks = [_minhash(one.body) for one in made]

    def like(one: int, two: int) -> float:
        same = sum(a == b for a, b in zip(marks[one], marks[two], strict=True)) / len(marks[one])
        return same if same >= least else 0.0

    return [_best(number, originals, like) for number in range(originals, len(made))]


_PRIME = (1 << 61) - 1
_MIXES = [
    (random.Random(seed).randrange(1, _PRIME), random.Random(-seed - 1).randrange(_PRIME))
    for seed in range(64)
]


def _minhash(body: str) -> list[int]:
    """64 minima over the same shingles (Broder 1997)."""
    held = {one % _PRIME for one in shingles(body)} or {0}
    return [min((a * one + b) % _PRIME for one in held) for a, b in _MIXES]


def _best(number: int, originals: int, like: Callable[[int, int], float]) -> int | None:
    scored = [(like(number, source), source) for source in range(originals)]
    score, source = max(scored, key=lambda pair: (pair[0], -pair[1]))
    return source if score > 0 else None


# -- figures --------------------------------------------------------------------------------------


def judged(made: Sequence[Made], originals: int, found: Sequence[int | None]) -> dict[str, float]:
    """Precision and F1 over all, and recall by kind. The originals stand for themselves: an
    original taken for a copy of another one is counted wrong."""
    copies = made[originals:]
    right = sum(got == one.source for one, got in zip(copies, found, strict=True))
    given = sum(got is not None for got in found)
    precise, recalled = right / max(1, given), right / len(copies)
    scores = {"precision": precise, "F1": 2 * precise * recalled / max(1e-9, precise + recalled)}
    for kind in KINDS:
        own = [(one, got) for one, got in zip(copies, found, strict=True) if one.kind == kind]
        scores[kind] = sum(got == one.source for one, got in own) / len(own)
    return scores


def false_pairs(texts: Sequence[str]) -> int:
    """Originals that our rule takes for copies of one another."""
    marks = [(set(prints(one)), shingles(one)) for one in texts]
    return sum(
        _likeness(marks[one], marks[two]) > 0 for one in range(len(texts)) for two in range(one)
    )


def figures() -> list[Figure]:
    texts = bodies()
    made = derived(texts)
    ours = judged(made, len(texts), by_prints(made, len(texts)))
    simhash = judged(made, len(texts), by_simhash(made, len(texts)))
    minhash = judged(made, len(texts), by_minhash(made, len(texts)))
    found = [
        figure("copies, F1", "", f"of {len(made) - len(texts)} copies", [ours["F1"]],
               bar=0.985, at_least=True),
        figure("copies, precision", "", "share", [ours["precision"]], bar=0.985, at_least=True),
        figure("copies, false pairs of originals", "", "pairs", [false_pairs(texts)], bar=2),
        figure("copies, F1 of simhash", "simhash-64, 8 bits", "F1, ours to theirs",
               [ours["F1"] / simhash["F1"]], bar=1.0, at_least=True),
        figure("copies, F1 of MinHash", "MinHash-64, 0.3", "F1, ours to theirs",
               [ours["F1"] / minhash["F1"]], bar=1.0, at_least=True),
    ]  # fmt: skip
    found += [
        figure(f"copies, {kind}", "", "recall", [ours[kind]], bar=0.95, at_least=True)
        for kind in KINDS
    ]
    return [*found, *_costs(texts)]


def _costs(texts: Sequence[str]) -> list[Figure]:
    sized = [(one * (3_000 // len(one) + 1))[:3_000] for one in texts[:60]]
    for one in sized:
        prints(one)  # the words are known by then, as in a running daemon
    each = [cpu(lambda: [prints(one) for one in sized]) / len(sized) * 1_000 for _ in range(3)]
    count = sum(len(prints(one)) for one in sized) / len(sized)
    return [
        figure("copies, fingerprint of 3 KB", "", "milliseconds", each, bar=0.6, goal=0.3),
        figure("copies, prints of 3 KB", "", "prints", [count], bar=64),
    ]


if __name__ == "__main__":
    started = time.perf_counter()
    for one in figures():
        print(f"{one.name:<40} {one.ratio:.4f} {'ok' if one.met else 'MISSED'}")
    print(f"{time.perf_counter() - started:.0f} s")
