"""Which open story an article belongs to: one pass, no model (spec `matching` §6).

An article and a story are compared by the words of title and lead, weighted by their rarity among
the articles so far, and by names and numbers, which hold across languages; what is days apart
counts less. The numbers below are fitted by `bench/stories.py`, which says on what.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from watcher.model.article import Features
from watcher.model.story import OpenStory, Profile
from watcher.model.when import DAY, Dated, Micros

OPEN: Micros = 7 * DAY  # a story closes so long after its last article


@dataclass(frozen=True, slots=True)
class Weights:
    """`words` and `names` sum to 1. `join`: the score from which a short text joins a story; a
    whole one needs `whole`, having more words to share by chance. `across`: the part of its names
    and numbers that must be in common, and `shared` how many, where no article of the story has
    the language. `merge`: from here on two stories are one. `days`: one sigma of the decay."""

    words: float
    names: float
    rarity: float
    join: float
    whole: float
    across: float
    shared: int
    merge: float
    days: float


# `words`, `names`, `rarity`, `join`, `merge`: `python -m bench.stories --fit`, two thirds of the
# odd topics of ECB+ in five orders. `whole`, `across`, `shared`: the pairs of the fixture
# newsroom, whose texts are long. `days` is spec `matching` §6's.
WEIGHTS = Weights(
    words=0.9, names=0.1, rarity=1.3, join=0.2, whole=0.225, across=0.2, shared=3, merge=0.5, days=3
)

WHOLE = 80  # different words
BEFORE = 20
SHORT = {1: 0.3, 2: 0.3, 3: 0.2, 4: 0.05}  # how many articles have a word of so many letters
MOST_WORDS, MOST_NAMES = 160, 80  # kept of a profile, the heaviest of each language
BY_WORDS, BY_NAMES = 14, 10  # that a story is found by


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many articles a term stood so far, by `key_of`, with the article at hand counted."""

    counts: Mapping[str, int]

    def of(self, language: str | None, term: str) -> float:
        """ln of the share of articles without it, as if `BEFORE` had been seen already, in which
        short words are common: the first articles of a database must not be joined by them."""
        total = self.counts.get(key_of(language, ""), 0) + BEFORE
        common = BEFORE * (0.0 if language is None else SHORT.get(len(term), 0.0))
        return math.log((total + 1) / (self.counts.get(key_of(language, term), 0) + common + 0.5))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How well an article fits a story: `score`, over `needed` where it joins."""

    story: OpenStory
    score: float
    needed: float
    why: str

    @property
    def joins(self) -> bool:
        return self.score >= self.needed


def key_of(language: str | None, term: str) -> str:
    """What a term is counted under: words by language, names (None) for all of them; the empty
    term counts the articles."""
    return f"@{term}" if language is None else f"{language}:{term}"


def keys(seen: Features) -> tuple[str, ...]:
    """All that an article adds one to."""
    words = [key_of(seen.language, one) for one in ("", *seen.words)]
    return (*words, *(key_of(None, one) for one in ("", *seen.names)))


def article_time(published: Dated | None, seen_at: Micros) -> Micros:
    """When it came out, as far as is known: a day counts from its middle; none lies after the
    moment when we saw it."""
    if published is None:
        return seen_at
    at = published.at + DAY // 2 if published.precision == "day" else published.at
    return min(at, seen_at)


def profile_of(seen: Features, rarity: Rarity, weights: Weights = WEIGHTS) -> Profile:
    """An article by itself."""
    return Profile(
        1,
        {seen.language: _unit(seen.words, seen.language, rarity, weights)},
        _unit(seen.names, None, rarity, weights),
    )


def joined(one: Profile, two: Profile) -> Profile:
    """The two as one, each article with the same say."""
    words = {
        language: _sum(one.words.get(language, {}), two.words.get(language, {}), MOST_WORDS)
        for language in {**one.words, **two.words}
    }
    return Profile(one.articles + two.articles, words, _sum(one.names, two.names, MOST_NAMES))


def terms(profile: Profile) -> tuple[str, ...]:
    """What a story is found by."""
    words = [one for held in profile.words.values() for one in _heaviest(held, BY_WORDS)]
    names = [key_of(None, one) for one in _heaviest(profile.names, 3 * BY_NAMES)]
    return tuple(dict.fromkeys([*words, *names]))


def looked_for(mine: Profile) -> tuple[dict[str, float], dict[str, float]]:
    """What an article is looked up by, with its weights: words, and names and numbers."""
    words = {word: held[word] for held in mine.words.values() for word in _heaviest(held, BY_WORDS)}
    names = {key_of(None, one): mine.names[one] for one in _heaviest(mine.names, 3 * BY_NAMES)}
    return words, names


def likenesses(
    mine: Profile, at: Micros, stories: Iterable[OpenStory], weights: Weights = WEIGHTS
) -> list[Likeness]:
    """`mine` (of one article) against every story, best first."""
    found = [_likeness(mine, at, story, weights) for story in stories]
    return sorted(found, key=lambda one: (one.needed - one.score, one.story.story))


def alike(one: Profile, two: Profile) -> float:
    """How much two stories say the same, in the language where they do most: 1 where they have
    none in common, so that only the article that fits both can tell."""
    shared = one.words.keys() & two.words.keys()
    if not shared:
        return 1.0
    likes = [_cosine(one.words[name], two.words[name]) for name in shared]
    return max(likes, default=0.0)


def _likeness(mine: Profile, at: Micros, story: OpenStory, weights: Weights) -> Likeness:
    theirs = story.profile
    language, words = next(iter(mine.words.items()))
    days = max(0, at - story.last_at, story.first_at - at) / DAY
    fade = math.exp(-(days**2) / (2 * weights.days**2))
    names = _cosine(mine.names, theirs.names)
    known = _words_for(language, theirs)
    told = f"{days:.1f} days apart" if days >= 0.5 else "of its days"
    if not known:
        return _across(mine, story, fade, weights, told)
    like = max(_cosine(words, one) for one in known)
    score = (weights.words * like + weights.names * names) * fade
    needed = weights.whole if len(words) >= WHOLE else weights.join
    why = f"words {like:.2f}, names {names:.2f}, {told}: {score:.2f} of {needed:.2f}"
    return Likeness(story, score, needed, why)


def _across(mine: Profile, story: OpenStory, fade: float, weights: Weights, told: str) -> Likeness:
    """By names and numbers alone: how much of the fewer names is in the others. A script without
    capitals has every word among them, and some by chance: there it takes more."""
    few, many = sorted((mine.names, story.profile.names), key=len)
    common = [name for name in few if name in many]
    loose = len(many) > 3 * len(few)
    total = sum(weight**2 for weight in few.values()) or 1.0
    part = sum(few[name] ** 2 for name in common) / total
    enough = len(common) >= weights.shared + loose
    why = f"another language, {len(common)} names and numbers in common ({part:.2f}), {told}"
    needed = weights.across * (1.5 if loose else 1.0)
    return Likeness(story, part * fade if enough else 0.0, needed, why)


def _words_for(language: str, theirs: Profile) -> Sequence[Mapping[str, float]]:
    """The story's words in the article's language; where one of the two is not known, all."""
    if not language:
        return list(theirs.words.values())
    return [theirs.words[one] for one in (language, "") if one in theirs.words]


def _unit(
    counts: Mapping[str, int], language: str | None, rarity: Rarity, weights: Weights
) -> dict[str, float]:
    """Terms by (1 + ln tf) · idf^rarity, as a vector of length 1."""
    found = {}
    for term, count in counts.items():
        rare = rarity.of(language, term)
        if rare > 0:
            found[term] = (1 + math.log(count)) * rare**weights.rarity
    length = math.sqrt(sum(one * one for one in found.values())) or 1.0
    return {term: round(one / length, 4) for term, one in found.items()}


def _sum(one: Mapping[str, float], two: Mapping[str, float], most: int) -> dict[str, float]:
    total = dict(one)
    for term, weight in two.items():
        total[term] = round(total.get(term, 0.0) + weight, 4)
    return total if len(total) <= most else {term: total[term] for term in _heaviest(total, most)}


def _heaviest(weights: Mapping[str, float], most: int) -> list[str]:
    return sorted(weights, key=lambda term: (-weights[term], term))[:most]


def _cosine(one: Mapping[str, float], two: Mapping[str, float]) -> float:
    if len(two) < len(one):
        one, two = two, one
    dot = sum(weight * two[term] for term, weight in one.items() if term in two)
    if not dot:
        return 0.0
    return dot / math.sqrt(sum(x * x for x in one.values()) * sum(x * x for x in two.values()))
